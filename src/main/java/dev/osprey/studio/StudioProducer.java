package dev.osprey.studio;

import dev.osprey.access.Scope;
import dev.osprey.config.OspreyConfig;
import dev.osprey.config.Settings;
import dev.osprey.inference.Scheduler;
import dev.osprey.jobs.Jobs;
import dev.osprey.metrics.Meters;
import dev.osprey.runtime.WarmModels;
import dev.osprey.socketio.SocketIo;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** The capability's shared part, and what does its jobs. */
@ApplicationScoped
class StudioProducer {

    private static final long BYTES_PER_MIB = 1_048_576;

    @Resource
    private @Nullable ManagedExecutorService errands;

    @Produces
    @Singleton
    ResultCache cache(OspreyConfig config) {
        OspreyConfig.Studio settings = config.studio();
        return new ResultCache(
                config.jobs().folder().resolve("studio").resolve("cache"),
                settings.cacheEntries(),
                settings.cacheMib() * BYTES_PER_MIB,
                Duration.ofHours(settings.cacheHours()),
                InstantSource.system());
    }

    @Produces
    @Singleton
    UploadJob uploads() {
        return new UploadJob();
    }

    @Produces
    @Singleton
    PictureJob pictures(OspreyConfig config, WarmModels models, Scheduler scheduler) {
        return new PictureJob(config.studio(), models, scheduler);
    }

    @Produces
    @Singleton
    MeshJob meshes(OspreyConfig config, WarmModels models, Scheduler scheduler, ResultCache cache) {
        return new MeshJob(config.studio(), models, scheduler, cache);
    }

    @Produces
    @Singleton
    MeshOperation operations(OspreyConfig config) {
        return new MeshOperation(config.studio());
    }

    @Produces
    @Singleton
    Studio studio(Settings settings, Jobs jobs, WarmModels models, Meters meters, SocketIo socketIo) {
        if (errands == null) {
            throw new IllegalStateException("The container provides no managed executor");
        }
        Watchers watchers = new Watchers(jobs, models, settings.initial(), errands);
        socketIo.serve(Scope.STUDIO, socket -> new StudioListener(watchers, socket));
        meters.connections("studio", watchers::count);
        return new Studio(settings::current, jobs, models, watchers, System::nanoTime);
    }
}
