package dev.osprey.segmentation;

import static dev.osprey.segmentation.Mode.ACCURATE;
import static dev.osprey.segmentation.Mode.BALANCED;
import static dev.osprey.segmentation.Mode.FAST;
import static dev.osprey.segmentation.Mode.SOTA;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.segmentation.AutoMode.Move;
import dev.osprey.segmentation.AutoMode.Turn;
import jakarta.json.Json;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** When a stream that wants 10 frames a second changes its mode, on a clock of the test's own. */
class AutoModeTest {

    private static final long MILLI = 1_000_000;

    /** What is not the model's in a turn, in milliseconds. */
    private static final long REST = 10;

    private final Map<Mode, Long> runs =
            new EnumMap<>(Map.of(FAST, 10 * MILLI, BALANCED, 20 * MILLI, ACCURATE, 40 * MILLI, SOTA, 80 * MILLI));
    private final Trials trials = new Trials(0);
    private long now;

    /** A stream that works all the time. */
    private final class Stream {

        private final AutoMode auto = new AutoMode(10, trials, now);
        private final List<Move> moves = new ArrayList<>();
        private Mode mode;

        Stream(Mode mode) {
            this.mode = mode;
        }

        /** A turn in which the model is slower than at its quickest by a factor. */
        void turn(long queueMillis, double slower) {
            long run = Math.round(runs.getOrDefault(mode, MILLI) * slower);
            long service = run + REST * MILLI;
            now += queueMillis * MILLI + service;
            take(auto.turned(mode, new Turn(queueMillis * MILLI, service, run), runs, now));
        }

        void take(Optional<Move> move) {
            move.ifPresent(made -> {
                assertEquals(mode, made.from());
                mode = made.to();
                moves.add(made);
                auto.entered(made, now);
            });
        }

        void turns(double seconds, long queueMillis, double slower) {
            for (long end = now + (long) (seconds * 1e9); now < end; ) {
                turn(queueMillis, slower);
            }
        }

        List<Mode> modes() {
            return moves.stream().map(Move::to).toList();
        }
    }

    @Test
    void goesUpStepByStepToTheBestModeThatIsExpectedToHoldTheRate() {
        Stream stream = new Stream(FAST);
        stream.turns(60, 0, 1);
        // SOTA would take 90 of 100 ms.
        assertEquals(List.of(BALANCED, ACCURATE), stream.modes());
        assertEquals(
                "balanced should give 33.3 frames a second; of fast 50 of the 10 frames a second wanted were possible,"
                        + " each waited 0 ms and took 20 ms",
                stream.moves.get(0).reason());
    }

    @Test
    void leavesAtLeastItsDwellBetweenTwoStepsUp() {
        Stream stream = new Stream(FAST);
        stream.turns(4.9, 0, 1);
        assertEquals(List.of(), stream.modes());
        stream.turns(1.2, 0, 1);
        assertEquals(List.of(BALANCED), stream.modes());
        stream.turns(3.8, 0, 1);
        assertEquals(List.of(BALANCED), stream.modes());
    }

    @Test
    void goesDownToTheBestModeThatIsExpectedToHoldTheRate() {
        Stream stream = new Stream(SOTA);
        stream.turns(4, 0, 2);
        assertEquals(List.of(BALANCED), stream.modes());
        Move move = stream.moves.get(0);
        assertEquals(
                "sota came short: 5.9 of the 10 frames a second wanted were possible, each waited 0 ms and took 170 ms",
                move.reason());
        AutoMode.Mean measured = Objects.requireNonNull(move.measured());
        assertEquals(0, measured.queue());
        assertEquals(170e6, measured.service(), 1);
        assertEquals(160e6, measured.run(), 1);
    }

    @Test
    void goesDownToTheQuickestWhereNoneIsExpectedToHoldTheRate() {
        Stream stream = new Stream(SOTA);
        stream.turns(10, 0, 20);
        assertEquals(List.of(FAST), stream.modes());
        stream.turns(60, 0, 20);
        assertEquals(List.of(FAST), stream.modes());
    }

    @Test
    void takesTheQueueToShrinkWithItsOwnTurnsOnTheWayDown() {
        Stream stream = new Stream(SOTA);
        stream.turns(4, 90, 1);
        // 180 · 50 / 90 = 100 is too much, 180 · 30 / 90 = 60 is not.
        assertEquals(List.of(BALANCED), stream.modes());
    }

    @Test
    void staysWhereItIsBetweenTheTwoThresholds() {
        Stream stream = new Stream(ACCURATE);
        stream.turns(60, 49, 1);
        assertEquals(List.of(), stream.modes());
    }

    @Test
    void isNotMovedByOneBadWindow() {
        Stream stream = new Stream(ACCURATE);
        stream.turns(2, 0, 1);
        stream.turns(1, 200, 1);
        stream.turns(1.1, 0, 1);
        stream.turns(1, 200, 1);
        stream.turns(1.1, 0, 1);
        assertEquals(List.of(), stream.modes());
    }

    @Test
    void takesBackAnUpgradeThatFailsAndTriesItAgainAfterTwiceTheTime() {
        Stream stream = new Stream(BALANCED);
        List<Long> tried = new ArrayList<>();
        while (now < 1_200_000 * MILLI) {
            int before = stream.moves.size();
            stream.turn(0, stream.mode == ACCURATE ? 3 : 1);
            if (stream.moves.size() > before && stream.mode == ACCURATE) {
                tried.add(now / MILLI);
            }
        }
        List<Long> pauses = new ArrayList<>();
        for (int i = 1; i < tried.size(); i++) {
            pauses.add((tried.get(i) - tried.get(i - 1)) / 1_000);
        }
        for (int i = 0; i < pauses.size(); i++) {
            long backOff = Math.min(240, 30L << i);
            assertTrue(Math.abs(pauses.get(i) - backOff) <= 4, () -> "pauses of seconds: " + pauses);
        }
        assertEquals(BALANCED, stream.moves.get(1).to());
        assertTrue(stream.moves.get(1).reason().startsWith("accurate was tried and came short: 7.7 of the 10 "));
    }

    @Test
    void startsAtTheShortestBackOffOnceAModeHasHeldForLong() {
        Stream stream = new Stream(BALANCED);
        while (stream.moves.size() < 4) {
            stream.turn(0, stream.mode == ACCURATE ? 3 : 1);
        }
        // Tried twice in vain. Now it holds, for longer than the longest back-off, and then no more.
        stream.turns(300, 0, 1);
        assertEquals(ACCURATE, stream.mode);
        stream.turns(3, 0, 3);
        assertEquals(BALANCED, stream.mode);
        stream.turns(33, 0, 1);
        assertEquals(ACCURATE, stream.mode);
    }

    @Test
    void triesNothingSlowerThanWhatHasFailed() {
        runs.put(SOTA, 41 * MILLI);
        Stream stream = new Stream(BALANCED);
        stream.turns(6.5, 0, 1);
        assertEquals(ACCURATE, stream.mode);
        stream.turns(1.5, 0, 3);
        stream.turns(10, 0, 1);
        assertEquals(List.of(ACCURATE, BALANCED), stream.modes());
        runs.put(SOTA, 39 * MILLI);
        stream.turns(3, 0, 1);
        assertEquals(List.of(ACCURATE, BALANCED, SOTA), stream.modes());
    }

    @Test
    void choosesOnlyWhatMayBeChosen() {
        runs.remove(BALANCED);
        Stream stream = new Stream(FAST);
        stream.turns(7, 0, 1);
        assertEquals(List.of(ACCURATE), stream.modes());
        stream.turns(7, 0, 5);
        assertEquals(List.of(ACCURATE, FAST), stream.modes());
    }

    @Test
    void leavesAModeWhoseModelIsGone() {
        Stream stream = new Stream(ACCURATE);
        runs.remove(ACCURATE);
        stream.turn(0, 1);
        assertEquals(List.of(BALANCED), stream.modes());
        assertEquals(
                "the model of accurate is not loaded any more",
                stream.moves.get(0).reason());
        assertNull(stream.moves.get(0).measured());
        runs.remove(BALANCED);
        runs.remove(FAST);
        stream.take(stream.auto.failed(BALANCED, runs));
        assertEquals(SOTA, stream.mode);
        runs.clear();
        stream.turn(0, 1);
        assertEquals(SOTA, stream.mode);
    }

    @Test
    void settlesWhereTheModeToGoBackToIsGone() {
        Stream stream = new Stream(BALANCED);
        stream.turns(6.5, 0, 1);
        assertEquals(ACCURATE, stream.mode);
        runs.remove(BALANCED);
        stream.turns(5, 0, 3);
        assertEquals(FAST, stream.mode);
    }

    @Test
    void triesABetterModeOnlyWhileNobodyElseDoes() {
        Stream one = new Stream(FAST);
        Stream other = new Stream(FAST);
        while (one.moves.isEmpty() && other.moves.isEmpty()) {
            one.turn(0, 1);
            other.turn(0, 1);
        }
        Stream first = one.moves.isEmpty() ? other : one;
        Stream second = one.moves.isEmpty() ? one : other;
        long since = now;
        while (now < since + 2_900 * MILLI) {
            first.turn(0, 1);
            second.turn(0, 1);
            assertEquals(List.of(), second.modes());
        }
        while (now < since + 6_000 * MILLI) {
            first.turn(0, 1);
            second.turn(0, 1);
        }
        assertEquals(List.of(BALANCED), second.modes());
    }

    @Test
    void goesBackWhereItsTrialMakesAnotherComeShort() {
        Stream settled = new Stream(ACCURATE);
        Stream newcomer = new Stream(FAST);
        while (newcomer.mode == FAST) {
            settled.turn(40, 1);
            newcomer.turn(0, 1);
        }
        while (newcomer.mode == BALANCED) {
            settled.turn(70, 1);
            newcomer.turn(0, 1);
        }
        settled.turns(10, 40, 1);
        assertEquals(List.of(), settled.modes());
        assertEquals(List.of(BALANCED, FAST), newcomer.modes());
        assertEquals(
                "balanced was tried, and other streams came short of their frame rate",
                newcomer.moves.get(1).reason());
    }

    @Test
    void isNotKeptDownByAStreamThatAlwaysComesShort() {
        Stream hopeless = new Stream(FAST);
        Stream stream = new Stream(FAST);
        while (now < 60_000 * MILLI) {
            hopeless.turn(200, 1);
            stream.turn(0, 1);
        }
        assertEquals(ACCURATE, stream.mode);
        assertEquals(List.of(BALANCED, ACCURATE), stream.modes());
    }

    @Test
    void waitsForATrialNoLongerThanAWhileWhereItsStreamHasGone() {
        Stream gone = new Stream(FAST);
        gone.turns(6.5, 0, 1);
        assertEquals(List.of(BALANCED), gone.modes());
        Stream stream = new Stream(FAST);
        stream.turns(13, 0, 1);
        assertEquals(List.of(), stream.modes());
        stream.turns(5, 0, 1);
        assertEquals(List.of(BALANCED), stream.modes());
    }

    @Test
    void readsTheFrameRateAClientNames() {
        assertEquals(15, AutoMode.fps(null));
        assertEquals(1, AutoMode.fps(Json.createValue(1)));
        assertEquals(29.97, AutoMode.fps(Json.createValue(29.97)));
        assertEquals(120, AutoMode.fps(Json.createValue(120)));
    }

    @Test
    void refusesAFrameRateThatIsNone() {
        for (JsonValue value : List.of(
                Json.createValue(0.99),
                Json.createValue(120.5),
                Json.createValue(-1),
                Json.createValue("15"),
                JsonValue.NULL,
                JsonValue.EMPTY_JSON_ARRAY)) {
            OspreyException refused = assertThrows(OspreyException.class, () -> AutoMode.fps(value));
            assertEquals(ErrorCode.SETTING_INVALID, refused.code());
            assertEquals("fps is " + value + ", expected a number from 1 to 120", refused.detail());
        }
    }
}
