package dev.osprey.socketio;

import dev.osprey.config.Settings;
import dev.osprey.metrics.Meters;
import dev.osprey.socket.Caretaker;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/** The server's Socket.IO, its WebSockets looked after as all others are. */
@ApplicationScoped
class SocketIoProducer {

    @Resource
    private @Nullable ManagedThreadFactory threads;

    @Produces
    @Singleton
    SocketIo socketIo(Settings settings, Meters meters, Caretaker caretaker) {
        if (threads == null) {
            throw new IllegalStateException("The container provides no managed threads");
        }
        SocketIo socketIo = new SocketIo(settings::current, meters, threads, System::nanoTime);
        caretaker.lookAfter(socketIo.webSockets());
        return socketIo;
    }

    void stop(@Disposes SocketIo socketIo, Caretaker caretaker) {
        caretaker.close(socketIo.webSockets());
        socketIo.close();
    }
}
