package dev.osprey.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.fault.OspreyException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/**
 * That oldest first is fair among streams which submit their next task when the last one is done. The one worker is the
 * test's own thread, so every history can be repeated.
 */
class FairnessTest {

    private final Deque<Runnable> workers = new ArrayDeque<>();
    private final Scheduler scheduler = new Scheduler(workers::add, TaskWork.ONE_RUN_PER_MODEL, System::nanoTime);
    private final List<Integer> turns = new ArrayList<>();

    @Test
    void givesStreamsThatAlwaysWaitEqualShares() {
        int streams = 7;
        int rounds = 100;
        for (int id = 0; id < streams; id++) {
            new Stream(id, () -> turns.size() >= streams * rounds).submit();
        }
        workers.remove().run();
        for (int id = 0; id < streams; id++) {
            int stream = id;
            assertEquals(rounds, turns.stream().filter(turn -> turn == stream).count());
        }
    }

    /** Streams come, pause and come back as they like: while one waits, nobody else has more than one turn. */
    @RepeatedTest(50)
    void givesNobodyASecondTurnWhileAnotherWaits(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        int streams = 2 + random.nextInt(6);
        double eagerness = random.nextDouble();
        List<Stream> all = new ArrayList<>();
        for (int id = 0; id < streams; id++) {
            all.add(new Stream(id, () -> turns.size() >= 300));
        }
        for (Stream stream : all) {
            stream.afterTurn = () -> {
                for (Stream other : all) {
                    if (random.nextDouble() < eagerness) {
                        other.submit();
                    }
                }
                // Somebody always waits, or the only worker would wait for ever.
                all.get(random.nextInt(streams)).submit();
            };
        }
        all.get(0).submit();
        workers.remove().run();
        for (Stream stream : all) {
            for (int[] wait : stream.waits) {
                List<Integer> meanwhile = turns.subList(wait[0], wait[1]);
                assertTrue(
                        meanwhile.stream().distinct().count() == meanwhile.size(),
                        () -> "while " + stream.id + " waited: " + meanwhile);
            }
        }
    }

    private final class Stream implements TaskWork.Task {

        private final int id;
        private final BooleanSupplier over;
        private final List<int[]> waits = new ArrayList<>();
        private Runnable afterTurn = this::submit;
        private boolean waiting;
        private int waitsSince;

        Stream(int id, BooleanSupplier over) {
            this.id = id;
            this.over = over;
        }

        void submit() {
            if (!waiting) {
                waiting = true;
                waitsSince = turns.size();
                TaskWork.submit(scheduler, "person", this);
            }
        }

        @Override
        public void run() {
            waiting = false;
            waits.add(new int[] {waitsSince, turns.size()});
            turns.add(id);
            if (over.getAsBoolean()) {
                scheduler.close();
            } else {
                afterTurn.run();
            }
        }

        @Override
        public void refuse(OspreyException why) {
            assertTrue(over.getAsBoolean());
        }
    }
}
