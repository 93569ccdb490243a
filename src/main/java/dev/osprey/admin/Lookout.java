package dev.osprey.admin;

import dev.osprey.access.AccessControl;
import dev.osprey.access.Caller;
import dev.osprey.inference.Scheduler;
import dev.osprey.jobs.Job;
import dev.osprey.jobs.Jobs;
import dev.osprey.metrics.History;
import dev.osprey.runtime.WarmModels;
import dev.osprey.stream.LiveStream;
import jakarta.json.JsonObject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * Looks at the server every {@link History#INTERVAL}: remembers a point, tells the consoles that are open, and ends what is open for
 * whoever may not use it any more. One look at a time; what asks the database or a driver, which may take its time, is done beside it.
 * Any thread.
 */
final class Lookout implements AutoCloseable {

    private static final Logger LOG = System.getLogger(Lookout.class.getName());

    /** Jobs that consoles are told of. */
    private static final int LATEST_JOBS = 50;

    private static final double NANOS_PER_SECOND = 1e9;

    private final ServerView view;
    private final Streams streams;
    private final WarmModels models;
    private final Scheduler scheduler;
    private final Jobs jobs;
    private final History history;
    private final AccessControl access;
    private final Executor executor;
    private final LongSupplier nanoClock;
    private final EventFollowers followers;
    private final AtomicBoolean looking = new AtomicBoolean();
    private final AtomicBoolean asking = new AtomicBoolean();
    private final AtomicBoolean dismissing = new AtomicBoolean();

    /** JSON by event, as it was told last. */
    private final Map<String, String> told = new ConcurrentHashMap<>();

    private long lastNanos;
    private long lastAnswered;

    /** @param executor where looks are taken and followers told */
    Lookout(
            ServerView view,
            Streams streams,
            WarmModels models,
            Scheduler scheduler,
            Jobs jobs,
            History history,
            AccessControl access,
            Executor executor,
            LongSupplier nanoClock) {
        this.view = view;
        this.streams = streams;
        this.models = models;
        this.scheduler = scheduler;
        this.jobs = jobs;
        this.history = history;
        this.access = access;
        this.executor = executor;
        this.nanoClock = nanoClock;
        this.followers = new EventFollowers(executor, nanoClock);
        this.lastNanos = nanoClock.getAsLong();
    }

    /** Has a look taken unless the last one still is; returns at once. */
    void tick() {
        inTurn(looking, this::look);
        inTurn(asking, this::ask);
        inTurn(dismissing, this::dismiss);
    }

    private void inTurn(AtomicBoolean busy, Runnable work) {
        if (!busy.compareAndSet(false, true)) {
            return;
        }
        try {
            executor.execute(() -> {
                try {
                    work.run();
                } catch (RuntimeException e) {
                    // The next look is another one.
                    LOG.log(Level.DEBUG, "The server could not be looked at", e);
                } finally {
                    busy.set(false);
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "The server is stopping", e);
            busy.set(false);
        }
    }

    private void look() {
        long now = nanoClock.getAsLong();
        List<LiveStream> open = streams.open();
        open.forEach(stream -> stream.activity().measure(now));
        long answered = history.framesAnswered();
        List<Gpu> gpus = view.gpus().last();
        History.Point point = new History.Point(
                Instant.now(),
                now > lastNanos ? (answered - lastAnswered) * NANOS_PER_SECOND / (now - lastNanos) : 0,
                history.takeAges(),
                scheduler.waiting(),
                open.size(),
                jobs.count(Job.State.RUNNING),
                Memory.heapUsedMib(),
                Memory.residentMib(),
                models.usedMib(),
                gpus.isEmpty()
                        ? OptionalLong.empty()
                        : OptionalLong.of(
                                gpus.stream().mapToLong(Gpu::memoryUsedMib).sum()));
        lastNanos = now;
        lastAnswered = answered;
        history.add(point);
        followers.check();
        if (!followers.isEmpty()) {
            followers.tell("overview", view.overview().toString());
            followers.tell("point", ServerView.point(point).toString());
            followers.tell("streams", view.streams().toString());
            tellIfChanged("models", view.models().toString());
            tellIfChanged("problems", view.problems().toString());
        }
    }

    private void ask() {
        view.gpus().read();
        if (!followers.isEmpty()) {
            tellIfChanged("jobs", latestJobs().toString());
        }
    }

    private void dismiss() {
        streams.closeWhere(access::objection);
        followers.dismissUnless(this::isWelcome);
        jobs.dismissUnless(this::isWelcome);
    }

    private boolean isWelcome(Caller caller) {
        return access.objection(caller).isEmpty();
    }

    private JsonObject latestJobs() {
        return view.jobs(Optional.empty(), Optional.empty(), LATEST_JOBS, 0);
    }

    private void tellIfChanged(String event, String json) {
        if (!json.equals(told.put(event, json))) {
            followers.tell(event, json);
        }
    }

    /** Tells a console everything, and from then on what is new. */
    void follow(EventFollowers.Wire wire) {
        Map<String, String> first = new LinkedHashMap<>();
        first.put("overview", view.overview().toString());
        first.put("streams", view.streams().toString());
        first.put("models", view.models().toString());
        first.put("problems", view.problems().toString());
        followers.add(wire, first);
        // With the next look, from where it may wait for the database.
        told.remove("jobs");
    }

    @Override
    public void close() {
        followers.close();
    }
}
