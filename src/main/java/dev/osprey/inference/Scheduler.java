package dev.osprey.inference;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.fault.RationedLog;
import dev.osprey.inference.RunQueue.Batch;
import dev.osprey.inference.RunQueue.Entry;
import dev.osprey.metrics.Meters;
import dev.osprey.runtime.Cancellation;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The threads around {@link RunQueue}: every model has workers of its own, started when they are first needed, because a
 * session on a GPU should be run by one thread. Any thread may call any method; none of them waits.
 */
public final class Scheduler implements AutoCloseable {

    private static final Logger LOG = System.getLogger(Scheduler.class.getName());

    private static final RationedLog RATIONED = new RationedLog(LOG);

    /** Nothing is due: until somebody calls. */
    private static final long IDLE_NANOS = Duration.ofHours(1).toNanos();

    private final Executor workers;
    private final Capacity capacity;
    private final LongSupplier nanoClock;
    private final Meters meters;

    /** Guards everything below; never held while a task runs or is refused. */
    private final ReentrantLock lock = new ReentrantLock();

    private final RunQueue queue;
    private final Map<String, Lane> lanes = new HashMap<>();
    private boolean closed;

    /** As the other one, and counts nothing. */
    public Scheduler(Executor workers, Capacity capacity, LongSupplier nanoClock) {
        this(workers, capacity, nanoClock, Meters.NONE);
    }

    /** @param workers runs up to {@link Capacity#runsPerModel} endless tasks for each model that is ever used */
    public Scheduler(Executor workers, Capacity capacity, LongSupplier nanoClock, Meters meters) {
        this.meters = meters;
        this.workers = workers;
        this.capacity = capacity;
        this.nanoClock = nanoClock;
        this.queue = new RunQueue(capacity);
    }

    /** The workers of one model and the runs that were given to them. */
    private final class Lane {

        private final Condition called = lock.newCondition();
        private final Deque<Batch<?>> batches = new ArrayDeque<>();
        private int threads;

        /** Threads that run nothing: they look for a batch before they wait. */
        private int free;
    }

    /**
     * Adds a task to those that wait. It may run, or be refused, before this method returns.
     *
     * @param maxWait after which it is refused with {@link ErrorCode#DEADLINE_EXCEEDED} instead of started
     */
    public <T> Ticket submit(Work<T> work, T task, Priority priority, Duration maxWait) {
        boolean taken = false;
        boolean first;
        Entry<T> entry;
        List<Entry<?>> overdue = List.of();
        lock.lock();
        try {
            long now = nanoClock.getAsLong();
            entry = new Entry<>(work, task, priority, now, now + maxWait.toNanos());
            first = !lanes.containsKey(work.model());
            Lane lane = lane(work.model());
            if (!closed && (lane.threads > 0 || tryAddWorker(work.model(), lane))) {
                taken = true;
                queue.add(entry);
                overdue = start();
                if (queue.waiting() > 0) {
                    // Whoever has nothing to do looks again: at what this task may wait for, and until when.
                    lane.called.signal();
                }
            }
        } finally {
            lock.unlock();
        }
        if (first) {
            // Outside the lock, which the registry takes while it reads.
            meters.queue(work.model(), () -> waiting(work.model()));
        }
        if (!taken) {
            work.refuse(task, stopping());
        }
        overdue.forEach(this::refuseOverdue);
        return () -> cancel(entry);
    }

    private void cancel(Entry<?> entry) {
        Optional<Cancellation> cancellation;
        lock.lock();
        try {
            cancellation = queue.cancel(entry);
        } finally {
            lock.unlock();
        }
        cancellation.ifPresent(Cancellation::request);
    }

    /** Tasks that wait for a worker, over all models. */
    public int waiting() {
        lock.lock();
        try {
            return queue.waiting();
        } finally {
            lock.unlock();
        }
    }

    /** Tasks that wait for a worker of that model. */
    public int waiting(String model) {
        lock.lock();
        try {
            return queue.waiting(model);
        } finally {
            lock.unlock();
        }
    }

    /** Whether nothing waits and nothing runs. */
    public boolean isIdle() {
        lock.lock();
        try {
            return queue.isIdle();
        } finally {
            lock.unlock();
        }
    }

    /** Refuses what waits and lets the workers go; a run under way is finished. */
    @Override
    public void close() {
        List<Entry<?>> refused;
        lock.lock();
        try {
            closed = true;
            refused = queue.removeAll();
            lanes.values().forEach(lane -> lane.called.signalAll());
        } finally {
            lock.unlock();
        }
        refused.forEach(entry -> refuse(entry, stopping()));
    }

    /** Gives every run that may start to a worker of its model; returns the tasks that are too late. Under the lock. */
    private List<Entry<?>> start() {
        long now = nanoClock.getAsLong();
        List<Entry<?>> overdue = queue.removeOverdue(now);
        for (Optional<Batch<?>> next = queue.tryStart(now); next.isPresent(); next = queue.tryStart(now)) {
            String model = next.get().work.model();
            Lane lane = lane(model);
            lane.batches.add(next.get());
            // Where no further worker can be had, one of those there are comes back for it.
            if (lane.batches.size() <= lane.free || !tryAddWorker(model, lane)) {
                lane.called.signal();
            }
        }
        return overdue;
    }

    private Lane lane(String model) {
        return lanes.computeIfAbsent(model, name -> new Lane());
    }

    private boolean tryAddWorker(String model, Lane lane) {
        if (lane.threads == capacity.runsPerModel()) {
            return false;
        }
        try {
            lane.threads++;
            lane.free++;
            workers.execute(() -> work(lane));
            return true;
        } catch (RejectedExecutionException e) {
            lane.threads--;
            lane.free--;
            LOG.log(Level.WARNING, "There is no worker for " + model, e);
            return false;
        }
    }

    private void work(Lane lane) {
        for (Batch<?> batch = next(lane, null); batch != null; batch = next(lane, batch)) {
            run(batch);
        }
    }

    private <T> void run(Batch<T> batch) {
        long startNanos = nanoClock.getAsLong();
        try {
            batch.work.run(batch.tasks, batch.cancellation);
        } catch (RuntimeException | Error e) {
            // The worker outlives work that breaks its promise: without it the model would serve nobody.
            RATIONED.log(Level.ERROR, "A run of a model failed", "model " + batch.work.model(), e);
        }
        meters.ran(batch.work.model(), batch.tasks.size(), Duration.ofNanos(nanoClock.getAsLong() - startNanos));
    }

    /** Waits for the lane's next run; null, and the worker's end, when the scheduler is closed. */
    private @Nullable Batch<?> next(Lane lane, @Nullable Batch<?> finished) {
        Batch<?> done = finished;
        while (true) {
            List<Entry<?>> overdue;
            lock.lock();
            try {
                if (done != null) {
                    queue.finished(done);
                    lane.free++;
                    done = null;
                }
                overdue = start();
                if (overdue.isEmpty()) {
                    Batch<?> batch = lane.batches.poll();
                    if (batch != null || closed) {
                        lane.free--;
                        return batch;
                    }
                    long now = nanoClock.getAsLong();
                    lane.called.awaitNanos(queue.nextNanos(now).orElse(now + IDLE_NANOS) - now);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                lane.threads--;
                lane.free--;
                return null;
            } finally {
                lock.unlock();
            }
            overdue.forEach(this::refuseOverdue);
        }
    }

    private void refuseOverdue(Entry<?> entry) {
        refuse(
                entry,
                new OspreyException(
                        ErrorCode.DEADLINE_EXCEEDED,
                        "No turn came within %d ms for the model \"%s\""
                                .formatted((entry.deadlineNanos - entry.sinceNanos) / 1_000_000, entry.work.model())));
    }

    private static <T> void refuse(Entry<T> entry, OspreyException why) {
        try {
            entry.work.refuse(entry.task, why);
        } catch (RuntimeException | Error e) {
            // One task's trouble must not keep the others from their answer.
            RATIONED.log(Level.ERROR, "A task could not be refused", "model " + entry.work.model(), e);
        }
    }

    private static OspreyException stopping() {
        return new OspreyException(ErrorCode.SERVER_STOPPING, "The server is stopping");
    }
}
