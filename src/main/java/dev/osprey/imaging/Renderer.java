package dev.osprey.imaging;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.MatVector;
import org.bytedeco.opencv.opencv_core.Point;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.jspecify.annotations.Nullable;

/**
 * Draws masks on frames. Keeps its working memory (on the heap) and its colour tables from frame to frame, so each thread
 * has its own.
 */
public final class Renderer {

    private static final int CLASSES = 256;
    private static final int LEVELS = 256;
    private static final int LINE_WIDTH = 2;

    /** In place of a hue: black gives none, the frame's own stays. */
    private static final int KEPT = -1;

    /** The classes of the frame's pixels. */
    private byte[] ids = new byte[0];

    private final ClassExtents extents = new ClassExtents();

    /** Packed BGR for each mask value, black where the filter hides the class. */
    private final int[] shown = new int[CLASSES];

    /** What {@link #shown} and {@link #mixed} were made from. */
    private @Nullable Palette shownPalette;

    private @Nullable Rendering shownRendering;

    /** The result of {@code FILLED} for [class][channel, level], for the classes that {@link #isMixed}. */
    private final byte[][] mixed = new byte[CLASSES][3 * LEVELS];

    private final boolean[] isMixed = new boolean[CLASSES];

    /** A drawn frame and the classes on it; closing it closes the picture. */
    public static final class Drawn implements AutoCloseable {

        private final Picture picture;
        private final int[] classIds;
        private final long scaleNanos;

        private Drawn(Picture picture, int[] classIds, long scaleNanos) {
            this.picture = picture;
            this.classIds = classIds;
            this.scaleNanos = scaleNanos;
        }

        /** The caller's to close. */
        public Picture picture() {
            return picture;
        }

        /** The distinct classes of the mask in the size of the frame, ascending, 0 included, whatever the filter. */
        public int[] classIds() {
            return classIds;
        }

        /** How much of the drawing was bringing the mask to the frame's size. */
        public long scaleNanos() {
            return scaleNanos;
        }

        @Override
        public void close() {
            picture.close();
        }
    }

    /**
     * Draws the mask on the frame; both stay as they are.
     *
     * @param mask of any size; scaled to the frame. Values from the palette's size on are drawn as its last class and have no
     *     contour
     */
    public Drawn draw(Picture frame, Mask mask, Palette palette, Rendering rendering) {
        long start = System.nanoTime();
        int pixels = frame.width() * frame.height();
        if (ids.length < pixels) {
            ids = new byte[pixels];
        }
        mask.scaleInto(ids, frame.width(), frame.height(), extents);
        int[] classIds = extents.ids();
        long scaleNanos = System.nanoTime() - start;
        show(palette, rendering);
        Picture picture =
                switch (rendering.visualization()) {
                    case FILLED -> filled(frame, classIds, rendering.opacity());
                    case CONTOUR -> contour(frame, palette, rendering.classFilter());
                    case SIDE_BY_SIDE -> sideBySide(frame);
                    case BLEND -> blend(frame);
                };
        return new Drawn(picture, classIds, scaleNanos);
    }

    private void show(Palette palette, Rendering rendering) {
        if (palette.equals(shownPalette) && rendering.equals(shownRendering)) {
            return;
        }
        List<Integer> filter = rendering.classFilter();
        for (int id = 0; id < CLASSES; id++) {
            int coloured = Math.min(id, palette.size() - 1);
            shown[id] = filter == null || filter.contains(id)
                    ? palette.blue(coloured) << 16 | palette.green(coloured) << 8 | palette.red(coloured)
                    : 0;
        }
        Arrays.fill(isMixed, false);
        shownPalette = palette;
        shownRendering = rendering;
    }

    /** {@code round(frame · (1 − opacity) + colour · opacity)}: 256 results for each class and channel, so a look-up. */
    private Picture filled(Picture frame, int[] classIds, double opacity) {
        for (int id : classIds) {
            if (!isMixed[id]) {
                mix(id, opacity);
                isMixed[id] = true;
            }
        }
        Picture drawn = Picture.blank(frame.width(), frame.height());
        ByteBuffer source = frame.bgr();
        ByteBuffer target = drawn.bgr();
        byte[] row = new byte[frame.width() * 3];
        for (int y = 0; y < frame.height(); y++) {
            source.get(row);
            for (int from = 0, to; from < frame.width(); from = to) {
                to = endOfRun(y * frame.width(), from, frame.width());
                lookUp(row, 3 * from, 3 * to, mixed[ids[y * frame.width() + from] & 0xFF]);
            }
            target.put(row);
        }
        return drawn;
    }

    /** The column behind the last of the pixels that have the class of the one at {@code from}. */
    private int endOfRun(int row, int from, int width) {
        byte id = ids[row + from];
        int to = from + 1;
        while (to < width && ids[row + to] == id) {
            to++;
        }
        return to;
    }

    /** Its own method, with nothing but arrays, because this is the hottest loop of all. */
    private static void lookUp(byte[] row, int from, int to, byte[] table) {
        for (int at = from; at + 2 < to; at += 3) {
            row[at] = table[row[at] & 0xFF];
            row[at + 1] = table[LEVELS + (row[at + 1] & 0xFF)];
            row[at + 2] = table[2 * LEVELS + (row[at + 2] & 0xFF)];
        }
    }

    /** In single precision with a fused multiply-add and ties to even, as OpenCV's {@code addWeighted} computes. */
    private void mix(int id, double opacity) {
        float share = (float) opacity;
        float rest = (float) (1 - opacity);
        for (int channel = 0; channel < 3; channel++) {
            float colour = (shown[id] >> (16 - 8 * channel) & 0xFF) * share;
            for (int level = 0; level < LEVELS; level++) {
                double value = Math.rint(Math.fma((float) level, rest, colour));
                mixed[id][channel * LEVELS + level] = (byte) Math.max(0, Math.min(255, value));
            }
        }
    }

    /**
     * The outermost borders of each class's connected regions, ascending from class 1, or in the order of a filter that
     * lists any.
     */
    private Picture contour(Picture frame, Palette palette, @Nullable List<Integer> filter) {
        Picture drawn = Picture.blank(frame.width(), frame.height());
        drawn.bgr().put(frame.bgr());
        try (Mat classes = new Mat(frame.height(), frame.width(), opencv_core.CV_8UC1);
                BytePointer memory = classes.data()) {
            memory.put(ids, 0, frame.width() * frame.height());
            if (filter == null || filter.isEmpty()) {
                for (int id = 1; id < palette.size(); id++) {
                    outline(drawn, classes, id, palette);
                }
            } else {
                for (int id : filter) {
                    outline(drawn, classes, id, palette);
                }
            }
        }
        return drawn;
    }

    private void outline(Picture drawn, Mat classes, int id, Palette palette) {
        if (id < 0 || id >= palette.size() || !extents.holds(id)) {
            return;
        }
        try (Rect extent = new Rect(extents.left(id), extents.top(id), extents.width(id), extents.height(id));
                Point corner = new Point(extents.left(id), extents.top(id));
                Mat nearby = new Mat(classes, extent);
                Scalar value = new Scalar(id);
                Mat wanted = new Mat(1, 1, opencv_core.CV_8UC1, value);
                Mat region = new Mat();
                MatVector borders = new MatVector();
                Scalar colour = new Scalar(palette.blue(id), palette.green(id), palette.red(id), 0);
                Mat noHierarchy = new Mat();
                Point noOffset = new Point(0, 0)) {
            opencv_core.compare(nearby, wanted, region, opencv_core.CMP_EQ);
            opencv_imgproc.findContours(
                    region, borders, opencv_imgproc.RETR_EXTERNAL, opencv_imgproc.CHAIN_APPROX_SIMPLE, corner);
            opencv_imgproc.drawContours(
                    drawn.pixels(),
                    borders,
                    -1,
                    colour,
                    LINE_WIDTH,
                    opencv_imgproc.LINE_8,
                    noHierarchy,
                    Integer.MAX_VALUE,
                    noOffset);
        }
    }

    private Picture sideBySide(Picture frame) {
        Picture drawn = Picture.blank(2 * frame.width(), frame.height());
        ByteBuffer source = frame.bgr();
        ByteBuffer target = drawn.bgr();
        int half = frame.width() * 3;
        byte[] row = new byte[2 * half];
        int pixel = 0;
        for (int y = 0; y < frame.height(); y++) {
            source.get(row, 0, half);
            for (int at = half; at < row.length; at += 3, pixel++) {
                int colour = shown[ids[pixel] & 0xFF];
                row[at] = (byte) (colour >> 16);
                row[at + 1] = (byte) (colour >> 8);
                row[at + 2] = (byte) colour;
            }
            target.put(row);
        }
        return drawn;
    }

    /**
     * Through 8-bit HSV, where the hue of a colour that is not black replaces the frame's.
     *
     * <p>Both conversions are OpenCV's. Its way back to colour fuses multiplications and additions, except in the columns of a
     * row behind the last whole vector and on processors that cannot; there a level may be one off the formula for the others.
     */
    private Picture blend(Picture frame) {
        int[] hues = new int[CLASSES];
        for (int id = 0; id < CLASSES; id++) {
            hues[id] = shown[id] == 0 ? KEPT : hue(shown[id] & 0xFF, shown[id] >> 8 & 0xFF, shown[id] >> 16);
        }
        Picture drawn = Picture.blank(frame.width(), frame.height());
        opencv_imgproc.cvtColor(frame.pixels(), drawn.pixels(), opencv_imgproc.COLOR_BGR2HSV);
        ByteBuffer hsv = drawn.bgr();
        byte[] row = new byte[frame.width() * 3];
        for (int y = 0; y < frame.height(); y++) {
            hsv.get(y * row.length, row);
            for (int from = 0, to; from < frame.width(); from = to) {
                to = endOfRun(y * frame.width(), from, frame.width());
                int hue = hues[ids[y * frame.width() + from] & 0xFF];
                for (int x = from; hue != KEPT && x < to; x++) {
                    row[3 * x] = (byte) hue;
                }
            }
            hsv.put(y * row.length, row);
        }
        // Two headers over the same memory: with one, OpenCV would first copy the pixels.
        try (Mat source = new Mat(drawn.pixels())) {
            opencv_imgproc.cvtColor(source, drawn.pixels(), opencv_imgproc.COLOR_HSV2BGR);
        }
        return drawn;
    }

    /** OpenCV's 8-bit hue, in half degrees 0…179: the division by the spread is a 12-bit fixed-point product. */
    private static int hue(int red, int green, int blue) {
        int value = Math.max(red, Math.max(green, blue));
        int spread = value - Math.min(red, Math.min(green, blue));
        if (spread == 0) {
            return 0;
        }
        int sixths;
        if (value == red) {
            sixths = green - blue;
        } else if (value == green) {
            sixths = blue - red + 2 * spread;
        } else {
            sixths = red - green + 4 * spread;
        }
        int hue = (sixths * (int) Math.rint(180 * 4096 / (6.0 * spread)) + 2048) >> 12;
        return hue < 0 ? hue + 180 : hue;
    }
}
