package dev.osprey.pose;

import dev.osprey.detection.Anchors;
import dev.osprey.detection.Detection;
import dev.osprey.imaging.Crop;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * Reads MediaPipe's two networks of the body. The formulas and numbers are those of MediaPipe (Apache-2.0),
 * {@code mediapipe/modules/pose_detection} and {@code mediapipe/modules/pose_landmark}.
 */
final class BlazePose {

    private static final int HIPS = 4;
    private static final int CIRCLE = 6;

    /** Of 224 × 224 pixels; each anchor has the face's box, four points and a score. Three layers of 32 × 32 lie together. */
    private static final Anchors ANCHORS = new Anchors(224, new int[][] {{8, 2}, {16, 2}, {32, 6}}, 13, HIPS, CIRCLE);

    /** The landmark that each of the 17 points is. */
    private static final int[] LANDMARK_OF_POINT = {0, 2, 5, 7, 8, 11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28};

    /** Of a landmark: x, y, z, whether it can be seen, whether it lies inside the crop. */
    private static final int VALUES = 5;

    private static final int SEEN = 3;
    private static final int MIDDLE_OF_HIPS = 33;
    private static final int ON_CIRCLE = 34;
    private static final int PRESENCE = 35 * VALUES;

    /** So much larger than the circle around the body, it is still inside when it has moved until the next picture. */
    private static final double SCALE = 1.25;

    private BlazePose() {}

    /**
     * Who has at least this score, many anchors' opinions of the same person beside each other.
     *
     * @param detections {@code float32 [2254, 13]} from index 0
     * @param shown what of the picture the network was shown
     * @return in pixels of the picture; the box is the face's
     */
    static List<Detection> candidates(FloatBuffer detections, double confidence, Crop shown) {
        return ANCHORS.candidates(detections, confidence).stream()
                .map(candidate -> candidate.on(shown))
                .toList();
    }

    /** Where on the picture the whole body must be: a square about the hips in which the head is up. */
    static Crop region(Detection person) {
        return around(person.fromX(), person.fromY(), person.toX(), person.toY());
    }

    private static Crop around(double hipsX, double hipsY, double circleX, double circleY) {
        double towardsX = circleX - hipsX;
        double towardsY = circleY - hipsY;
        double side = 2 * Math.hypot(towardsX, towardsY) * SCALE;
        return new Crop(hipsX, hipsY, side, side, Crop.rotation(towardsX, towardsY));
    }

    /**
     * @param values {@code float32 [176]} from index 0, as the network of landmarks gives them
     * @param shown the square of the picture that it was shown
     * @param side of the network's input, in pixels
     */
    static Seen seen(FloatBuffer values, Crop shown, int side) {
        float[] points = new float[2 * Person.POINTS];
        float[] confidences = new float[Person.POINTS];
        for (int point = 0; point < Person.POINTS; point++) {
            int landmark = LANDMARK_OF_POINT[point];
            points[2 * point] = (float) x(values, landmark, shown, side);
            points[2 * point + 1] = (float) y(values, landmark, shown, side);
            confidences[point] = values.get(VALUES * landmark + SEEN);
        }
        Person person = new Person(points, confidences, values.get(PRESENCE), Person.around(points));
        Crop region = around(
                x(values, MIDDLE_OF_HIPS, shown, side),
                y(values, MIDDLE_OF_HIPS, shown, side),
                x(values, ON_CIRCLE, shown, side),
                y(values, ON_CIRCLE, shown, side));
        return new Seen(person, region);
    }

    private static double x(FloatBuffer values, int landmark, Crop shown, int side) {
        return shown.x(
                (double) values.get(VALUES * landmark) / side, (double) values.get(VALUES * landmark + 1) / side);
    }

    private static double y(FloatBuffer values, int landmark, Crop shown, int side) {
        return shown.y(
                (double) values.get(VALUES * landmark) / side, (double) values.get(VALUES * landmark + 1) / side);
    }
}
