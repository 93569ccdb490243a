package dev.osprey.segmentation;

import dev.osprey.fault.OspreyException;
import dev.osprey.imaging.ImageLimits;
import dev.osprey.imaging.Mask;
import dev.osprey.imaging.Palette;
import dev.osprey.imaging.Picture;
import dev.osprey.imaging.Renderer;
import dev.osprey.imaging.Rendering;
import dev.osprey.model.ModelManifest;
import dev.osprey.runtime.Lease;
import dev.osprey.runtime.WarmModels;
import dev.osprey.segmentation.Segmented.Times;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Picture in, picture with its classes or the classes themselves out, on one model. Keeps its buffers from frame to frame: one thread at a time,
 * the model's worker.
 */
public final class Segmenter {

    private final String model;
    private final WarmModels models;
    private final ImageLimits limits;
    private final int jpegQuality;
    private final Renderer renderer = new Renderer();
    private ByteBuffer pixels = ByteBuffer.allocateDirect(0);
    private ByteBuffer classes = ByteBuffer.allocateDirect(0);

    /** @param jpegQuality of the returned picture, 1 to 100 */
    public Segmenter(String model, WarmModels models, ImageLimits limits, int jpegQuality) {
        this.model = model;
        this.models = models;
        this.limits = limits;
        this.jpegQuality = jpegQuality;
    }

    /** The encoded answer, the classes on it, and what two steps on the way to it took. */
    private record Answer(byte[] picture, int[] classIds, long scaleNanos, long encodeNanos) {}

    /**
     * @param image an encoded picture, read from its position to its limit
     * @param rendering how the classes are drawn; null for the mask itself, see {@link Mask#png}
     * @throws OspreyException where the picture cannot be decoded or the model cannot be run
     */
    Segmented segment(ByteBuffer image, @Nullable Rendering rendering) {
        try (Lease lease = models.lease(model)) {
            ModelManifest manifest = lease.manifest();
            pixels = atLeast(pixels, lease.inputBytes(1));
            classes = atLeast(classes, lease.outputBytes(1));
            long start = System.nanoTime();
            try (Picture frame = Picture.decode(image, limits)) {
                long decoded = System.nanoTime();
                ModelManifest.Input input = manifest.input();
                frame.resizeInto(pixels.clear(), input.width(), input.height(), input.interpolation(), input.colour());
                long resized = System.nanoTime();
                lease.run(pixels, classes, 1);
                long ran = System.nanoTime();
                ModelManifest.Output output = manifest.output();
                Mask mask = new Mask(classes, output.width(), output.height());
                Answer answer =
                        rendering == null ? bare(frame, mask) : drawn(frame, mask, manifest.palette(), rendering);
                List<String> detected = detected(answer.classIds(), manifest.labels());
                long rest = System.nanoTime() - ran - answer.scaleNanos() - answer.encodeNanos();
                return new Segmented(
                        answer.picture(),
                        detected,
                        manifest,
                        lease.version(),
                        lease.provider(),
                        new Times(
                                decoded - start,
                                resized - decoded,
                                ran - resized,
                                answer.scaleNanos(),
                                rest,
                                answer.encodeNanos()));
            }
        }
    }

    private Answer drawn(Picture frame, Mask mask, Palette palette, Rendering rendering) {
        try (Renderer.Drawn drawn = renderer.draw(frame, mask, palette, rendering)) {
            long rendered = System.nanoTime();
            byte[] jpeg = drawn.picture().jpeg(jpegQuality);
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

    /**
     * The picture as it came, as JPEG.
     *
     * @throws OspreyException where it cannot be decoded
     */
    byte[] unchanged(ByteBuffer image) {
        try (Picture frame = Picture.decode(image, limits)) {
            return frame.jpeg(jpegQuality);
        }
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

    private static ByteBuffer atLeast(ByteBuffer buffer, int bytes) {
        return buffer.capacity() >= bytes ? buffer : ByteBuffer.allocateDirect(bytes);
    }
}
