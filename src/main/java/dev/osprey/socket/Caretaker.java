package dev.osprey.socket;

import dev.osprey.stream.Connections;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Looks after the connections of every capability once a second. Any thread. */
@ApplicationScoped
public class Caretaker {

    private static final long OPENED_MILLIS = 50;

    private final Map<Connections, Checks> all = new ConcurrentHashMap<>();

    private record Checks(ScheduledFuture<?> everySecond, ScheduledFuture<?> often) {
        void cancel() {
            // The executor is the server's and would keep this application after its end.
            everySecond.cancel(false);
            often.cancel(false);
        }
    }

    /** Has one thread, which Tyrus uses as well: for short work only. */
    @Resource
    private @Nullable ManagedScheduledExecutorService clock;

    public void lookAfter(Connections connections) {
        lookAfter(connections, () -> {});
    }

    /** @param more short work beside the connections'; must not throw, or it is the last time for both */
    public void lookAfter(Connections connections, Runnable more) {
        if (clock == null) {
            throw new IllegalStateException("The container provides no managed executor");
        }
        ScheduledFuture<?> everySecond = clock.scheduleWithFixedDelay(
                () -> {
                    connections.check();
                    more.run();
                },
                1,
                1,
                TimeUnit.SECONDS);
        ScheduledFuture<?> often = clock.scheduleWithFixedDelay(
                connections::closeOpened, OPENED_MILLIS, OPENED_MILLIS, TimeUnit.MILLISECONDS);
        all.put(connections, new Checks(everySecond, often));
    }

    /** As {@link Connections#retire}, with all of them. */
    public void retireAll() {
        all.keySet().forEach(Connections::retire);
    }

    /** As {@link Connections#dismiss}, with all of them. */
    public void dismissAll() {
        all.keySet().forEach(Connections::dismiss);
    }

    /** Connections that are open, of all capabilities. */
    public int count() {
        return all.keySet().stream().mapToInt(Connections::count).sum();
    }

    /** As {@link #close}, with all of them. */
    public void closeAll() {
        all.keySet().forEach(this::close);
    }

    /** Tells everybody that the server goes away, and looks after them no more. */
    public void close(Connections connections) {
        Checks checks = all.remove(connections);
        if (checks != null) {
            checks.cancel();
        }
        connections.close();
    }
}
