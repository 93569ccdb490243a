package dev.osprey.imaging;

import java.nio.ByteBuffer;
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
    private static final int LINE_WIDTH = 2;

    /** In place of a hue: black gives none, the frame's own stays. */
    private static final int KEPT = -1;

    /** The classes of the frame's pixels. */
    private byte[] ids = new byte[0];

    private final ClassExtents extents = new ClassExtents();

    /** BGR for each mask value, black where the filter hides the class. */
    private final byte[] shown = new byte[3 * CLASSES];

    /** What {@link #shown} was made from. */
    private @Nullable Palette shownPalette;

    private @Nullable Rendering shownRendering;

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
                    case FILLED -> filled(frame, rendering.opacity());
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
            boolean hidden = filter != null && !filter.contains(id);
            shown[3 * id] = (byte) (hidden ? 0 : palette.blue(coloured));
            shown[3 * id + 1] = (byte) (hidden ? 0 : palette.green(coloured));
            shown[3 * id + 2] = (byte) (hidden ? 0 : palette.red(coloured));
        }
        shownPalette = palette;
        shownRendering = rendering;
    }

    /** {@code frame · (1 − opacity) + colour · opacity}, rounded as OpenCV rounds. */
    private Picture filled(Picture frame, double opacity) {
        Picture drawn = Picture.blank(frame.width(), frame.height());
        colour(frame, drawn.pixels());
        opencv_core.addWeighted(frame.pixels(), 1 - opacity, drawn.pixels(), opacity, 0, drawn.pixels());
        return drawn;
    }

    /** Gives every pixel its class's colour. */
    private void colour(Picture frame, Mat target) {
        try (Mat classes = classes(frame);
                Mat colours = new Mat(CLASSES, 1, opencv_core.CV_8UC3);
                BytePointer memory = colours.data()) {
            memory.put(shown);
            opencv_imgproc.applyColorMap(classes, target, colours);
        }
    }

    /** The caller's to close. */
    private Mat classes(Picture frame) {
        Mat classes = new Mat(frame.height(), frame.width(), opencv_core.CV_8UC1);
        try (BytePointer memory = classes.data()) {
            memory.put(ids, 0, frame.width() * frame.height());
        }
        return classes;
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

    /**
     * The outermost borders of each class's connected regions, ascending from class 1, or in the order of a filter that
     * lists any.
     */
    private Picture contour(Picture frame, Palette palette, @Nullable List<Integer> filter) {
        Picture drawn = Picture.blank(frame.width(), frame.height());
        drawn.bgr().put(frame.bgr());
        try (Mat classes = classes(frame)) {
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
        try (Rect first = new Rect(0, 0, frame.width(), frame.height());
                Rect second = new Rect(frame.width(), 0, frame.width(), frame.height());
                Mat left = new Mat(drawn.pixels(), first);
                Mat right = new Mat(drawn.pixels(), second)) {
            frame.pixels().copyTo(left);
            colour(frame, right);
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
            int blue = shown[3 * id] & 0xFF;
            int green = shown[3 * id + 1] & 0xFF;
            int red = shown[3 * id + 2] & 0xFF;
            hues[id] = (blue | green | red) == 0 ? KEPT : hue(red, green, blue);
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
