package dev.osprey.hands;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * From what the palm detector says of every anchor to the palms it has found. An anchor is a place of the picture that the
 * network has an opinion on: a score, and where from there the palm is. Many anchors see the same palm, so boxes that
 * overlap are blended to one, weighted by their scores. The formulas and numbers are those of MediaPipe (Apache-2.0),
 * {@code mediapipe/modules/palm_detection}.
 */
final class Palms {

    /** Width and height of the picture, in pixels. */
    private static final int SIDE = 192;

    /** Anchors of a cell of 8 × 8 pixels; those of three layers with cells of 16 × 16 lie together. */
    private static final int[][] STRIDE_AND_ANCHORS = {{8, 2}, {16, 6}};

    /** Of an anchor: x, y, width and height of the box, x and y of seven points, the score before the sigmoid. */
    private static final int VALUES = 19;

    private static final int WRIST = 4;
    private static final int KNUCKLE = 8;
    private static final int SCORE = 18;

    /** Scores are cut off here before the sigmoid. */
    private static final double GREATEST_SCORE = 100;

    /** Boxes that overlap by more than this are of one palm. */
    private static final double OF_ONE_PALM = 0.3;

    /** The middles of the anchors' cells, x and y by turns, in parts of the picture. */
    private static final float[] ANCHORS = anchors();

    private Palms() {}

    static float[] anchors() {
        float[] anchors = new float[2 * 2_016];
        int at = 0;
        for (int[] layer : STRIDE_AND_ANCHORS) {
            int cells = SIDE / layer[0];
            for (int row = 0; row < cells; row++) {
                for (int column = 0; column < cells; column++) {
                    for (int anchor = 0; anchor < layer[1]; anchor++) {
                        anchors[at++] = (column + 0.5f) / cells;
                        anchors[at++] = (row + 0.5f) / cells;
                    }
                }
            }
        }
        return anchors;
    }

    /**
     * The palms with at least this score, the best first.
     *
     * @param detections {@code float32 [2016, 19]} from index 0, in pixels from the anchor
     * @param confidence 0 to 1
     */
    static List<Palm> found(FloatBuffer detections, double confidence) {
        List<Palm> candidates = new ArrayList<>();
        for (int anchor = 0; anchor < ANCHORS.length / 2; anchor++) {
            double score = sigmoid(detections.get(VALUES * anchor + SCORE));
            if (score >= confidence) {
                Palm palm = palm(detections, anchor, score);
                // The network can say that a box is less than nothing wide.
                if (palm.right() >= palm.left() && palm.lower() >= palm.upper()) {
                    candidates.add(palm);
                }
            }
        }
        return blended(candidates);
    }

    private static double sigmoid(double value) {
        return 1 / (1 + Math.exp(-Math.max(-GREATEST_SCORE, Math.min(GREATEST_SCORE, value))));
    }

    private static Palm palm(FloatBuffer detections, int anchor, double score) {
        int at = VALUES * anchor;
        double anchorX = ANCHORS[2 * anchor];
        double anchorY = ANCHORS[2 * anchor + 1];
        double centreX = anchorX + detections.get(at) / SIDE;
        double centreY = anchorY + detections.get(at + 1) / SIDE;
        double halfWidth = detections.get(at + 2) / SIDE / 2;
        double halfHeight = detections.get(at + 3) / SIDE / 2;
        return new Palm(
                score,
                centreX - halfWidth,
                centreY - halfHeight,
                centreX + halfWidth,
                centreY + halfHeight,
                anchorX + detections.get(at + WRIST) / SIDE,
                anchorY + detections.get(at + WRIST + 1) / SIDE,
                anchorX + detections.get(at + KNUCKLE) / SIDE,
                anchorY + detections.get(at + KNUCKLE + 1) / SIDE);
    }

    /** The best palm, blended with those that overlap it; then the best of the others, and so on. */
    static List<Palm> blended(List<Palm> candidates) {
        List<Palm> rest = new ArrayList<>(candidates);
        rest.sort(Comparator.comparingDouble(Palm::score).reversed());
        List<Palm> palms = new ArrayList<>();
        while (!rest.isEmpty()) {
            Palm best = rest.get(0);
            List<Palm> same = new ArrayList<>(List.of(best));
            List<Palm> others = new ArrayList<>();
            for (Palm palm : rest.subList(1, rest.size())) {
                (palm.overlap(best) > OF_ONE_PALM ? same : others).add(palm);
            }
            palms.add(mean(best.score(), same));
            rest = others;
        }
        return palms;
    }

    /** The mean by the scores; the score stays that of the best. */
    private static Palm mean(double score, List<Palm> palms) {
        double weights = 0;
        double[] sums = new double[8];
        for (Palm palm : palms) {
            double weight = palm.score();
            weights += weight;
            sums[0] += weight * palm.left();
            sums[1] += weight * palm.upper();
            sums[2] += weight * palm.right();
            sums[3] += weight * palm.lower();
            sums[4] += weight * palm.wristX();
            sums[5] += weight * palm.wristY();
            sums[6] += weight * palm.knuckleX();
            sums[7] += weight * palm.knuckleY();
        }
        return new Palm(
                score,
                sums[0] / weights,
                sums[1] / weights,
                sums[2] / weights,
                sums[3] / weights,
                sums[4] / weights,
                sums[5] / weights,
                sums[6] / weights,
                sums[7] / weights);
    }
}
