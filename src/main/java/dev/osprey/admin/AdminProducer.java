package dev.osprey.admin;

import dev.osprey.access.AccessControl;
import dev.osprey.inference.Scheduler;
import dev.osprey.jobs.Jobs;
import dev.osprey.metrics.History;
import dev.osprey.runtime.WarmModels;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/** What looks at the server, on the container's threads. {@link AdminLifecycle} starts and ends it. */
@ApplicationScoped
class AdminProducer {

    @Resource
    private @Nullable ManagedExecutorService threads;

    @Produces
    @Singleton
    Lookout lookout(
            ServerView view,
            Streams streams,
            WarmModels models,
            Scheduler scheduler,
            Jobs jobs,
            History history,
            AccessControl access) {
        if (threads == null) {
            throw new IllegalStateException("The container provides no managed executor");
        }
        return new Lookout(view, streams, models, scheduler, jobs, history, access, threads, System::nanoTime);
    }
}
