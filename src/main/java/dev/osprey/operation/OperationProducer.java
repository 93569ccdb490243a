package dev.osprey.operation;

import dev.osprey.config.Settings;
import dev.osprey.jobs.Jobs;
import dev.osprey.runtime.WarmModels;
import dev.osprey.segmentation.Rehearsal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Provider;
import jakarta.inject.Singleton;

/** The server's one condition. */
@ApplicationScoped
class OperationProducer {

    @Produces
    @Singleton
    Condition condition(
            Provider<Settings> settings,
            Provider<WarmModels> models,
            Provider<Rehearsal> rehearsal,
            Provider<Jobs> jobs) {
        return new Condition(
                () -> settings.get().current(),
                name -> models.get().isReady(name),
                () -> rehearsal.get().isOver(),
                () -> jobs.get().obstacle());
    }
}
