package dev.osprey.segmentation;

import dev.osprey.config.Settings;
import dev.osprey.inference.Scheduler;
import dev.osprey.metrics.Meters;
import dev.osprey.runtime.WarmModels;
import dev.osprey.socket.Caretaker;
import dev.osprey.trace.Tracing;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/** The capability's shared part, its clients looked after every second. */
@ApplicationScoped
class SegmentationProducer {

    @Resource
    private @Nullable ManagedExecutorService loader;

    @Produces
    @Singleton
    Segmentation segmentation(
            Settings settings,
            WarmModels models,
            Scheduler scheduler,
            Meters meters,
            Tracing tracing,
            Caretaker caretaker) {
        if (loader == null) {
            throw new IllegalStateException("The container provides no managed executor");
        }
        Segmentation segmentation =
                new Segmentation(settings::current, models, scheduler, loader, meters, tracing, System::nanoTime);
        caretaker.lookAfter(segmentation.connections());
        return segmentation;
    }

    void stop(@Disposes Segmentation segmentation, Caretaker caretaker) {
        caretaker.close(segmentation.connections());
    }
}
