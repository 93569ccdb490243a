package dev.osprey.hands;

import dev.osprey.imaging.Crop;

/**
 * A palm that the detector has found, in parts of the square that the network was shown.
 *
 * @param score 0 to 1
 * @param wristX of the middle of the wrist
 * @param knuckleX of the middle finger's first joint
 */
record Palm(
        double score,
        double left,
        double upper,
        double right,
        double lower,
        double wristX,
        double wristY,
        double knuckleX,
        double knuckleY) {

    /** The hand is so many times as large as its palm. */
    private static final double SCALE = 2.6;

    /** The hand's middle lies above the palm's, by this part of the palm's height. */
    private static final double SHIFT = -0.5;

    /**
     * Where on the picture the palm's whole hand must be: a square in which the middle finger points up. The formulas and
     * numbers are those of {@code palm_detection_detection_to_roi} of MediaPipe (Apache-2.0).
     *
     * @param square what of the picture the network was shown
     */
    Crop hand(Crop square) {
        double side = square.width();
        double rotation = Regions.rotation((knuckleX - wristX) * side, (knuckleY - wristY) * side);
        double width = (right - left) * side;
        double height = (lower - upper) * side;
        double centreX = square.x((left + right) / 2, (upper + lower) / 2);
        double centreY = square.y((left + right) / 2, (upper + lower) / 2);
        return Regions.enlarged(new Crop(centreX, centreY, width, height, rotation), SCALE, SHIFT);
    }

    /** The area that both boxes share, as a part of the area that either covers. */
    double overlap(Palm other) {
        double width = Math.min(right, other.right) - Math.max(left, other.left);
        double height = Math.min(lower, other.lower) - Math.max(upper, other.upper);
        if (width <= 0 || height <= 0) {
            return 0;
        }
        double shared = width * height;
        return shared / (area() + other.area() - shared);
    }

    private double area() {
        return (right - left) * (lower - upper);
    }
}
