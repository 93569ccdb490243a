package dev.osprey.inference;

import dev.osprey.model.ModelManifest;
import dev.osprey.runtime.Cancellation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Decides which waiting tasks run next, as a state machine: it has no threads, and the time comes in with every call. Not
 * thread-safe.
 *
 * <p>Tasks wait in the order they came. A turn goes to the oldest task of the highest priority whose model has a run left,
 * and takes along, up to the model's limit, what waits for the same work with the same priority. A stream submits one task
 * at a time, so its turns alternate with everybody else's: oldest first is fair.
 *
 * <p>{@link Priority#BATCH} tasks start only while nothing else waits, for whatever model: a run that would delay a live
 * frame is not idle capacity. So that nobody waits for ever, a task that has waited for longer than its priority's patience
 * counts as {@link Priority#REALTIME}, among which it is then the oldest.
 */
final class RunQueue {

    /** A task that waits, then runs. */
    static final class Entry<T> {

        final Work<T> work;
        final T task;
        final Priority priority;
        final long sinceNanos;

        /** When it is too late to start. */
        final long deadlineNanos;

        private @Nullable Batch<T> batch;

        Entry(Work<T> work, T task, Priority priority, long sinceNanos, long deadlineNanos) {
            this.work = work;
            this.task = task;
            this.priority = priority;
            this.sinceNanos = sinceNanos;
            this.deadlineNanos = deadlineNanos;
        }
    }

    /** Tasks that run together; {@code wanted} counts those whose answer somebody waits for. */
    static final class Batch<T> {

        final Work<T> work;
        final List<T> tasks = new ArrayList<>();
        final Cancellation cancellation = new Cancellation();
        private int wanted;

        private Batch(Work<T> work) {
            this.work = work;
        }

        private void add(Entry<T> entry) {
            tasks.add(entry.task);
            entry.batch = this;
            wanted++;
        }
    }

    private final Capacity capacity;
    private final List<Entry<?>> waiting = new ArrayList<>();
    private final Map<String, Integer> running = new HashMap<>();
    private int runs;

    RunQueue(Capacity capacity) {
        this.capacity = capacity;
    }

    /** Whether nothing waits and nothing runs. */
    boolean isIdle() {
        return waiting() == 0 && running.values().stream().allMatch(runs -> runs == 0);
    }

    int waiting() {
        return waiting.size();
    }

    int waiting(String model) {
        return (int) waiting.stream()
                .filter(entry -> entry.work.model().equals(model))
                .count();
    }

    /** @param entry came no earlier than those before it */
    void add(Entry<?> entry) {
        waiting.add(entry);
    }

    /** Forgets an entry that waits; for one that runs, returns what ends its run where nobody else wants it. */
    Optional<Cancellation> cancel(Entry<?> entry) {
        Batch<?> batch = entry.batch;
        if (batch == null) {
            waiting.remove(entry);
            return Optional.empty();
        }
        // A second cancellation finds nothing to do.
        entry.batch = null;
        batch.wanted--;
        return batch.wanted == 0 ? Optional.of(batch.cancellation) : Optional.empty();
    }

    /** Takes out what can no longer start in time. */
    List<Entry<?>> removeOverdue(long nowNanos) {
        List<Entry<?>> overdue = waiting.stream()
                .filter(entry -> nowNanos >= entry.deadlineNanos)
                .toList();
        waiting.removeAll(overdue);
        return overdue;
    }

    /** Takes out everything. */
    List<Entry<?>> removeAll() {
        List<Entry<?>> all = List.copyOf(waiting);
        waiting.clear();
        return all;
    }

    /** Starts the run whose turn it is; nothing where none can start now. {@link #finished} ends it. */
    Optional<Batch<?>> tryStart(long nowNanos) {
        if (runs == capacity.runs()) {
            return Optional.empty();
        }
        Entry<?> best = null;
        Priority bestPriority = Priority.BATCH;
        boolean liveWaits = false;
        for (Entry<?> entry : waiting) {
            Priority priority = effectivePriority(entry, nowNanos);
            liveWaits |= priority != Priority.BATCH;
            boolean better = best == null || priority.compareTo(bestPriority) < 0;
            if (better && mayStart(entry, nowNanos)) {
                best = entry;
                bestPriority = priority;
            }
        }
        if (best == null || (bestPriority == Priority.BATCH && liveWaits)) {
            return Optional.empty();
        }
        return Optional.of(start(best));
    }

    private <T> Batch<T> start(Entry<T> first) {
        Batch<T> batch = new Batch<>(first.work);
        int limit = first.work.batch().max();
        for (Iterator<Entry<?>> entries = waiting.iterator(); entries.hasNext() && batch.tasks.size() < limit; ) {
            Entry<?> entry = entries.next();
            if (goTogether(entry, first)) {
                // The same work has the same type of tasks.
                @SuppressWarnings("unchecked")
                Entry<T> alike = (Entry<T>) entry;
                batch.add(alike);
                entries.remove();
            }
        }
        runs++;
        running.merge(first.work.model(), 1, Integer::sum);
        return batch;
    }

    private static boolean goTogether(Entry<?> one, Entry<?> other) {
        return one.work == other.work && one.priority == other.priority;
    }

    private boolean mayStart(Entry<?> entry, long nowNanos) {
        return running.getOrDefault(entry.work.model(), 0) < capacity.runsPerModel() && nowNanos >= readyNanos(entry);
    }

    /** When the first of a batch has waited long enough for others: at once where there are enough, or none may come. */
    private long readyNanos(Entry<?> entry) {
        ModelManifest.Batch batch = entry.work.batch();
        if (batch.maxDelay().isZero()) {
            return entry.sinceNanos;
        }
        long together =
                waiting.stream().filter(other -> goTogether(entry, other)).count();
        return together >= batch.max()
                ? entry.sinceNanos
                : entry.sinceNanos + batch.maxDelay().toNanos();
    }

    private Priority effectivePriority(Entry<?> entry, long nowNanos) {
        long patienceNanos =
                switch (entry.priority) {
                    case REALTIME -> 0;
                    case INTERACTIVE -> capacity.interactivePatience().toNanos();
                    case BATCH -> capacity.batchPatience().toNanos();
                };
        return nowNanos - entry.sinceNanos >= patienceNanos ? Priority.REALTIME : entry.priority;
    }

    void finished(Batch<?> batch) {
        runs--;
        running.merge(batch.work.model(), -1, Integer::sum);
    }

    /** When to look again although nothing has happened: a batch is complete enough, or a deadline has come. */
    OptionalLong nextNanos(long nowNanos) {
        return waiting.stream()
                .flatMapToLong(entry -> LongStream.of(entry.deadlineNanos, readyNanos(entry)))
                .filter(nanos -> nanos > nowNanos)
                .min();
    }
}
