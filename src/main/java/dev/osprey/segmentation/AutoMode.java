package dev.osprey.segmentation;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import jakarta.json.JsonNumber;
import jakarta.json.JsonValue;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the mode of one stream: the best that holds the frame rate its client asked for. A state machine without threads or
 * clock; the time, in nanoseconds of one monotonic clock, comes in with every call. Not thread-safe.
 *
 * <p><b>What is measured.</b> A stream has one frame at a time with the scheduler, so it can answer as many frames as it has
 * turns. A turn lasts from the moment a frame is its stream's next to the moment the stream is free again:
 *
 * <pre>turn = queue age (until a worker takes a frame; the load of the others) + service time (until it is answered)</pre>
 *
 * The rate is held where the mean turn is no longer than the period, 1 s / frame rate. A frame that was replaced shares the
 * turn of the frame that replaced it. How many frames the client sends does not matter, nor does how fast it reads. Means are
 * taken over windows of at least {@value #WINDOW_NANOS} ns and {@value #WINDOW_TURNS} turns; the first turn in a mode is left
 * out, because it pays for what has gone cold.
 *
 * <p><b>What is expected.</b> For each mode the server knows the quickest run of its model, which is what the model costs
 * when nothing is in its way. Of the turn only the model's run changes with the mode, by the ratio of the two:
 *
 * <pre>change(mode) = run · (quickest(mode) / quickest(current) − 1)
 * up:   expected turn = queue + service + change
 * down: expected turn = turn · (1 + change / service)</pre>
 *
 * On the way up the others are taken to stay as they are. On the way down the queue is taken to shrink in proportion: those
 * who are waited for come short as well, and go down, too.
 *
 * <p><b>When it moves.</b> In one of two states:
 *
 * <ul>
 *   <li><i>settled</i>: after two windows in a row that miss the period it goes down, to the best mode expected to need at most
 *       {@value #COMFORTABLE} of it, or to the quickest where none does. After {@value #DWELL_NANOS} ns in the mode it goes up, to
 *       the nearest better mode expected to need at most that much, which is then
 *   <li><i>on trial</i>: after one window that misses the period it goes back to where it came from; after {@value #PROVEN_WINDOWS}
 *       windows that hold it, it is settled. {@link Trials} lets one stream at a time be on trial and tells it when
 *       others came short meanwhile.
 * </ul>
 *
 * A mode that was left because it missed is not tried again for {@value #FIRST_BACK_OFF_NANOS} ns, nor is any mode with a slower
 * model. Each time it is left again the pause is twice as long as the last one, at most {@value #LONGEST_BACK_OFF_NANOS} ns, until it has
 * held for that long.
 */
final class AutoMode {

    /** What {@code change_mode} calls it. */
    static final String WIRE_NAME = "auto";

    static final double MIN_FPS = 1;
    static final double MAX_FPS = 120;
    static final double DEFAULT_FPS = 15;

    private static final long SECOND = 1_000_000_000;
    private static final long WINDOW_NANOS = SECOND;
    private static final int WINDOW_TURNS = 3;
    private static final double COMFORTABLE = 0.8;
    private static final long DWELL_NANOS = 5 * SECOND;
    private static final int MISSED_WINDOWS = 2;
    private static final int PROVEN_WINDOWS = 3;
    private static final long FIRST_BACK_OFF_NANOS = 30 * SECOND;
    private static final long LONGEST_BACK_OFF_NANOS = 240 * SECOND;

    private final double fps;
    private final double periodNanos;
    private final Trials trials;
    private final Map<Mode, BackOff> backOffs = new EnumMap<>(Mode.class);

    private long enteredNanos;

    /** The mode to go back to; null while settled. */
    private @Nullable Mode cameFrom;

    private int heldWindows;
    private int missedWindows;
    private boolean firstTurn = true;
    private Window window;

    /**
     * A frame's turn, in nanoseconds.
     *
     * @param run the part of {@code service} that is the model's
     */
    record Turn(long queue, long service, long run) {}

    /**
     * A change of mode and why.
     *
     * @param measured means of the turns that led to it; null where it was none of them
     * @param onTrial whether it is taken back where the new mode does not hold the rate
     */
    record Move(Mode from, Mode to, String reason, @Nullable Mean measured, boolean onTrial) {

        /** In its place, where the model of the new mode has gone in between. */
        Move withdrawn() {
            return new Move(from, from, gone(to), measured, false);
        }
    }

    /**
     * What a client is told of it.
     *
     * @param move null where there was none
     */
    record Notice(double fps, @Nullable Move move) {}

    /** Means over some turns, in nanoseconds. */
    record Mean(double queue, double service, double run) {

        double turn() {
            return queue + service;
        }
    }

    private record BackOff(long untilNanos, long lengthNanos) {}

    /** Turns since {@code sinceNanos}, summed up. */
    private static final class Window {

        private final long sinceNanos;
        private int turns;
        private double queue;
        private double service;
        private double run;

        Window(long sinceNanos) {
            this.sinceNanos = sinceNanos;
        }

        void add(Turn turn) {
            turns++;
            queue += turn.queue();
            service += turn.service();
            run += turn.run();
        }

        boolean isFull(long nowNanos) {
            return turns >= WINDOW_TURNS && nowNanos - sinceNanos >= WINDOW_NANOS;
        }

        Mean mean() {
            return new Mean(queue / turns, service / turns, run / turns);
        }
    }

    /** @param fps frames a second, {@value #MIN_FPS} to {@value #MAX_FPS} */
    AutoMode(double fps, Trials trials, long nowNanos) {
        this.fps = fps;
        this.periodNanos = SECOND / fps;
        this.trials = trials;
        this.enteredNanos = nowNanos;
        this.window = new Window(nowNanos);
    }

    /**
     * The frame rate a client names, or the default where it names none.
     *
     * @throws OspreyException {@link ErrorCode#SETTING_INVALID} naming the limits and the value
     */
    static double fps(@Nullable JsonValue named) {
        if (named == null) {
            return DEFAULT_FPS;
        }
        if (named instanceof JsonNumber number && number.doubleValue() >= MIN_FPS && number.doubleValue() <= MAX_FPS) {
            return number.doubleValue();
        }
        String value = named.toString();
        throw new OspreyException(
                ErrorCode.SETTING_INVALID,
                "fps is %s, expected a number from %.0f to %.0f"
                        .formatted(value.length() <= 200 ? value : value.substring(0, 200) + "...", MIN_FPS, MAX_FPS));
    }

    double fps() {
        return fps;
    }

    /** The move has been made; the next turn is the first in its mode. */
    void entered(Move move, long nowNanos) {
        cameFrom = move.onTrial() ? move.from() : null;
        enteredNanos = nowNanos;
        heldWindows = 0;
        missedWindows = 0;
        firstTurn = true;
        window = new Window(nowNanos);
    }

    /**
     * A turn in the current mode is over.
     *
     * @param quickestRuns of the modes that may be chosen, in nanoseconds
     * @return what to do about it, to be confirmed by {@link #entered}
     */
    Optional<Move> turned(Mode current, Turn turn, Map<Mode, Long> quickestRuns, long nowNanos) {
        if (!quickestRuns.containsKey(current)) {
            return without(current, quickestRuns);
        }
        if (firstTurn) {
            firstTurn = false;
            window = new Window(nowNanos);
            return Optional.empty();
        }
        window.add(turn);
        if (cameFrom != null && !quickestRuns.containsKey(cameFrom)) {
            cameFrom = null;
        }
        boolean spoilt = cameFrom != null && trials.isSpoilt(this);
        if (!window.isFull(nowNanos) && !spoilt) {
            return Optional.empty();
        }
        Mean mean = window.mean();
        window = new Window(nowNanos);
        boolean held = mean.turn() <= periodNanos;
        if (cameFrom != null) {
            return tried(current, cameFrom, held, spoilt, mean, nowNanos);
        }
        return held ? held(current, mean, quickestRuns, nowNanos) : missed(current, mean, quickestRuns, nowNanos);
    }

    /** A frame failed in the current mode, perhaps because its model has gone; parameters as for {@link #turned}. */
    Optional<Move> failed(Mode current, Map<Mode, Long> quickestRuns) {
        return quickestRuns.containsKey(current) ? Optional.empty() : without(current, quickestRuns);
    }

    /** For the next mode below, or else above. */
    private static Optional<Move> without(Mode current, Map<Mode, Long> quickestRuns) {
        return below(current, quickestRuns)
                .max(Comparator.naturalOrder())
                .or(() -> above(current, quickestRuns).min(Comparator.naturalOrder()))
                .map(mode -> new Move(current, mode, gone(current), null, false));
    }

    private static String gone(Mode mode) {
        return "the model of %s is not loaded any more".formatted(mode.wireName());
    }

    private Optional<Move> tried(Mode mode, Mode before, boolean held, boolean spoilt, Mean mean, long nowNanos) {
        if (held && !spoilt) {
            if (++heldWindows == PROVEN_WINDOWS) {
                trials.end(this, true, nowNanos);
                cameFrom = null;
            }
            return Optional.empty();
        }
        trials.end(this, false, nowNanos);
        backOff(mode, nowNanos);
        String reason = spoilt
                ? "%s was tried, and other streams came short of their frame rate".formatted(mode.wireName())
                : "%s was tried and came short: %s".formatted(mode.wireName(), inWords(mean));
        return Optional.of(new Move(mode, before, reason, mean, false));
    }

    private Optional<Move> missed(Mode current, Mean mean, Map<Mode, Long> quickestRuns, long nowNanos) {
        boolean heldBefore = heldWindows > 0;
        heldWindows = 0;
        // What another's trial does to this stream is not for this stream to make up for.
        if ((heldBefore && trials.trySpoil(this, nowNanos)) || ++missedWindows < MISSED_WINDOWS) {
            return Optional.empty();
        }
        ToDoubleFunction<Mode> expected =
                mode -> mean.turn() * (1 + change(mean, current, mode, quickestRuns) / mean.service());
        Optional<Mode> fitting = below(current, quickestRuns)
                .filter(mode -> expected.applyAsDouble(mode) <= COMFORTABLE * periodNanos)
                .max(Comparator.naturalOrder());
        Optional<Mode> quickest = below(current, quickestRuns)
                .filter(mode -> expected.applyAsDouble(mode) < mean.turn())
                .min(Comparator.comparingDouble(expected));
        return fitting.or(() -> quickest).map(mode -> {
            backOff(current, nowNanos);
            return new Move(
                    current, mode, "%s came short: %s".formatted(current.wireName(), inWords(mean)), mean, false);
        });
    }

    private Optional<Move> held(Mode current, Mean mean, Map<Mode, Long> quickestRuns, long nowNanos) {
        heldWindows++;
        missedWindows = 0;
        if (nowNanos - enteredNanos < DWELL_NANOS) {
            return Optional.empty();
        }
        long tooSlow = above(current, quickestRuns)
                .filter(mode -> isBackedOff(mode, nowNanos))
                .mapToLong(mode -> quickest(mode, quickestRuns))
                .min()
                .orElse(Long.MAX_VALUE);
        ToDoubleFunction<Mode> expected = mode -> mean.turn() + change(mean, current, mode, quickestRuns);
        return above(current, quickestRuns)
                .filter(mode -> quickest(mode, quickestRuns) < tooSlow)
                .filter(mode -> expected.applyAsDouble(mode) <= COMFORTABLE * periodNanos)
                .min(Comparator.naturalOrder())
                .filter(mode -> trials.tryBegin(this, nowNanos))
                .map(mode -> new Move(
                        current,
                        mode,
                        "%s should give %s frames a second; of %s %s"
                                .formatted(
                                        mode.wireName(),
                                        number(SECOND / expected.applyAsDouble(mode)),
                                        current.wireName(),
                                        inWords(mean)),
                        mean,
                        true));
    }

    /** What becomes of a turn in another mode, in nanoseconds. */
    private static double change(Mean mean, Mode from, Mode to, Map<Mode, Long> quickestRuns) {
        return mean.run() * ((double) quickest(to, quickestRuns) / quickest(from, quickestRuns) - 1);
    }

    private static long quickest(Mode mode, Map<Mode, Long> quickestRuns) {
        return quickestRuns.getOrDefault(mode, Long.MAX_VALUE);
    }

    private boolean isBackedOff(Mode mode, long nowNanos) {
        BackOff last = backOffs.get(mode);
        return last != null && nowNanos - last.untilNanos() < 0;
    }

    private void backOff(Mode left, long nowNanos) {
        BackOff last = backOffs.get(left);
        long length = last == null || nowNanos - enteredNanos >= LONGEST_BACK_OFF_NANOS
                ? FIRST_BACK_OFF_NANOS
                : Math.min(LONGEST_BACK_OFF_NANOS, 2 * last.lengthNanos());
        backOffs.put(left, new BackOff(nowNanos + length, length));
    }

    private static Stream<Mode> below(Mode mode, Map<Mode, Long> quickestRuns) {
        return quickestRuns.keySet().stream().filter(other -> other.compareTo(mode) < 0);
    }

    private static Stream<Mode> above(Mode mode, Map<Mode, Long> quickestRuns) {
        return quickestRuns.keySet().stream().filter(other -> other.compareTo(mode) > 0);
    }

    private String inWords(Mean mean) {
        return "%s of the %s frames a second wanted were possible, each waited %s ms and took %s ms"
                .formatted(
                        number(SECOND / mean.turn()),
                        number(fps),
                        number(mean.queue() / 1e6),
                        number(mean.service() / 1e6));
    }

    /** With one decimal, and without it where it would be 0. */
    private static String number(double value) {
        String text = String.format(Locale.ROOT, "%.1f", value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }
}
