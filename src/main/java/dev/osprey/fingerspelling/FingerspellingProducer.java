package dev.osprey.fingerspelling;

import dev.osprey.config.Settings;
import dev.osprey.inference.Scheduler;
import dev.osprey.metrics.Meters;
import dev.osprey.runtime.WarmModels;
import dev.osprey.socket.Caretaker;
import dev.osprey.trace.Tracing;
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
            Settings settings,
            WarmModels models,
            Scheduler scheduler,
            Meters meters,
            Tracing tracing,
            Caretaker caretaker) {
        Fingerspelling fingerspelling = new Fingerspelling(
                settings::current,
                new ServedRecognition(models, settings.initial()),
                scheduler,
                meters,
                tracing,
                System::nanoTime);
        caretaker.lookAfter(fingerspelling.connections());
        return fingerspelling;
    }

    void stop(@Disposes Fingerspelling fingerspelling, Caretaker caretaker) {
        caretaker.close(fingerspelling.connections());
    }
}
