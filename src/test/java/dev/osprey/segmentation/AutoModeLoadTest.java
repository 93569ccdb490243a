package dev.osprey.segmentation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.segmentation.AutoMode.Move;
import dev.osprey.segmentation.AutoMode.Turn;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/**
 * Streams that choose their modes by themselves on a machine of chance's making: oldest task first, so many runs at a time,
 * each taking its time give or take some. Twenty minutes take a moment, and every history can be repeated.
 */
class AutoModeLoadTest {

    private static final double SECOND = 1e9;
    private static final double MINUTE = 60 * SECOND;

    /** From then on everything has to have settled. */
    private static final double SETTLED = 10 * MINUTE;

    private static final double END = 20 * MINUTE;

    /** What is due at some time, in nanoseconds. */
    private record Event(double at, Runnable happens) {}

    private static final class Machine {

        private final Random random;
        private final int runs;
        private final double noise;

        /** Decoding, drawing, encoding. */
        private final double rest;

        private final Map<Mode, Long> quickest = new EnumMap<>(Mode.class);
        private final Trials trials = new Trials(0);
        private final List<Stream> streams = new ArrayList<>();
        private final PriorityQueue<Event> events = new PriorityQueue<>(Comparator.comparingDouble(Event::at));
        private final Deque<Stream> waiting = new ArrayDeque<>();
        private int running;
        private double now;

        Machine(long seed, int runs) {
            this.random = new Random(seed);
            this.runs = runs;
            this.noise = random.nextDouble() * 0.2;
            this.rest = between(2, 10);
            double cost = between(3, 15);
            for (Mode mode : Mode.values()) {
                if (random.nextInt(6) > 0) {
                    quickest.put(mode, Math.round(cost));
                }
                cost *= 1.2 + 2 * random.nextDouble();
            }
            if (quickest.isEmpty()) {
                quickest.put(Mode.FAST, Math.round(cost));
            }
        }

        private double between(double leastMillis, double mostMillis) {
            return (leastMillis + random.nextDouble() * (mostMillis - leastMillis)) * 1e6;
        }

        private double expected(Mode mode) {
            // Noise is added to the quickest run, half of it on the average.
            return quickest(mode) * (1 + noise / 2) + rest;
        }

        private long quickest(Mode mode) {
            return quickest.getOrDefault(mode, Long.MAX_VALUE);
        }

        private void at(double time, Runnable happens) {
            events.add(new Event(time, happens));
        }

        void run(double until) {
            while (!events.isEmpty() && events.peek().at() < until) {
                Event event = events.remove();
                now = event.at();
                event.happens().run();
            }
        }

        void start() {
            while (running < runs && !waiting.isEmpty()) {
                running++;
                waiting.remove().run();
            }
        }
    }

    /** A client whose frames come at a constant rate and wait, two at most, until the one before is answered. */
    private static final class Stream {

        private final Machine machine;
        private final double period;
        private final double wantedFps;
        private final AutoMode auto;
        private final List<Double> answered = new ArrayList<>();
        private final List<Double> moved = new ArrayList<>();
        private Mode mode;
        private int frames;
        private boolean busy;
        private boolean gone;
        private double submitted;

        Stream(Machine machine, double wantedFps, double sentFps) {
            this.machine = machine;
            this.wantedFps = wantedFps;
            this.period = SECOND / sentFps;
            this.auto = new AutoMode(wantedFps, machine.trials, Math.round(machine.now));
            List<Mode> modes = List.copyOf(machine.quickest.keySet());
            this.mode = modes.get(machine.random.nextInt(modes.size()));
            machine.streams.add(this);
            machine.at(machine.now + machine.random.nextDouble() * period, this::send);
        }

        void leave() {
            gone = true;
        }

        private void send() {
            if (gone) {
                return;
            }
            frames = Math.min(2, frames + 1);
            submit();
            machine.at(machine.now + period, this::send);
        }

        private void submit() {
            if (!busy && frames > 0) {
                busy = true;
                submitted = machine.now;
                machine.waiting.add(this);
                machine.start();
            }
        }

        void run() {
            frames--;
            double taken = machine.now;
            double run = machine.quickest(mode) * (1 + machine.noise * machine.random.nextDouble());
            machine.at(taken + run + machine.rest, () -> {
                machine.running--;
                answered.add(machine.now);
                Turn turn = new Turn(Math.round(taken - submitted), Math.round(machine.now - taken), Math.round(run));
                auto.turned(mode, turn, machine.quickest, Math.round(machine.now))
                        .ifPresent(this::move);
                busy = false;
                submit();
                machine.start();
            });
        }

        private void move(Move move) {
            assertEquals(mode, move.from());
            assertTrue(machine.quickest.containsKey(move.to()), () -> move + " of " + machine.quickest);
            mode = move.to();
            moved.add(machine.now);
            auto.entered(move, Math.round(machine.now));
        }

        double answeredFps(double from, double to) {
            return answered.stream().filter(at -> at >= from && at < to).count() * SECOND / (to - from);
        }

        /** Most moves within any minute from then on. */
        long movesPerMinute(double from) {
            return moved.stream()
                    .filter(first -> first >= from)
                    .mapToLong(first -> moved.stream()
                            .filter(other -> other >= first && other < first + MINUTE)
                            .count())
                    .max()
                    .orElse(0);
        }

        @Override
        public String toString() {
            return "%s, wants %.1f, got %.1f, moved at %s"
                    .formatted(
                            mode,
                            wantedFps,
                            answeredFps(SETTLED, END),
                            moved.stream().map(at -> Math.round(at / SECOND)).toList());
        }
    }

    private static void assertSettles(Machine machine) {
        for (Stream stream : machine.streams) {
            // Step by step up from the lowest mode, and some trials in vain.
            assertTrue(stream.movesPerMinute(0) <= 12, () -> "moves too often at first: " + stream);
            assertTrue(stream.movesPerMinute(SETTLED) <= 6, () -> "moves too often: " + stream);
            long late = stream.moved.stream().filter(at -> at >= SETTLED).count();
            assertTrue(late <= 1.5 * (END - SETTLED) / MINUTE, () -> late + " moves after it has settled: " + stream);
        }
    }

    /** A stream that has the machine to itself. */
    private static void assertIsInTheBestMode(Stream stream) {
        Machine machine = stream.machine;
        for (Mode mode : machine.quickest.keySet()) {
            boolean better = mode.compareTo(stream.mode) > 0;
            assertTrue(
                    !better || machine.expected(mode) > 0.77 * SECOND / stream.wantedFps,
                    () -> mode + " would hold the rate with ease, but: " + stream + " of " + machine.quickest);
        }
    }

    @RepeatedTest(30)
    void oneStreamEndsInTheBestModeThatHoldsItsRate(RepetitionInfo repetition) {
        Machine machine = new Machine(repetition.getCurrentRepetition(), 1);
        double wanted = 1 + machine.random.nextDouble() * 60;
        Stream stream = new Stream(machine, wanted, wanted * (0.5 + 2 * machine.random.nextDouble()));
        machine.run(END);
        assertSettles(machine);
        double turn = machine.expected(stream.mode);
        boolean lowest = machine.quickest.keySet().iterator().next() == stream.mode;
        assertTrue(lowest || turn <= SECOND / wanted * 1.02, () -> "does not hold the rate in " + stream);
        assertIsInTheBestMode(stream);
        if (turn <= SECOND / wanted) {
            double due = Math.min(wanted, SECOND / stream.period);
            assertTrue(stream.answeredFps(SETTLED, END) >= 0.97 * due, stream::toString);
        }
    }

    /** As many as hold their rates with ease in the quickest mode. */
    @RepeatedTest(30)
    void manyStreamsSettleAndHoldTheirRates(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        Machine machine = new Machine(repetition.getCurrentRepetition(), 1 + random.nextInt(4));
        Mode quickest = machine.quickest.keySet().iterator().next();
        double capacity = 0.7 * machine.runs * SECOND / machine.expected(quickest);
        int streams = 2 + random.nextInt(10);
        double wanted = capacity / streams * (0.2 + 0.8 * random.nextDouble());
        if (wanted < AutoMode.MIN_FPS || wanted > SECOND / machine.expected(quickest) * 0.7) {
            wanted = Math.max(AutoMode.MIN_FPS, SECOND / machine.expected(quickest) * 0.3);
        }
        for (int i = 0; i < streams; i++) {
            new Stream(machine, Math.min(AutoMode.MAX_FPS, wanted), Math.min(AutoMode.MAX_FPS, wanted));
        }
        machine.run(END);
        assertSettles(machine);
        for (Stream stream : machine.streams) {
            assertTrue(
                    stream.answeredFps(SETTLED, END) >= 0.95 * stream.wantedFps,
                    () -> "%s of %d streams on %d runs of %s"
                            .formatted(stream, streams, machine.runs, machine.quickest));
        }
    }

    /** Half of the streams come when the others have settled, and leave again. */
    @RepeatedTest(10)
    void streamsMakeRoomForOthersAndTakeItBack(RepetitionInfo repetition) {
        Machine machine = new Machine(repetition.getCurrentRepetition(), 1);
        Mode quickest = machine.quickest.keySet().iterator().next();
        double wanted = Math.min(AutoMode.MAX_FPS, 0.1 * SECOND / machine.expected(quickest));
        Stream first = new Stream(machine, wanted, wanted);
        machine.run(2 * MINUTE);
        List<Stream> others = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            machine.at(machine.now, () -> others.add(new Stream(machine, wanted, wanted)));
        }
        machine.run(SETTLED);
        assertTrue(first.answeredFps(SETTLED - MINUTE, SETTLED) >= 0.9 * wanted, first::toString);
        others.forEach(Stream::leave);
        machine.run(END);
        assertIsInTheBestMode(first);
    }
}
