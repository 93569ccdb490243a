package dev.osprey.hands;

import dev.osprey.imaging.Crop;

/**
 * Where on a picture hands are looked at: squares in which the fingers point up. The formulas and numbers are those of
 * MediaPipe (Apache-2.0), {@code mediapipe/modules/hand_landmark}.
 */
final class Regions {

    /** What moves little against the palm: wrist, thumb without its tip, the two lower joints of each finger. */
    private static final int[] STEADY = {0, 1, 2, 3, 5, 6, 9, 10, 13, 14, 17, 18};

    private static final int WRIST = 0;
    private static final int INDEX_KNUCKLE = 5;
    private static final int MIDDLE_KNUCKLE = 9;
    private static final int RING_KNUCKLE = 13;

    /** So much larger than the steady points, the hand is still inside when it has moved until the next picture. */
    private static final double SCALE = 2.0;

    /** The fingertips are above the steady points: by this part of their height. */
    private static final double SHIFT = -0.1;

    private Regions() {}

    /**
     * Where the hand is expected on the next picture.
     *
     * @param landmarks as in {@link Hand}
     * @param width the picture's, in pixels
     */
    static Crop around(float[] landmarks, int width, int height) {
        double towardsX = towards(landmarks, 0) * width;
        double towardsY = towards(landmarks, 1) * height;
        double rotation = Crop.rotation(towardsX, towardsY);
        // The box in the hand's own directions, and back to those of the picture.
        double cos = Math.cos(rotation);
        double sin = Math.sin(rotation);
        double left = Double.POSITIVE_INFINITY;
        double right = Double.NEGATIVE_INFINITY;
        double upper = Double.POSITIVE_INFINITY;
        double lower = Double.NEGATIVE_INFINITY;
        for (int point : STEADY) {
            double x = landmarks[3 * point] * (double) width;
            double y = landmarks[3 * point + 1] * (double) height;
            double across = cos * x + sin * y;
            double down = cos * y - sin * x;
            left = Math.min(left, across);
            right = Math.max(right, across);
            upper = Math.min(upper, down);
            lower = Math.max(lower, down);
        }
        double across = (left + right) / 2;
        double down = (upper + lower) / 2;
        Crop tight =
                new Crop(cos * across - sin * down, sin * across + cos * down, right - left, lower - upper, rotation);
        return tight.squared(SCALE, SHIFT);
    }

    /** From the wrist to between the knuckles, the middle one counting twice. */
    private static double towards(float[] landmarks, int axis) {
        double outer = (landmarks[3 * INDEX_KNUCKLE + axis] + landmarks[3 * RING_KNUCKLE + axis]) / 2.0;
        return (outer + landmarks[3 * MIDDLE_KNUCKLE + axis]) / 2 - landmarks[3 * WRIST + axis];
    }
}
