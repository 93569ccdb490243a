package dev.osprey.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.inference.RunQueue.Batch;
import dev.osprey.inference.RunQueue.Entry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/**
 * What must hold in every history: tasks of any kind come, run for a while, are cancelled and get too late at random, on a
 * clock that the history moves. Repeated with the repetition's number for a seed.
 */
class HistoriesTest {

    private static final int EVENTS = 1_000;
    private static final long INTERACTIVE_PATIENCE = 300;
    private static final long BATCH_PATIENCE = 3_000;

    private Random random = new Random();
    private RunQueue queue = new RunQueue(new Capacity(1, 1, Duration.ZERO, Duration.ZERO));
    private long now;
    private final List<NeverRun> kinds = new ArrayList<>();
    private final List<Batch<?>> running = new ArrayList<>();
    private final Map<String, Entry<String>> waiting = new TreeMap<>();
    private final Set<String> ended = new HashSet<>();
    private int numbered;

    @RepeatedTest(40)
    void endsEveryTaskOnceAndKeepsEveryLimit(RepetitionInfo repetition) {
        random = new Random(repetition.getCurrentRepetition());
        Capacity capacity = capacity(1 + random.nextInt(4), 1 + random.nextInt(2));
        queue = new RunQueue(capacity);
        for (int i = 0; i < 3; i++) {
            kinds.add(new NeverRun("model " + i, 1 + random.nextInt(4), random.nextBoolean() ? 0 : random.nextInt(10)));
        }
        // From an idle device to one that is asked for several times what it can do.
        double load = random.nextDouble();
        for (int event = 0; event < EVENTS; event++) {
            now += random.nextInt(4);
            double choice = random.nextDouble();
            if (choice < load) {
                add(anyOf(kinds), anyOf(List.of(Priority.values())), 20 + random.nextInt(5_000));
            } else if (choice < load + (1 - load) * 0.9) {
                finishOne();
            } else {
                cancelOne();
            }
            startAll(capacity);
        }
        while (!running.isEmpty() || !waiting.isEmpty()) {
            now += 50;
            finishOne();
            startAll(capacity);
        }
        assertEquals(numbered, ended.size());
        assertEquals(0, queue.waiting());
    }

    /** The turns of streams that always have a frame waiting differ by one at most, at any time. */
    @RepeatedTest(40)
    void sharesAModelEquallyBetweenStreamsThatAlwaysWait(RepetitionInfo repetition) {
        random = new Random(repetition.getCurrentRepetition());
        queue = new RunQueue(capacity(1, 1));
        NeverRun kind = new NeverRun("model", 1 + random.nextInt(3), 0);
        int streams = 2 + random.nextInt(9);
        int[] turns = new int[streams];
        for (int stream = 0; stream < streams; stream++) {
            submit(kind, stream);
        }
        for (int run = 0; run < 200; run++) {
            Batch<?> batch = queue.tryStart(now * 1_000_000).orElseThrow();
            now += 1 + random.nextInt(20);
            queue.finished(batch);
            // Their next frames have been waiting: they come back in the order in which they are answered.
            for (Object task : batch.tasks) {
                int stream = Integer.parseInt(String.valueOf(task));
                turns[stream]++;
                submit(kind, stream);
            }
            int most = 0;
            int least = Integer.MAX_VALUE;
            for (int count : turns) {
                most = Math.max(most, count);
                least = Math.min(least, count);
            }
            assertTrue(most - least <= 1, most + " turns for one stream, " + least + " for another");
        }
    }

    /** Live streams that leave no pause hold nobody up for longer than his patience and the runs under way. */
    @RepeatedTest(20)
    void letsNobodyStarve(RepetitionInfo repetition) {
        random = new Random(repetition.getCurrentRepetition());
        queue = new RunQueue(capacity(1, 1));
        NeverRun live = new NeverRun("live", 1, 0);
        NeverRun job = new NeverRun(random.nextBoolean() ? "live" : "job", 1, 0);
        int streams = 1 + random.nextInt(6);
        for (int stream = 0; stream < streams; stream++) {
            submit(live, stream);
        }
        Map<String, Long> since = new HashMap<>();
        long longestRun = 40;
        for (int run = 0; run < 1_000; run++) {
            for (Priority priority : List.of(Priority.INTERACTIVE, Priority.BATCH)) {
                if (!since.containsKey(priority.name())) {
                    since.put(priority.name(), now);
                    queue.add(new Entry<>(job, priority.name(), priority, now * 1_000_000, Long.MAX_VALUE));
                }
            }
            Batch<?> batch = queue.tryStart(now * 1_000_000).orElseThrow();
            String task = String.valueOf(batch.tasks.get(0));
            Long waited = since.remove(task);
            if (waited != null) {
                long patience = task.equals("BATCH") ? BATCH_PATIENCE : INTERACTIVE_PATIENCE;
                // The other one may have lost its patience as well, and so may what it is older than.
                assertTrue(now - waited <= patience + (streams + 2) * longestRun, task + " waited " + (now - waited));
            }
            now += 1 + random.nextInt((int) longestRun);
            queue.finished(batch);
            if (waited == null) {
                submit(live, Integer.parseInt(task));
            }
        }
    }

    private <T> T anyOf(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    private static Capacity capacity(int runs, int runsPerModel) {
        return new Capacity(
                runs, runsPerModel, Duration.ofMillis(INTERACTIVE_PATIENCE), Duration.ofMillis(BATCH_PATIENCE));
    }

    private void submit(NeverRun kind, int stream) {
        queue.add(new Entry<>(kind, Integer.toString(stream), Priority.REALTIME, now * 1_000_000, Long.MAX_VALUE));
    }

    private void add(NeverRun kind, Priority priority, long maxWait) {
        String name = Integer.toString(numbered++);
        Entry<String> entry = new Entry<>(kind, name, priority, now * 1_000_000, (now + maxWait) * 1_000_000);
        waiting.put(name, entry);
        queue.add(entry);
    }

    private void finishOne() {
        if (!running.isEmpty()) {
            queue.finished(running.remove(random.nextInt(running.size())));
        }
    }

    private void cancelOne() {
        if (!waiting.isEmpty()) {
            Entry<String> entry = anyOf(new ArrayList<>(waiting.values()));
            assertEquals(Optional.empty(), queue.cancel(entry));
            end(entry.task);
        }
    }

    private void startAll(Capacity capacity) {
        queue.removeOverdue(now * 1_000_000).forEach(entry -> {
            assertTrue(now * 1_000_000 >= entry.deadlineNanos);
            end(String.valueOf(entry.task));
        });
        for (Optional<Batch<?>> batch = start(); batch.isPresent(); batch = start()) {
            running.add(batch.get());
            batch.get().tasks.forEach(task -> end(String.valueOf(task)));
            assertTrue(batch.get().tasks.size() <= batch.get().work.batch().max());
            assertTrue(running.size() <= capacity.runs());
            String model = batch.get().work.model();
            assertTrue(running.stream()
                            .filter(run -> run.work.model().equals(model))
                            .count()
                    <= capacity.runsPerModel());
        }
        assertEquals(waiting.size(), queue.waiting());
    }

    private Optional<Batch<?>> start() {
        return queue.tryStart(now * 1_000_000);
    }

    private void end(String name) {
        waiting.remove(name);
        assertTrue(ended.add(name), name + " ended twice");
    }
}
