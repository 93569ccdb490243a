package dev.osprey.pose;

import java.util.Arrays;
import java.util.List;

/**
 * A person as seen in one picture: the 17 points of the COCO data set, by their number 0 nose; 1, 2 eyes; 3, 4 ears; 5, 6
 * shoulders; 7, 8 elbows; 9, 10 wrists; 11, 12 hips; 13, 14 knees; 15, 16 ankles. Of each pair the left one comes first, left
 * and right as the person says it.
 *
 * @param points float32 [17, 2]: x to the right and y down, in pixels of the picture; may lie outside of it. A point that
 *     cannot be seen is guessed, see {@code confidences}
 * @param confidences float32 [17], 0 to 1
 * @param presence that this is a person at all, 0 to 1
 * @param box around the whole person
 */
public record Person(float[] points, float[] confidences, float presence, Box box) {

    public static final int POINTS = 17;

    static final int NOSE = 0;
    static final int LEFT_EAR = 3;
    static final int RIGHT_EAR = 4;
    static final int LEFT_SHOULDER = 5;
    static final int RIGHT_SHOULDER = 6;
    static final int LEFT_HIP = 11;
    static final int RIGHT_HIP = 12;
    static final int LEFT_ANKLE = 15;
    static final int RIGHT_ANKLE = 16;

    /** In pixels of the picture; may reach beyond its edges. */
    public record Box(float left, float upper, float right, float lower) {

        /** From the picture's left edge. */
        public float centreX() {
            return (left + right) / 2;
        }

        /** In square pixels. */
        public float area() {
            return (right - left) * (lower - upper);
        }
    }

    /** The points, those that are less certain replaced by two NaN: float32 [17, 2], a copy. */
    public float[] points(float leastConfidence) {
        float[] certain = points.clone();
        for (int point = 0; point < POINTS; point++) {
            // So that a confidence that is no number is none.
            if (!(confidences[point] >= leastConfidence)) {
                certain[2 * point] = Float.NaN;
                certain[2 * point + 1] = Float.NaN;
            }
        }
        return certain;
    }

    double x(int point) {
        return points[2 * point];
    }

    double y(int point) {
        return points[2 * point + 1];
    }

    /** From the middle of the shoulders to that of the hips, in pixels. */
    double torso() {
        return Math.hypot(
                (x(LEFT_SHOULDER) + x(RIGHT_SHOULDER) - x(LEFT_HIP) - x(RIGHT_HIP)) / 2,
                (y(LEFT_SHOULDER) + y(RIGHT_SHOULDER) - y(LEFT_HIP) - y(RIGHT_HIP)) / 2);
    }

    /**
     * How far the points lie from the same points of whoever of others is nearest, in parts of the longer torso of both: the median,
     * so that limbs that are seen differently do not count. Infinite where there are no others.
     *
     * <p>Each point may be nearest to somebody else, so somebody who is put together from the parts of two people is as near to
     * them as a person who is found twice.
     */
    double distance(List<Person> others) {
        double[] distances = new double[POINTS];
        for (int point = 0; point < POINTS; point++) {
            distances[point] = Double.POSITIVE_INFINITY;
            for (Person other : others) {
                double pixels = Math.hypot(x(point) - other.x(point), y(point) - other.y(point));
                double distance = pixels / Math.max(1, Math.max(torso(), other.torso()));
                distances[point] = Math.min(distances[point], distance);
            }
        }
        Arrays.sort(distances);
        return distances[POINTS / 2];
    }

    boolean isFinite() {
        boolean finite = Float.isFinite(presence);
        for (float value : points) {
            finite &= Float.isFinite(value);
        }
        return finite;
    }

    /** The box around the points with room for what lies beyond them: scalp, hands, feet. */
    static Box around(float[] points) {
        float left = Float.POSITIVE_INFINITY;
        float right = Float.NEGATIVE_INFINITY;
        float upper = Float.POSITIVE_INFINITY;
        float lower = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < points.length; i += 2) {
            left = Math.min(left, points[i]);
            right = Math.max(right, points[i]);
            upper = Math.min(upper, points[i + 1]);
            lower = Math.max(lower, points[i + 1]);
        }
        float room = (lower - upper) / 10;
        return new Box(left - room, upper - room, right + room, lower + room);
    }
}
