package dev.osprey.fencing;

import dev.osprey.fencing.Decision.Action;
import dev.osprey.fencing.Decision.Moment;
import dev.osprey.fencing.Signal.Hit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Épée: no right of way. Who hit first scores; hits within {@value #DOUBLE_HIT_SECONDS} s are a double hit, which scores for
 * both. The wire allows only one winner, so of a double hit it gets the earlier one, else the right fencer, without confidence.
 */
final class Lamps {

    /** By the FIE's rules for material an épée box shows both hits if they are less than 40 ms apart. */
    private static final double DOUBLE_HIT_SECONDS = 0.04;

    private Lamps() {}

    static Decision decision(String rule, Signal signal, Analysis analysis) {
        List<Hit> hits = signal.hits();
        Side first = hits.isEmpty() ? null : hits.get(0).by();
        if (first == null) {
            return decision(rule, Side.RIGHT, "Both hit together, a double hit: both score.", 0.5, List.of(), analysis);
        }
        double apart = hits.stream().mapToDouble(Hit::time).max().orElse(0)
                - hits.get(0).time();
        List<Moment> moments = new ArrayList<>();
        moments.add(new Moment(hits.get(0).time(), first, "hit"));
        if (apart < DOUBLE_HIT_SECONDS) {
            return decision(
                    rule,
                    first,
                    String.format(Locale.ROOT, "Both hit within %.0f ms, a double hit: both score.", 1000 * apart),
                    0.5,
                    moments,
                    analysis);
        }
        String reason = String.format(
                Locale.ROOT,
                "%s hit first, %.0f ms before %s.",
                first.capitalised(),
                1000 * apart,
                first.opponent().word());
        return decision(rule, first, reason, 1, moments, analysis);
    }

    private static Decision decision(
            String rule, Side winner, String reason, double confidence, List<Moment> moments, Analysis analysis) {
        return new Decision(rule, winner, Action.LAMPS, reason, confidence, moments, analysis);
    }
}
