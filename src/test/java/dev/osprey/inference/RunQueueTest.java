package dev.osprey.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.inference.RunQueue.Batch;
import dev.osprey.inference.RunQueue.Entry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** One decision after the other, in milliseconds of a clock that the tests move. */
class RunQueueTest {

    private static final long MILLI = 1_000_000;

    private final RunQueue queue = new RunQueue(new Capacity(2, 1, Duration.ofMillis(500), Duration.ofMillis(10_000)));
    private final NeverRun person = new NeverRun("person", 1, 0);
    private final NeverRun street = new NeverRun("street", 1, 0);
    private final NeverRun pairs = new NeverRun("pairs", 2, 0);
    private final NeverRun patient = new NeverRun("patient", 3, 20);

    @Test
    void startsTheOldestOfTheHighestPriority() {
        add(person, "batch", Priority.BATCH, 0);
        add(person, "interactive", Priority.INTERACTIVE, 1);
        add(person, "first live", Priority.REALTIME, 2);
        add(person, "second live", Priority.REALTIME, 3);
        for (String expected : List.of("first live", "second live", "interactive", "batch")) {
            Batch<?> batch = started(4);
            assertEquals(List.of(expected), batch.tasks);
            queue.finished(batch);
        }
        assertEquals(Optional.empty(), queue.tryStart(4));
    }

    @Test
    void runsAModelOnceAtATimeAndTheDeviceAsOftenAsItMay() {
        add(person, "a", Priority.REALTIME, 0);
        add(person, "b", Priority.REALTIME, 1);
        add(street, "c", Priority.REALTIME, 2);
        add(pairs, "d", Priority.REALTIME, 3);
        Batch<?> first = started(4);
        Batch<?> second = started(4);
        assertEquals(List.of("a"), first.tasks);
        assertEquals(List.of("c"), second.tasks);
        assertEquals(Optional.empty(), queue.tryStart(4));
        queue.finished(second);
        assertEquals(List.of("d"), started(5).tasks);
        queue.finished(first);
        assertEquals(List.of("b"), started(5).tasks);
        assertEquals(0, queue.waiting());
    }

    @Test
    void takesAlongWhatWaitsForTheSameWorkWithTheSamePriority() {
        NeverRun samePairs = new NeverRun("pairs", 2, 0);
        add(pairs, "a", Priority.REALTIME, 0);
        add(samePairs, "other work", Priority.REALTIME, 1);
        add(pairs, "batch", Priority.BATCH, 2);
        add(pairs, "b", Priority.REALTIME, 3);
        add(pairs, "c", Priority.REALTIME, 4);
        Batch<?> batch = started(5);
        assertEquals(List.of("a", "b"), batch.tasks);
        assertSame(pairs, batch.work);
        queue.finished(batch);
        assertEquals(List.of("other work"), started(5).tasks);
    }

    @Test
    void waitsForOthersOnlyAsLongAsTheModelSays() {
        add(patient, "a", Priority.REALTIME, 0);
        assertEquals(Optional.empty(), queue.tryStart(at(19)));
        assertEquals(OptionalLong.of(at(20)), queue.nextNanos(at(1)));
        add(patient, "b", Priority.REALTIME, 19);
        assertEquals(List.of("a", "b"), started(20).tasks);
    }

    @Test
    void doesNotWaitWhenTheBatchIsFull() {
        for (String task : List.of("a", "b", "c", "d")) {
            add(patient, task, Priority.REALTIME, 5);
        }
        Batch<?> batch = started(5);
        assertEquals(List.of("a", "b", "c"), batch.tasks);
        queue.finished(batch);
        assertEquals(Optional.empty(), queue.tryStart(at(6)));
    }

    @Test
    void startsBatchWorkOnlyWhileNothingElseWaitsForWhateverModel() {
        add(person, "runs", Priority.REALTIME, 0);
        Batch<?> live = started(0);
        add(person, "waits", Priority.REALTIME, 1);
        add(street, "job", Priority.BATCH, 1);
        assertEquals(Optional.empty(), queue.tryStart(at(2)));
        queue.finished(live);
        assertEquals(List.of("waits"), started(3).tasks);
        assertEquals(List.of("job"), started(3).tasks);
    }

    @Test
    void putsWhoHasBeenPatientLongEnoughBeforeWhoCameLater() {
        add(person, "job", Priority.BATCH, 0);
        add(person, "question", Priority.INTERACTIVE, 9_000);
        add(person, "frame", Priority.REALTIME, 9_300);
        Batch<?> batch = started(9_400);
        assertEquals(List.of("frame"), batch.tasks);
        queue.finished(batch);
        add(person, "next frame", Priority.REALTIME, 9_450);
        batch = started(9_500);
        assertEquals(List.of("question"), batch.tasks);
        queue.finished(batch);
        batch = started(10_000);
        assertEquals(List.of("job"), batch.tasks);
        queue.finished(batch);
        assertEquals(List.of("next frame"), started(10_001).tasks);
    }

    @Test
    void takesOutWhatIsTooLate() {
        Entry<String> hasty = entry(person, "hasty", Priority.REALTIME, 0, 10);
        Entry<String> calm = entry(person, "calm", Priority.REALTIME, 0, 20);
        queue.add(hasty);
        queue.add(calm);
        assertEquals(OptionalLong.of(at(10)), queue.nextNanos(at(5)));
        assertEquals(List.of(), queue.removeOverdue(at(9)));
        assertEquals(List.of(hasty), queue.removeOverdue(at(10)));
        assertEquals(OptionalLong.of(at(20)), queue.nextNanos(at(10)));
        assertEquals(List.of("calm"), started(11).tasks);
        assertEquals(OptionalLong.empty(), queue.nextNanos(at(11)));
    }

    @Test
    void forgetsACancelledTaskThatWaits() {
        Entry<String> unwanted = entry(person, "unwanted", Priority.REALTIME, 0, 100);
        queue.add(unwanted);
        add(person, "wanted", Priority.REALTIME, 1);
        assertEquals(Optional.empty(), queue.cancel(unwanted));
        assertEquals(Optional.empty(), queue.cancel(unwanted));
        assertEquals(List.of("wanted"), started(2).tasks);
        assertEquals(0, queue.waiting());
    }

    @Test
    void endsARunWhenNobodyWantsAnyOfItsAnswers() {
        Entry<String> one = entry(pairs, "one", Priority.REALTIME, 0, 100);
        Entry<String> other = entry(pairs, "other", Priority.REALTIME, 0, 100);
        queue.add(one);
        queue.add(other);
        Batch<?> batch = started(1);
        assertEquals(Optional.empty(), queue.cancel(one));
        assertEquals(Optional.empty(), queue.cancel(one));
        assertFalse(batch.cancellation.isRequested());
        assertEquals(Optional.of(batch.cancellation), queue.cancel(other));
        assertEquals(Optional.empty(), queue.cancel(other));
    }

    @Test
    void givesBackEverythingThatWaits() {
        List<Entry<?>> all = new ArrayList<>();
        for (Priority priority : Priority.values()) {
            all.add(add(person, "task", priority, all.size()));
        }
        assertEquals(all, queue.removeAll());
        assertEquals(0, queue.waiting());
        assertTrue(queue.tryStart(at(5)).isEmpty());
    }

    private Entry<String> add(NeverRun work, String task, Priority priority, long millis) {
        Entry<String> entry = entry(work, task, priority, millis, millis + 100_000);
        queue.add(entry);
        return entry;
    }

    private static Entry<String> entry(
            NeverRun work, String task, Priority priority, long millis, long deadlineMillis) {
        return new Entry<>(work, task, priority, at(millis), at(deadlineMillis));
    }

    private Batch<?> started(long millis) {
        return queue.tryStart(at(millis)).orElseThrow();
    }

    private static long at(long millis) {
        return millis * MILLI;
    }
}
