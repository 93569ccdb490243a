package dev.osprey.signs;

import dev.osprey.runtime.ExecutionProvider;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a model made of a clip.
 *
 * @param number of this recognition on its connection, from 1
 * @param lastFrame number of the clip's newest frame on its connection, from 1
 * @param probabilities float32 [classes]
 * @param age of the newest frame when the model had answered, since its arrival
 * @param queued how long the clip waited for its turn
 * @param run how long the model took, for all clips that it looked at together
 */
record Recognition(
        long number,
        long lastFrame,
        float[] probabilities,
        List<String> labels,
        float threshold,
        Duration age,
        Duration queued,
        Duration run,
        ExecutionProvider provider) {

    private static final int TOLD = 5;

    /** The class of the greatest probability, the first of equals. */
    int best() {
        int best = 0;
        for (int i = 1; i < probabilities.length; i++) {
            if (probabilities[i] > probabilities[best]) {
                best = i;
            }
        }
        return best;
    }

    /** Of {@link #best}, also where it is no word. */
    float score() {
        return probabilities[best()];
    }

    /** Whether the model is sure enough: strictly more than the threshold, both in float32. */
    boolean isWord() {
        return score() > threshold;
    }

    /** The five classes of the greatest probabilities, the greatest first. */
    List<Integer> ranking() {
        return IntStream.range(0, probabilities.length)
                .boxed()
                .sorted(Comparator.comparing((Integer i) -> -probabilities[i]))
                .limit(TOLD)
                .toList();
    }
}
