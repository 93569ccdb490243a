package dev.osprey.inference;

import dev.osprey.config.OspreyConfig;
import dev.osprey.metrics.Meters;
import dev.osprey.runtime.WarmModels;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorDefinition;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/** The application's one scheduler, its workers on a managed executor. */
@ApplicationScoped
@ManagedExecutorDefinition(
        name = "java:app/concurrent/InferenceExecutor",
        maxAsync = SchedulerProducer.MAX_WORKERS,
        hungTaskThreshold = Long.MAX_VALUE)
class SchedulerProducer {

    /** The workers of every model that is ever used; far more do not fit into one process. */
    static final int MAX_WORKERS = 1_024;

    @Resource(lookup = "java:app/concurrent/InferenceExecutor")
    private @Nullable ManagedExecutorService workers;

    @Produces
    @Singleton
    Scheduler scheduler(OspreyConfig config, WarmModels models, Meters meters) {
        if (workers == null) {
            throw new IllegalStateException("The container provides no managed executor");
        }
        Capacity capacity = new Capacity(
                models.runs(),
                models.runsPerModel(),
                config.inference().interactivePatience(),
                config.inference().batchPatience());
        models.whenServed(name -> meters.memory(name, () -> models.memoryBytes(name)));
        return new Scheduler(workers, capacity, System::nanoTime, meters);
    }

    void stop(@Disposes Scheduler scheduler) {
        scheduler.close();
    }
}
