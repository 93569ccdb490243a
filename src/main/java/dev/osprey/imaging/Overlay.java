package dev.osprey.imaging;

import java.util.List;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Point;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * Draws what was found on a picture: skeletons, lines of text, the lamps of a scoring box. Changes the picture, which stays
 * its owner's (referee protocol, section 7.5).
 */
public final class Overlay {

    /** Key points of a person, in COCO's order. */
    public static final int KEYPOINTS = 17;

    /** The sides of a bout as one looks at the picture. */
    public enum Side {
        LEFT(0x0000FF, 0xE01010),
        RIGHT(0x00FF00, 0x00B020);

        private final int skeleton;
        private final int lamp;

        Side(int skeleton, int lamp) {
            this.skeleton = skeleton;
            this.lamp = lamp;
        }
    }

    /** What a side's lamps show. */
    public enum Lamp {
        VALID,
        OFF_TARGET
    }

    /**
     * The bones: pairs of key points of COCO's person category. Nose, eyes, ears (0 to 4), shoulders, elbows, wrists (5 to
     * 10), hips, knees, ankles (11 to 16); of two, the left one is first.
     */
    private static final int[][] BONES = {
        {15, 13}, {13, 11}, {16, 14}, {14, 12}, {11, 12}, {5, 11}, {6, 12}, {5, 6}, {5, 7}, {6, 8}, {7, 9}, {8, 10},
        {1, 2}, {0, 1}, {0, 2}, {1, 3}, {2, 4}, {3, 5}, {4, 6}
    };

    private static final int RADIUS = 3;
    private static final int LINE_WIDTH = 2;

    private static final int TEXT_LEFT = 12;
    private static final int TEXT_BASELINE = 28;
    private static final int TEXT_SPACING = 28;
    private static final int TEXT_WIDTH = 2;
    private static final double TEXT_SCALE = 0.75;

    /** Smaller letters are of thinner lines. */
    private static final double SMALL_TEXT_SCALE = 0.6;

    /** Dark below bright can be read on any ground. */
    private static final int OUTLINE = 3;

    private static final int WHITE = 0xFFFFFF;
    private static final int BLACK = 0;

    /** Beyond, OpenCV's fixed-point coordinates would overflow; nothing of it could be seen. */
    private static final float FARTHEST = 30_000;

    private final Picture picture;

    public Overlay(Picture picture) {
        this.picture = picture;
    }

    /**
     * Draws a person: a line for each bone whose ends are known, a disc for each known key point.
     *
     * @param keypoints float32 [17, 2], COCO's order, x to the right and y down in pixels; NaN for a missing one
     */
    public void skeleton(float[][] keypoints, Side side) {
        if (keypoints.length != KEYPOINTS) {
            throw new IllegalArgumentException(
                    "a person of " + keypoints.length + " key points, expected " + KEYPOINTS);
        }
        try (Scalar colour = colour(side.skeleton)) {
            for (int[] bone : BONES) {
                if (isKnown(keypoints[bone[0]]) && isKnown(keypoints[bone[1]])) {
                    line(keypoints[bone[0]], keypoints[bone[1]], colour);
                }
            }
            for (float[] keypoint : keypoints) {
                if (isKnown(keypoint)) {
                    disc(keypoint, colour);
                }
            }
        }
    }

    private static boolean isKnown(float[] keypoint) {
        // False for NaN.
        return Math.abs(keypoint[0]) < FARTHEST && Math.abs(keypoint[1]) < FARTHEST;
    }

    private void line(float[] from, float[] to, Scalar colour) {
        try (Point start = point(from);
                Point end = point(to)) {
            opencv_imgproc.line(picture.pixels(), start, end, colour, LINE_WIDTH, opencv_imgproc.LINE_AA, 0);
        }
    }

    private void disc(float[] middle, Scalar colour) {
        try (Point centre = point(middle)) {
            opencv_imgproc.circle(
                    picture.pixels(), centre, RADIUS, colour, opencv_imgproc.FILLED, opencv_imgproc.LINE_AA, 0);
        }
    }

    private static Point point(float[] keypoint) {
        return new Point(Math.round(keypoint[0]), Math.round(keypoint[1]));
    }

    /**
     * Writes {@code Frame i/n} in the upper left corner.
     *
     * @param frame from 1
     * @param frames of the whole video
     */
    public void frameNumber(long frame, long frames) {
        write("Frame " + frame + "/" + frames, TEXT_BASELINE);
    }

    /** Writes lines of text below the frame's number, each made smaller where it would be wider than the picture. */
    public void text(List<String> lines) {
        int baseline = TEXT_BASELINE;
        for (String line : lines) {
            baseline += TEXT_SPACING;
            write(line, baseline);
        }
    }

    private void write(String text, int baseline) {
        String drawable = drawable(text);
        try (IntPointer below = new IntPointer(1);
                Size size = opencv_imgproc.getTextSize(
                        drawable, opencv_imgproc.FONT_HERSHEY_SIMPLEX, TEXT_SCALE, TEXT_WIDTH + OUTLINE, below);
                Point corner = new Point(TEXT_LEFT, baseline);
                Scalar black = colour(BLACK);
                Scalar white = colour(WHITE)) {
            double room = Math.max(1, picture.width() - 2.0 * TEXT_LEFT);
            double scale = TEXT_SCALE * Math.min(1, room / Math.max(1, size.width()));
            int thickness = scale < SMALL_TEXT_SCALE ? TEXT_WIDTH / 2 : TEXT_WIDTH;
            put(drawable, corner, scale, black, thickness + OUTLINE);
            put(drawable, corner, scale, white, thickness);
        }
    }

    private void put(String text, Point corner, double scale, Scalar colour, int thickness) {
        opencv_imgproc.putText(
                picture.pixels(),
                text,
                corner,
                opencv_imgproc.FONT_HERSHEY_SIMPLEX,
                scale,
                colour,
                thickness,
                opencv_imgproc.LINE_AA,
                false);
    }

    /** The font has only what is in ASCII. */
    private static String drawable(String text) {
        StringBuilder drawable = new StringBuilder(text.length());
        text.codePoints().forEach(sign -> drawable.append(sign >= ' ' && sign <= '~' ? (char) sign : '?'));
        return drawable.toString();
    }

    /** Lights a bar at the lower edge, on the side's third: red or green as on a scoring box, white off target. */
    public void lamp(Side side, Lamp lamp) {
        int width = Math.max(1, picture.width() / 3);
        int height = Math.max(1, picture.height() / 30);
        int left = side == Side.LEFT ? 0 : picture.width() - width;
        try (Rect bar = new Rect(left, picture.height() - height, width, height);
                Scalar colour = colour(lamp == Lamp.VALID ? side.lamp : WHITE)) {
            opencv_imgproc.rectangle(picture.pixels(), bar, colour, opencv_imgproc.FILLED, opencv_imgproc.LINE_8, 0);
        }
    }

    private static Scalar colour(int rgb) {
        return new Scalar(rgb & 0xFF, rgb >> 8 & 0xFF, rgb >> 16 & 0xFF, 0);
    }
}
