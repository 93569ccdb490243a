package dev.osprey.inference;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Gives each model one worker and each worker its tasks, oldest first. A stream submits its next task when its last one
 * is done, so that oldest first is also fair: after a turn a stream waits for everybody else's.
 */
public final class Scheduler implements AutoCloseable {

    private static final Logger LOG = System.getLogger(Scheduler.class.getName());

    private final Executor workers;
    private final Map<String, Lane> lanes = new HashMap<>();
    private boolean closed;

    /** @param workers runs one long task for each model that is ever used */
    public Scheduler(Executor workers) {
        this.workers = workers;
    }

    /** Never waits; any thread. */
    public void submit(String model, Task task) {
        Optional<Lane> lane = tryLane(model);
        if (lane.isEmpty() || !lane.get().tryAdd(task)) {
            task.refuse(stopping());
        }
    }

    private synchronized Optional<Lane> tryLane(String model) {
        try {
            return closed ? Optional.empty() : Optional.of(lanes.computeIfAbsent(model, this::startLane));
        } catch (RejectedExecutionException e) {
            LOG.log(Level.WARNING, "There is no worker for " + model, e);
            return Optional.empty();
        }
    }

    private Lane startLane(String model) {
        Lane lane = new Lane(model);
        workers.execute(lane::work);
        return lane;
    }

    private static OspreyException stopping() {
        return new OspreyException(ErrorCode.SERVER_STOPPING, "The server is stopping");
    }

    /** Tasks that wait for a worker, over all models. */
    public synchronized int waiting() {
        return lanes.values().stream().mapToInt(Lane::waiting).sum();
    }

    /** Refuses what waits and lets the workers go; a task under way is finished. */
    @Override
    public void close() {
        Map<String, Lane> ended;
        synchronized (this) {
            closed = true;
            ended = Map.copyOf(lanes);
        }
        ended.values().forEach(Lane::close);
    }

    /** The queue and the worker of one model. */
    private static final class Lane {

        private final String model;
        private final Deque<Task> tasks = new ArrayDeque<>();
        private boolean closed;

        Lane(String model) {
            this.model = model;
        }

        synchronized boolean tryAdd(Task task) {
            if (closed) {
                return false;
            }
            tasks.add(task);
            notifyAll();
            return true;
        }

        synchronized int waiting() {
            return tasks.size();
        }

        /** The oldest task; null when the lane is closed. */
        private synchronized @Nullable Task take() {
            try {
                while (tasks.isEmpty() && !closed) {
                    wait();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                closed = true;
            }
            return tasks.poll();
        }

        void work() {
            for (Task task = take(); task != null; task = take()) {
                try {
                    task.run();
                } catch (RuntimeException | Error e) {
                    // The worker outlives a task that breaks its promise: without it the model would serve nobody.
                    LOG.log(Level.ERROR, "A task of " + model + " failed", e);
                }
            }
        }

        void close() {
            Deque<Task> refused;
            synchronized (this) {
                closed = true;
                refused = new ArrayDeque<>(tasks);
                tasks.clear();
                notifyAll();
            }
            refused.forEach(task -> task.refuse(stopping()));
        }
    }
}
