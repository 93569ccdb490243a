package dev.osprey.hands;

import dev.osprey.detection.Anchors;
import dev.osprey.detection.Detection;
import dev.osprey.imaging.Crop;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * The palms that the detector has found. Many anchors see the same palm, so boxes that overlap are blended to one, weighted by
 * their scores. The formulas and numbers are those of MediaPipe (Apache-2.0), {@code mediapipe/modules/palm_detection}.
 */
final class Palms {

    private static final int WRIST = 4;
    private static final int MIDDLE_KNUCKLE = 8;

    /** Of 192 × 192 pixels; each anchor has a box, seven points and a score. Three layers of 16 × 16 lie together. */
    private static final Anchors ANCHORS = new Anchors(192, new int[][] {{8, 2}, {16, 6}}, 19, WRIST, MIDDLE_KNUCKLE);

    /** Boxes that overlap by more than this are of one palm. */
    private static final double OF_ONE_PALM = 0.3;

    /** The hand is so many times as large as its palm. */
    private static final double SCALE = 2.6;

    /** The hand's middle lies above the palm's, by this part of the palm's height. */
    private static final double SHIFT = -0.5;

    private Palms() {}

    /**
     * The palms with at least this score, the best first, in parts of the square that the network was shown; up is from the
     * middle of the wrist to the middle finger's first joint.
     *
     * @param detections {@code float32 [2016, 19]} from index 0, in pixels from the anchor
     * @param confidence 0 to 1
     */
    static List<Detection> found(FloatBuffer detections, double confidence) {
        return Detection.blended(ANCHORS.candidates(detections, confidence), OF_ONE_PALM);
    }

    /**
     * Where on the picture the palm's whole hand must be: a square in which the middle finger points up. The formulas and
     * numbers are those of {@code palm_detection_detection_to_roi} of MediaPipe.
     *
     * @param palm in pixels of the picture
     */
    static Crop hand(Detection palm) {
        double rotation = Crop.rotation(palm.toX() - palm.fromX(), palm.toY() - palm.fromY());
        return new Crop(
                        (palm.left() + palm.right()) / 2,
                        (palm.upper() + palm.lower()) / 2,
                        palm.right() - palm.left(),
                        palm.lower() - palm.upper(),
                        rotation)
                .squared(SCALE, SHIFT);
    }
}
