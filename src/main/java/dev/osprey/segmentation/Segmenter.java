package dev.osprey.segmentation;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.imaging.ImageLimits;
import dev.osprey.imaging.Mask;
import dev.osprey.imaging.Palette;
import dev.osprey.imaging.Picture;
import dev.osprey.imaging.Renderer;
import dev.osprey.imaging.Rendering;
import dev.osprey.model.ModelManifest;
import dev.osprey.runtime.Cancellation;
import dev.osprey.runtime.Lease;
import dev.osprey.runtime.WarmModels;
import dev.osprey.segmentation.Segmented.Begun;
import dev.osprey.segmentation.Segmented.Times;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Picture in, picture with its classes or the classes themselves out, on one model. Keeps its buffers from frame to frame:
 * one thread at a time.
 */
public final class Segmenter {

    private final String model;
    private final WarmModels models;
    private final ImageLimits limits;
    private final IntSupplier jpegQuality;
    private final Renderer renderer = new Renderer();

    /** @param jpegQuality of the returned picture, 1 to 100; asked for each */
    public Segmenter(String model, WarmModels models, ImageLimits limits, IntSupplier jpegQuality) {
        this.model = model;
        this.models = models;
        this.limits = limits;
        this.jpegQuality = jpegQuality;
    }

    /** The encoded answer, the classes on it, and what two steps on the way to it took. */
    private record Answer(byte[] picture, int[] classIds, long scaleNanos, long encodeNanos) {}

    /** A frame and who is told what became of it. Only the first telling counts, and none of them throws. */
    interface Order {

        /** An encoded picture, read from its position to its limit. */
        ByteBuffer image();

        /** How the classes are drawn; null for the mask itself, see {@link Mask#png}. */
        @Nullable
        Rendering rendering();

        void answer(Segmented segmented);

        /** The picture cannot be decoded or the model cannot be run; {@link ErrorCode#MODEL_FAILED} for anything unforeseen. */
        void fail(OspreyException why);
    }

    /** A frame on its way into the model. */
    private record Decoded(Order order, Picture picture, long begunNanos, long decodeNanos, long resizeNanos) {}

    /** A call of the model. */
    private record Run(int frames, long begunNanos, long nanos) {}

    /** Every order is answered when its own part is done; they share the model's run as far as its batches reach. */
    void segment(List<Order> orders, Cancellation cancellation) {
        try (Lease lease = models.lease(model)) {
            // Another version may have been put in place since the orders were gathered.
            int together = lease.manifest().batch().max();
            for (int first = 0; first < orders.size(); first += together) {
                segment(lease, orders.subList(first, Math.min(orders.size(), first + together)), cancellation);
            }
        } catch (RuntimeException | Error e) {
            OspreyException why = failure(e);
            orders.forEach(order -> order.fail(why));
        }
    }

    /** As many orders as one run takes. */
    private void segment(Lease lease, List<Order> orders, Cancellation cancellation) {
        List<Decoded> decoded = new ArrayList<>(orders.size());
        try {
            for (Order order : orders) {
                attempt(order, () -> decoded.add(decode(order, lease, decoded.size())));
            }
            if (!decoded.isEmpty()) {
                run(lease, decoded, cancellation);
            }
        } finally {
            decoded.forEach(frame -> frame.picture().close());
        }
    }

    private void run(Lease lease, List<Decoded> decoded, Cancellation cancellation) {
        long start = System.nanoTime();
        lease.run(lease.input(), lease.output(), decoded.size(), cancellation);
        Run run = new Run(decoded.size(), start, System.nanoTime() - start);
        for (int i = 0; i < decoded.size(); i++) {
            Decoded frame = decoded.get(i);
            Mask mask = mask(lease, i);
            attempt(frame.order(), () -> frame.order().answer(segmented(frame, mask, lease, run)));
        }
    }

    /** What goes wrong with one frame must not keep the others from their answer, nor end the worker of all. */
    private static void attempt(Order order, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            order.fail(failure(e));
        }
    }

    private static OspreyException failure(Throwable thrown) {
        if (thrown instanceof OspreyException known) {
            return known;
        }
        return new OspreyException(ErrorCode.MODEL_FAILED, "The frame could not be processed", thrown);
    }

    private Decoded decode(Order order, Lease lease, int index) {
        long start = System.nanoTime();
        Picture picture = Picture.decode(order.image(), limits);
        try {
            long decoded = System.nanoTime();
            ModelManifest.Pictures input = lease.manifest().pictures();
            int bytes = lease.inputBytes(1);
            picture.resizeInto(
                    lease.input().slice(index * bytes, bytes),
                    input.width(),
                    input.height(),
                    input.interpolation(),
                    input.colour());
            return new Decoded(order, picture, start, decoded - start, System.nanoTime() - decoded);
        } catch (RuntimeException | Error e) {
            picture.close();
            throw e;
        }
    }

    private Mask mask(Lease lease, int index) {
        ModelManifest.Masks output = lease.manifest().masks();
        int bytes = lease.outputBytes(1);
        return new Mask(lease.output().slice(index * bytes, bytes), output.width(), output.height());
    }

    private Segmented segmented(Decoded frame, Mask mask, Lease lease, Run run) {
        long start = System.nanoTime();
        ModelManifest manifest = lease.manifest();
        Rendering rendering = frame.order().rendering();
        Answer answer = rendering == null
                ? bare(frame.picture(), mask)
                : drawn(frame.picture(), mask, manifest.palette(), rendering);
        List<String> detected = detected(answer.classIds(), manifest.labels());
        long rest = System.nanoTime() - start - answer.scaleNanos() - answer.encodeNanos();
        return new Segmented(
                answer.picture(),
                detected,
                manifest,
                lease.version(),
                lease.provider(),
                run.frames(),
                new Times(
                        frame.decodeNanos(),
                        frame.resizeNanos(),
                        run.nanos(),
                        answer.scaleNanos(),
                        rest,
                        answer.encodeNanos()),
                new Begun(frame.begunNanos(), run.begunNanos(), start));
    }

    private Answer drawn(Picture frame, Mask mask, Palette palette, Rendering rendering) {
        try (Renderer.Drawn drawn = renderer.draw(frame, mask, palette, rendering)) {
            long rendered = System.nanoTime();
            byte[] jpeg = drawn.picture().jpeg(jpegQuality.getAsInt());
            return new Answer(jpeg, drawn.classIds(), drawn.scaleNanos(), System.nanoTime() - rendered);
        }
    }

    private static Answer bare(Picture frame, Mask mask) {
        long start = System.nanoTime();
        Mask scaled = mask.scaledTo(frame.width(), frame.height());
        int[] classIds = scaled.classIds();
        long found = System.nanoTime();
        byte[] png = scaled.png();
        return new Answer(png, classIds, found - start, System.nanoTime() - found);
    }

    private static List<String> detected(int[] classIds, List<String> labels) {
        List<String> detected = new ArrayList<>();
        for (int id : classIds) {
            if (id != 0 && id < labels.size()) {
                detected.add(labels.get(id));
            }
        }
        return List.copyOf(detected);
    }
}
