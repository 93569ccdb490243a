package dev.osprey.fingerspelling;

import dev.osprey.config.OspreyConfig;
import dev.osprey.inference.Scheduler;
import dev.osprey.metrics.Meters;
import dev.osprey.runtime.WarmModels;
import dev.osprey.socket.Caretaker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** The capability's shared part, its clients looked after. */
@ApplicationScoped
class FingerspellingProducer {

    @Produces
    @Singleton
    Fingerspelling fingerspelling(
            OspreyConfig config, WarmModels models, Scheduler scheduler, Meters meters, Caretaker caretaker) {
        Fingerspelling fingerspelling =
                new Fingerspelling(config, new ServedRecognition(models, config), scheduler, meters, System::nanoTime);
        caretaker.lookAfter(fingerspelling.connections());
        return fingerspelling;
    }

    void stop(@Disposes Fingerspelling fingerspelling, Caretaker caretaker) {
        caretaker.close(fingerspelling.connections());
    }
}
