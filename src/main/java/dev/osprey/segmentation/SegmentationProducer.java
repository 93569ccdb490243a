package dev.osprey.segmentation;

import dev.osprey.config.OspreyConfig;
import dev.osprey.inference.Scheduler;
import dev.osprey.metrics.Meters;
import dev.osprey.runtime.WarmModels;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The capability's shared part, its clients looked after every second. */
@ApplicationScoped
class SegmentationProducer {

    @Resource
    private @Nullable ManagedExecutorService loader;

    /** Has one thread, which Tyrus uses as well: for short work only. */
    @Resource
    private @Nullable ManagedScheduledExecutorService clock;

    private @Nullable ScheduledFuture<?> check;

    @Produces
    @Singleton
    Segmentation segmentation(OspreyConfig config, WarmModels models, Scheduler scheduler, Meters meters) {
        if (loader == null || clock == null) {
            throw new IllegalStateException("The container provides no managed executors");
        }
        Segmentation segmentation = new Segmentation(config, models, scheduler, loader, meters, System::nanoTime);
        check = clock.scheduleWithFixedDelay(segmentation.connections()::check, 1, 1, TimeUnit.SECONDS);
        return segmentation;
    }

    void stop(@Disposes Segmentation segmentation) {
        if (check != null) {
            // The executor is the server's and would keep this application after its end.
            check.cancel(false);
        }
        segmentation.connections().close();
    }
}
