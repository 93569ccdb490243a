package dev.osprey.runtime;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.model.ModelManifest;
import dev.osprey.model.ModelManifest.Activation;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The right to run one version of a model until it is closed; the version stays open that long. Closing twice is harmless. One
 * thread at a time.
 */
public final class Lease implements AutoCloseable {

    private final WarmModel model;
    private final AtomicBoolean returned = new AtomicBoolean();
    private WarmModel.@Nullable Buffers buffers;

    Lease(WarmModel model) {
        this.model = model;
    }

    public ModelManifest manifest() {
        return model.manifest();
    }

    public int version() {
        return model.version();
    }

    /** What the model's session was opened on, {@code CPU} or {@code CUDA}. */
    public ExecutionProvider provider() {
        return model.provider();
    }

    /** Bytes of {@code batch} pictures, clips or texts in the shape of {@link ModelManifest#input}. */
    public int inputBytes(int batch) {
        return Math.toIntExact(batch * manifest().input().bytes());
    }

    /** Bytes of {@code batch} answers in the shape of {@link ModelManifest#output}. */
    public int outputBytes(int batch) {
        return Math.toIntExact(batch * manifest().output().bytes());
    }

    /**
     * Memory for {@link #run}'s input, for whoever has none: direct, in native byte order, for the manifest's greatest batch, its
     * content from another run. Valid until the lease is closed, and the same at every call.
     */
    public ByteBuffer input() {
        return input(0);
    }

    /**
     * As {@link #input()}, for models that take more than one.
     *
     * @param index in {@link ModelManifest#inputs}
     */
    public ByteBuffer input(int index) {
        return buffers().inputs().get(index).clear();
    }

    /** As {@link #input()}, for the output. */
    public ByteBuffer output() {
        return buffers().output().clear();
    }

    private WarmModel.Buffers buffers() {
        requireOpen();
        if (buffers == null) {
            buffers = model.takeBuffers();
        }
        return buffers;
    }

    private void requireOpen() {
        if (returned.get()) {
            throw new IllegalStateException("This lease was returned");
        }
    }

    /**
     * Runs the model on one batch: from this lease's {@link #input(int)} into its {@link #output}. As {@link #run(ByteBuffer,
     * ByteBuffer, int, Cancellation)}, which is for models of one input.
     */
    public void run(int batch, Cancellation cancellation) {
        WarmModel.Buffers memory = buffers();
        model.run(memory.inputs(), memory.output(), batch, cancellation);
    }

    /**
     * Runs a model of one input on one batch.
     *
     * @param input the elements of {@link ModelManifest#input}, {@code [batch, shape...]}; pictures in the manifest's colour
     *     order, float32 in native byte order; direct, read from index 0; stays the caller's
     * @param output the elements of {@link ModelManifest#output}, {@code [batch, shape...]}, direct, written from index 0
     * @param batch 1 to the manifest's limit
     * @param cancellation ends the run between two of the network's nodes
     * @throws OspreyException {@link ErrorCode#MODEL_FAILED} when ONNX Runtime refuses the input or fails,
     *     {@link ErrorCode#CANCELLED} when the run was ended early
     */
    public void run(ByteBuffer input, ByteBuffer output, int batch, Cancellation cancellation) {
        requireOpen();
        model.run(List.of(input), output, batch, cancellation);
    }

    /**
     * Runs the model on random input as it was warmed: as often as its manifest says, for every batch size.
     *
     * @return how long each run took, small batches first
     * @throws OspreyException as {@link #run(ByteBuffer, ByteBuffer, int, Cancellation)} does
     */
    public List<Duration> warmUp(Cancellation cancellation) {
        requireOpen();
        return model.warmUp(cancellation);
    }

    /**
     * The distribution over the model's classes that the last run wrote into {@link #output}.
     *
     * @param index of the picture or clip within the batch
     * @return float32 [classes], the network's own or, where it gives logits, their softmax
     * @throws OspreyException {@link ErrorCode#MODEL_FAILED} where the network answered with what is no number
     */
    public float[] probabilities(int index) {
        ModelManifest.Classes classes = manifest().classes();
        float[] values = new float[classes.count()];
        output().asFloatBuffer().get(index * values.length, values);
        if (classes.activation() == Activation.SOFTMAX) {
            softmax(values);
        }
        for (float value : values) {
            if (!Float.isFinite(value)) {
                throw new OspreyException(
                        ErrorCode.MODEL_FAILED,
                        "\"%s\" answered with what is no number"
                                .formatted(manifest().name()));
            }
        }
        return values;
    }

    /** Turns logits into a distribution, in place and in float32: {@code exp(x − max) / sum}. */
    static void softmax(float[] values) {
        float greatest = Float.NEGATIVE_INFINITY;
        for (float value : values) {
            greatest = Math.max(greatest, value);
        }
        float sum = 0;
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.exp(values[i] - greatest);
            sum += values[i];
        }
        for (int i = 0; i < values.length; i++) {
            values[i] /= sum;
        }
    }

    @Override
    public void close() {
        if (returned.compareAndSet(false, true)) {
            if (buffers != null) {
                model.giveBack(buffers);
            }
            model.release();
        }
    }
}
