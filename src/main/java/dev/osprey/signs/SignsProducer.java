package dev.osprey.signs;

import dev.osprey.access.Scope;
import dev.osprey.config.Settings;
import dev.osprey.inference.Scheduler;
import dev.osprey.metrics.Meters;
import dev.osprey.runtime.WarmModels;
import dev.osprey.socket.Caretaker;
import dev.osprey.socketio.SocketIo;
import dev.osprey.trace.Tracing;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** The capability's shared part, its clients looked after on both wires. */
@ApplicationScoped
class SignsProducer {

    @Produces
    @Singleton
    Signs signs(
            Settings settings,
            WarmModels models,
            Scheduler scheduler,
            Meters meters,
            Tracing tracing,
            Caretaker caretaker,
            SocketIo socketIo) {
        Signs signs = new Signs(settings::current, models, scheduler, meters, tracing, System::nanoTime);
        socketIo.serve(Scope.SIGNS, socket -> new SignsListener(signs, socket));
        caretaker.lookAfter(signs.connections());
        return signs;
    }

    void stop(@Disposes Signs signs, Caretaker caretaker) {
        caretaker.close(signs.connections());
    }
}
