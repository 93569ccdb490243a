package dev.osprey.referee;

import dev.osprey.config.OspreyConfig;
import dev.osprey.config.Settings;
import dev.osprey.inference.Scheduler;
import dev.osprey.jobs.Jobs;
import dev.osprey.metrics.Meters;
import dev.osprey.runtime.WarmModels;
import dev.osprey.socket.Caretaker;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/** The capability's shared part, its clients and sessions looked after. */
@ApplicationScoped
class RefereeProducer {

    @Resource
    private @Nullable ManagedExecutorService errands;

    @Produces
    @Singleton
    BoutAnalysis analysis(OspreyConfig config, WarmModels models, Scheduler scheduler) {
        return new BoutAnalysis(config, models, scheduler);
    }

    @Produces
    @Singleton
    Referee referee(Settings settings, Jobs jobs, BoutAnalysis analysis, Meters meters, Caretaker caretaker) {
        if (errands == null) {
            throw new IllegalStateException("The container provides no managed executor");
        }
        Referee referee =
                new Referee(settings::current, jobs, analysis, errands, meters, System::nanoTime, Clock.systemUTC());
        caretaker.lookAfter(referee.connections(), referee::sweep);
        return referee;
    }

    void stop(@Disposes Referee referee, Caretaker caretaker) {
        caretaker.close(referee.connections());
        referee.close();
    }
}
