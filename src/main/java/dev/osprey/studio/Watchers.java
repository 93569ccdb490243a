package dev.osprey.studio;

import dev.osprey.config.OspreyConfig;
import dev.osprey.jobs.Job;
import dev.osprey.jobs.Jobs;
import dev.osprey.runtime.WarmModels;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** The clients that are connected over Socket.IO, and which of them hears of which job. Any thread. */
final class Watchers {

    /** The answer to a request goes out before anything is said of its job, which its client could not know. */
    private static final Duration HEAD_START = Duration.ofMillis(150);

    private final Jobs jobs;
    private final WarmModels models;
    private final OspreyConfig config;
    private final Executor errands;
    private final Set<StudioListener> listeners = ConcurrentHashMap.newKeySet();

    /** @param errands what waits for the store runs there */
    Watchers(Jobs jobs, WarmModels models, OspreyConfig config, Executor errands) {
        this.jobs = jobs;
        this.models = models;
        this.config = config;
        this.errands = errands;
    }

    Jobs jobs() {
        return jobs;
    }

    WarmModels models() {
        return models;
    }

    int memoryBudgetMib() {
        return config.runtime().memoryBudgetMib();
    }

    Executor errands() {
        return errands;
    }

    void enter(StudioListener listener) {
        listeners.add(listener);
    }

    void leave(StudioListener listener) {
        listeners.remove(listener);
    }

    int count() {
        return listeners.size();
    }

    /** @param address of the client that has asked for the job */
    void submitted(Job job, String address, Optional<Batch> batch) {
        CompletableFuture.delayedExecutor(HEAD_START.toMillis(), TimeUnit.MILLISECONDS, errands)
                .execute(() -> {
                    for (StudioListener listener : listeners) {
                        if (listener.sees(job) && (listener.subscribedTo(Status.id(job)) || hears(listener, address))) {
                            listener.follow(job, batch);
                        }
                    }
                });
    }

    private boolean hears(StudioListener listener, String address) {
        return switch (config.studio().audience()) {
            case SUBSCRIBERS -> false;
            case SAME_ADDRESS -> !listener.chooses() && listener.address().equals(address);
            case EVERYONE -> true;
        };
    }
}
