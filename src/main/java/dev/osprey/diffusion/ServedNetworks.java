package dev.osprey.diffusion;

import dev.osprey.diffusion.DiffusionModel.Network;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.runtime.Cancellation;
import dev.osprey.runtime.Lease;
import java.util.Arrays;

/** The networks of a model as they are served, each run on a lease that somebody else has taken for it. One thread. */
public final class ServedNetworks implements DiffusionNetworks {

    /** One run, and what comes right before and after it. */
    @FunctionalInterface
    public interface Run {
        void on(Lease lease, Cancellation cancellation);
    }

    /** Who runs next. */
    @FunctionalInterface
    public interface Turns {

        /** Has it run once on a lease of this model, as soon as it is its turn; returns when it has. What it throws is passed on. */
        void take(String model, Run run);
    }

    private final DiffusionModel model;
    private final Turns turns;

    public ServedNetworks(DiffusionModel model, Turns turns) {
        this.model = model;
        this.turns = turns;
    }

    @Override
    public float[] encode(int batch, int[] tokens) {
        return numbers(
                model.textEncoder(), batch, lease -> lease.input().asIntBuffer().put(tokens));
    }

    @Override
    public float[] denoise(int batch, float[] latents, float timestep, float[] condition) {
        float[] timesteps = new float[batch];
        Arrays.fill(timesteps, timestep);
        return numbers(model.denoiser(), batch, lease -> {
            lease.input(0).asFloatBuffer().put(latents);
            lease.input(1).asFloatBuffer().put(timesteps);
            lease.input(2).asFloatBuffer().put(condition);
        });
    }

    @Override
    public byte[] decode(float[] latents) {
        Network decoder = model.imageDecoder();
        byte[] pixels = new byte[Math.toIntExact(decoder.manifest().output().bytes())];
        turns.take(decoder.manifest().name(), (lease, cancellation) -> {
            requireSame(decoder, lease);
            lease.input().asFloatBuffer().put(latents);
            lease.run(1, cancellation);
            lease.output().get(pixels);
        });
        return pixels;
    }

    @FunctionalInterface
    private interface Filling {
        void of(Lease lease);
    }

    private float[] numbers(Network network, int batch, Filling filling) {
        float[] numbers =
                new float[Math.toIntExact(batch * network.manifest().output().bytes() / Float.BYTES)];
        turns.take(network.manifest().name(), (lease, cancellation) -> {
            requireSame(network, lease);
            filling.of(lease);
            lease.run(batch, cancellation);
            lease.output().asFloatBuffer().get(numbers);
        });
        return numbers;
    }

    /** Between two runs an operator may have put another version in a network's place. */
    private static void requireSame(Network network, Lease lease) {
        if (lease.version() != network.version() || !lease.manifest().equals(network.manifest())) {
            throw new OspreyException(
                    ErrorCode.MODEL_NOT_READY,
                    "The model \"%s\" was replaced while it was in use"
                            .formatted(network.manifest().name()));
        }
    }
}
