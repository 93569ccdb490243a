package dev.osprey.imaging;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * The class of each pixel.
 *
 * @param classes uint8 [height, width], direct or on the heap, from position 0; a view that stays its owner's and is valid
 *     as long as the owner says
 */
public record Mask(ByteBuffer classes, int width, int height) {

    static {
        OpenCv.load();
    }

    /**
     * Takes the bytes from the buffer's position, which stays.
     *
     * @throws IllegalArgumentException for fewer bytes than pixels
     */
    public Mask {
        if (width < 1 || height < 1 || classes.remaining() < (long) width * height) {
            throw new IllegalArgumentException(
                    "a mask of " + width + "x" + height + " over " + classes.remaining() + " bytes");
        }
        classes = classes.slice(classes.position(), width * height);
    }

    /**
     * Nearest neighbour, {@code source = min(floor(target · source size / target size), source size − 1)} on each axis.
     *
     * @return this where the size is the same, else a copy on the heap
     */
    public Mask scaledTo(int newWidth, int newHeight) {
        if (newWidth == width && newHeight == height) {
            return this;
        }
        byte[] scaled = new byte[newWidth * newHeight];
        scaleInto(scaled, newWidth, newHeight, new ClassExtents());
        return new Mask(ByteBuffer.wrap(scaled), newWidth, newHeight);
    }

    /** The distinct classes, ascending, 0 included. */
    public int[] classIds() {
        ClassExtents extents = new ClassExtents();
        scaleInto(new byte[width * height], width, height, extents);
        return extents.ids();
    }

    /**
     * Encodes to PNG, 8-bit grey, whose levels are the class ids.
     *
     * @return the caller's
     */
    public byte[] png() {
        try (Mat grey = new Mat(height, width, opencv_core.CV_8UC1);
                BytePointer encoded = new BytePointer()) {
            grey.<ByteBuffer>createBuffer().put(classes.duplicate());
            if (!opencv_imgcodecs.imencode(".png", grey, encoded)) {
                throw new IllegalStateException("no PNG from a mask of " + width + "x" + height);
            }
            byte[] png = new byte[Math.toIntExact(encoded.limit())];
            encoded.get(png);
            return png;
        }
    }

    /**
     * As {@link #scaledTo}, into the caller's memory.
     *
     * <p>Classes come in long runs. So each source row is cut into its runs, and a run from {@code from} to {@code to} fills the
     * target columns whose source column lies in it: {@code ceil(from · new width / width)} up to the same of {@code to}.
     *
     * @param target  uint8 [newHeight, newWidth] from index 0
     * @param extents cleared, then told what the target holds
     */
    void scaleInto(byte[] target, int newWidth, int newHeight, ClassExtents extents) {
        int[] firstColumn = new int[width + 1];
        for (int x = 0; x <= width; x++) {
            firstColumn[x] = (int) (((long) x * newWidth + width - 1) / width);
        }
        extents.clear();
        byte[] row = new byte[width];
        int rowInHand = -1;
        for (int y = 0, at = 0; y < newHeight; y++, at += newWidth) {
            int wanted = (int) ((long) y * height / newHeight);
            if (wanted != rowInHand) {
                classes.get(wanted * width, row);
                rowInHand = wanted;
            }
            for (int from = 0, to; from < width; from = to) {
                byte id = row[from];
                to = from + 1;
                while (to < width && row[to] == id) {
                    to++;
                }
                if (firstColumn[from] < firstColumn[to]) {
                    Arrays.fill(target, at + firstColumn[from], at + firstColumn[to], id);
                    extents.add(id & 0xFF, y, firstColumn[from], firstColumn[to]);
                }
            }
        }
    }
}
