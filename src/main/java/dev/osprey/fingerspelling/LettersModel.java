package dev.osprey.fingerspelling;

import dev.osprey.hands.Hand;
import dev.osprey.model.ModelManifest;
import dev.osprey.model.ModelManifest.Normalisation;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What the model that names letters takes and gives, by its manifest.
 *
 * @param clipLength frames that it looks at together, at least 1
 * @param hands places for hands in a frame: 1, or 2 with the left hand first
 * @param bothNeeded whether a frame without a left and a right hand is skipped; else the absent one's points are zero
 * @param relativeToWrist whether the points of a hand are brought to a common place and size
 * @param labels the letters by class
 */
record LettersModel(int clipLength, int hands, boolean bothNeeded, boolean relativeToWrist, List<String> labels) {

    /** Numbers of one hand. */
    private static final int HAND = 3 * ModelManifest.Landmarks.POINTS;

    /** By the manifest of a model of letters. */
    static LettersModel of(ModelManifest manifest) {
        ModelManifest.Landmarks input = manifest.landmarks();
        return new LettersModel(
                input.clipLength(),
                input.hands(),
                input.handsNeeded() == 2,
                input.normalisation() == Normalisation.WRIST,
                manifest.labels());
    }

    /**
     * The frame's part of the model's input; nothing where it shows too few hands.
     *
     * @return float32 [hands × 21, 3]
     */
    Optional<float[]> landmarks(List<Hand> seen) {
        if (hands == 1) {
            return seen.stream().findFirst().map(this::normalised);
        }
        Optional<Hand> left = first(seen, Hand.Side.LEFT);
        Optional<Hand> right = first(seen, Hand.Side.RIGHT);
        if ((left.isEmpty() && right.isEmpty()) || (bothNeeded && (left.isEmpty() || right.isEmpty()))) {
            return Optional.empty();
        }
        float[] both = new float[2 * HAND];
        left.ifPresent(hand -> System.arraycopy(normalised(hand), 0, both, 0, HAND));
        right.ifPresent(hand -> System.arraycopy(normalised(hand), 0, both, HAND, HAND));
        return Optional.of(both);
    }

    private static Optional<Hand> first(List<Hand> seen, Hand.Side side) {
        return seen.stream().filter(hand -> hand.side() == side).findFirst();
    }

    /** In float32 throughout, as the model was trained. */
    private float[] normalised(Hand hand) {
        float[] points = Arrays.copyOf(hand.landmarks(), HAND);
        if (!relativeToWrist) {
            return points;
        }
        float[] wrist = Arrays.copyOf(points, 3);
        float greatest = 0;
        for (int i = 0; i < HAND; i++) {
            points[i] -= wrist[i % 3];
            greatest = Math.max(greatest, Math.abs(points[i]));
        }
        for (int i = 0; greatest > 0 && i < HAND; i++) {
            points[i] /= greatest;
        }
        return points;
    }
}
