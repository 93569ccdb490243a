package dev.osprey.jobs;

import dev.osprey.config.Settings;
import dev.osprey.metrics.Meters;
import dev.osprey.trace.Tracing;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorDefinition;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The application's jobs, their runs, followers and downloads on a managed executor. {@link JobsLifecycle} starts them. */
@ApplicationScoped
@ManagedExecutorDefinition(
        name = "java:app/concurrent/JobsExecutor",
        maxAsync = JobsProducer.MAX_THREADS,
        hungTaskThreshold = Long.MAX_VALUE)
class JobsProducer {

    /** More than all limits on runs, followers and downloads together allow by default. */
    static final int MAX_THREADS = 1_024;

    @Resource(lookup = "java:app/concurrent/JobsExecutor")
    private @Nullable ManagedExecutorService threads;

    @Produces
    @Singleton
    Jobs jobs(Settings settings, Meters meters, Tracing tracing) {
        return new Jobs(() -> settings.current().jobs(), threads(), InstantSource.system(), meters, tracing);
    }

    private Executor threads() {
        if (threads == null) {
            throw new IllegalStateException("The container provides no managed executor");
        }
        return threads;
    }

    void stop(@Disposes Jobs jobs) {
        jobs.close();
    }
}
