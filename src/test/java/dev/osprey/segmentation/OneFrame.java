package dev.osprey.segmentation;

import dev.osprey.fault.OspreyException;
import dev.osprey.imaging.Rendering;
import dev.osprey.runtime.Cancellation;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One frame by itself, its answer awaited. */
final class OneFrame implements Segmenter.Order {

    private final ByteBuffer image;
    private final @Nullable Rendering rendering;
    private @Nullable Segmented answer;
    private @Nullable OspreyException failure;

    OneFrame(ByteBuffer image, @Nullable Rendering rendering) {
        this.image = image;
        this.rendering = rendering;
    }

    /** @throws OspreyException what the frame failed with */
    static Segmented segment(Segmenter segmenter, ByteBuffer image, @Nullable Rendering rendering) {
        OneFrame frame = new OneFrame(image, rendering);
        segmenter.segment(List.of(frame), new Cancellation());
        return frame.answer();
    }

    Segmented answer() {
        if (failure != null) {
            throw failure;
        }
        if (answer == null) {
            throw new IllegalStateException("The frame was forgotten");
        }
        return answer;
    }

    @Override
    public ByteBuffer image() {
        return image;
    }

    @Override
    public @Nullable Rendering rendering() {
        return rendering;
    }

    @Override
    public void answer(Segmented segmented) {
        answer = segmented;
    }

    @Override
    public void fail(OspreyException why) {
        if (answer == null) {
            failure = why;
        }
    }
}
