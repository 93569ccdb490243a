package dev.osprey.segmentation;

import dev.osprey.config.OspreyConfig;
import dev.osprey.inference.Scheduler;
import dev.osprey.metrics.Meters;
import dev.osprey.runtime.WarmModels;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The capability's shared part, its clients looked after every second. */
@ApplicationScoped
class SegmentationProducer {

    @Resource
    private @Nullable ManagedScheduledExecutorService executor;

    @Produces
    @Singleton
    Segmentation segmentation(OspreyConfig config, WarmModels models, Scheduler scheduler, Meters meters) {
        if (executor == null) {
            throw new IllegalStateException("The container provides no managed executor");
        }
        Segmentation segmentation = new Segmentation(config, models, scheduler, executor, meters);
        var unused = executor.scheduleWithFixedDelay(segmentation.connections()::check, 1, 1, TimeUnit.SECONDS);
        return segmentation;
    }

    void stop(@Disposes Segmentation segmentation) {
        segmentation.connections().close();
    }
}
