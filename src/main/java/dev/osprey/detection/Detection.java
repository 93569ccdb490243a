package dev.osprey.detection;

import dev.osprey.imaging.Crop;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Something that a detector has found: a box, and two points that say where up is. In parts of what the network was shown, or
 * in pixels of the picture: see {@link #on}.
 *
 * @param score 0 to 1
 * @param fromX where the direction that is up begins; it ends at {@code toX}, {@code toY}
 */
public record Detection(
        double score,
        double left,
        double upper,
        double right,
        double lower,
        double fromX,
        double fromY,
        double toX,
        double toY) {

    /**
     * The same in pixels of the picture.
     *
     * @param crop what the network was shown of it, not turned
     */
    public Detection on(Crop crop) {
        return new Detection(
                score,
                crop.x(left, upper),
                crop.y(left, upper),
                crop.x(right, lower),
                crop.y(right, lower),
                crop.x(fromX, fromY),
                crop.y(fromX, fromY),
                crop.x(toX, toY),
                crop.y(toX, toY));
    }

    /** The area that both boxes share, as a part of the area that either covers. */
    public double overlap(Detection other) {
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

    /**
     * The best one, blended with those that overlap it; then the best of the others, and so on. MediaPipe's weighted
     * suppression of what is not the greatest.
     *
     * @param ofOneThing boxes that overlap by more than this are of one thing, 0 to 1
     * @return the best first
     */
    public static List<Detection> blended(List<Detection> candidates, double ofOneThing) {
        List<Detection> rest = new ArrayList<>(candidates);
        rest.sort(Comparator.comparingDouble(Detection::score).reversed());
        List<Detection> found = new ArrayList<>();
        while (!rest.isEmpty()) {
            Detection best = rest.get(0);
            List<Detection> same = new ArrayList<>(List.of(best));
            List<Detection> others = new ArrayList<>();
            for (Detection candidate : rest.subList(1, rest.size())) {
                (candidate.overlap(best) > ofOneThing ? same : others).add(candidate);
            }
            found.add(mean(best.score(), same));
            rest = others;
        }
        return found;
    }

    /** The mean by the scores; the score stays that of the best. */
    private static Detection mean(double score, List<Detection> detections) {
        double weights = 0;
        double[] sums = new double[8];
        for (Detection detection : detections) {
            double weight = detection.score();
            weights += weight;
            sums[0] += weight * detection.left();
            sums[1] += weight * detection.upper();
            sums[2] += weight * detection.right();
            sums[3] += weight * detection.lower();
            sums[4] += weight * detection.fromX();
            sums[5] += weight * detection.fromY();
            sums[6] += weight * detection.toX();
            sums[7] += weight * detection.toY();
        }
        return new Detection(
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
