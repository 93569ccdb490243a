package dev.osprey.imaging;

import java.nio.ByteBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/**
 * The last pictures of a stream, scaled, in native memory of a fixed size: {@code uint8 [frames, height, width, 3]}, used as a
 * ring. One thread at a time; has one owner, who closes it.
 */
public final class Clip implements AutoCloseable {

    /**
     * What a clip is made of.
     *
     * @param frames at least 1
     * @param width of each, in pixels
     * @param height likewise
     */
    public record Shape(int frames, int width, int height, ColourOrder colour, Interpolation interpolation) {

        int frameBytes() {
            return 3 * width * height;
        }

        /** Of all frames. */
        public int bytes() {
            return Math.multiplyExact(frames, frameBytes());
        }
    }

    private final Shape shape;
    private final ByteBuffer pixels;
    private @Nullable BytePointer memory;
    private int next;
    private int size;

    public Clip(Shape shape) {
        this.shape = shape;
        BytePointer allocated = new BytePointer(shape.bytes());
        this.memory = allocated;
        this.pixels = allocated.asByteBuffer();
    }

    public Shape shape() {
        return shape;
    }

    /** Scales a picture, without regard to its aspect ratio, in the place of the oldest one where the clip is full. */
    public void add(Picture picture) {
        requireOpen();
        ByteBuffer place = pixels.slice(next * shape.frameBytes(), shape.frameBytes());
        picture.resizeInto(place, shape.width(), shape.height(), shape.interpolation(), shape.colour());
        next = (next + 1) % shape.frames();
        size = Math.min(size + 1, shape.frames());
    }

    /** Pictures that are there. */
    public int size() {
        return size;
    }

    public boolean isFull() {
        return size == shape.frames();
    }

    /**
     * Writes a full clip, its oldest picture first.
     *
     * @param target {@code uint8 [frames, height, width, 3]}, written from its position, which stays
     */
    public void copyInto(ByteBuffer target) {
        requireOpen();
        if (!isFull()) {
            throw new IllegalStateException(size + " pictures of " + shape.frames());
        }
        int oldest = next * shape.frameBytes();
        int older = shape.bytes() - oldest;
        target.put(target.position(), pixels, oldest, older);
        target.put(target.position() + older, pixels, 0, oldest);
    }

    @Override
    public void close() {
        if (memory != null) {
            memory.close();
            memory = null;
        }
    }

    private void requireOpen() {
        if (memory == null) {
            throw new IllegalStateException("the clip is closed");
        }
    }
}
