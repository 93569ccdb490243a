package dev.osprey.detection;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The places of a picture that a single-shot detector has an opinion on: a score, and where from there the thing is. The
 * formulas are those of MediaPipe (Apache-2.0), {@code SsdAnchorsCalculator} for anchors without a size and
 * {@code TensorsToDetectionsCalculator}. Any thread may use it.
 */
public final class Anchors {

    /** Scores are cut off here before the logistic function. */
    private static final double GREATEST_SCORE = 100;

    private final int side;
    private final int values;
    private final int from;
    private final int to;

    /** The middles of the anchors' cells, x and y by turns, in parts of the picture. */
    private final float[] middles;

    /**
     * @param side width and height of the picture, in pixels
     * @param strideAndAnchors of every grid of square cells: their side in pixels and the anchors of each
     * @param values of an anchor: centre x, y, width and height of the box, x and y of points, the logit of the score
     * @param from the first value of the point at which the direction that is up begins
     * @param to the first value of the point at which it ends
     */
    public Anchors(int side, int[][] strideAndAnchors, int values, int from, int to) {
        this.side = side;
        this.values = values;
        this.from = from;
        this.to = to;
        this.middles = middles(side, strideAndAnchors);
    }

    private static float[] middles(int side, int[][] strideAndAnchors) {
        int count = 0;
        for (int[] grid : strideAndAnchors) {
            count += (side / grid[0]) * (side / grid[0]) * grid[1];
        }
        float[] middles = new float[2 * count];
        int at = 0;
        for (int[] grid : strideAndAnchors) {
            int cells = side / grid[0];
            for (int row = 0; row < cells; row++) {
                for (int column = 0; column < cells; column++) {
                    for (int anchor = 0; anchor < grid[1]; anchor++) {
                        middles[at++] = (column + 0.5f) / cells;
                        middles[at++] = (row + 0.5f) / cells;
                    }
                }
            }
        }
        return middles;
    }

    /** A copy: the middles of the anchors' cells, x and y by turns, in parts of the picture. */
    float[] middles() {
        return middles.clone();
    }

    /**
     * What has at least this score, many anchors' opinions of the same thing beside each other, in parts of the picture.
     *
     * @param detections {@code float32 [anchors, values]} from index 0, in pixels from the anchor
     * @param confidence 0 to 1
     */
    public List<Detection> candidates(FloatBuffer detections, double confidence) {
        List<Detection> candidates = new ArrayList<>();
        for (int anchor = 0; anchor < middles.length / 2; anchor++) {
            double score = logistic(detections.get(values * anchor + values - 1));
            if (score >= confidence) {
                Detection candidate = detection(detections, anchor, score);
                // The network can say that a box is less than nothing wide.
                if (candidate.right() >= candidate.left() && candidate.lower() >= candidate.upper()) {
                    candidates.add(candidate);
                }
            }
        }
        return candidates;
    }

    private static double logistic(double value) {
        return 1 / (1 + Math.exp(-Math.max(-GREATEST_SCORE, Math.min(GREATEST_SCORE, value))));
    }

    private Detection detection(FloatBuffer detections, int anchor, double score) {
        int at = values * anchor;
        double anchorX = middles[2 * anchor];
        double anchorY = middles[2 * anchor + 1];
        double centreX = anchorX + detections.get(at) / side;
        double centreY = anchorY + detections.get(at + 1) / side;
        double halfWidth = detections.get(at + 2) / side / 2;
        double halfHeight = detections.get(at + 3) / side / 2;
        return new Detection(
                score,
                centreX - halfWidth,
                centreY - halfHeight,
                centreX + halfWidth,
                centreY + halfHeight,
                anchorX + detections.get(at + from) / side,
                anchorY + detections.get(at + from + 1) / side,
                anchorX + detections.get(at + to) / side,
                anchorY + detections.get(at + to + 1) / side);
    }
}
