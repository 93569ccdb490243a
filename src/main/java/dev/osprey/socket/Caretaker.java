package dev.osprey.socket;

import static java.util.Objects.requireNonNull;

import dev.osprey.stream.Connections;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.enterprise.context.ApplicationScoped;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Looks after the connections of every capability, once a second and at their end. Any thread. */
@ApplicationScoped
public class Caretaker {

    private static final Logger LOG = System.getLogger(Caretaker.class.getName());

    private final Map<Connections, ScheduledFuture<?>> checks = new ConcurrentHashMap<>();

    /** Has one thread, which Tyrus uses as well: for short work only. */
    @Resource
    private @Nullable ManagedScheduledExecutorService clock;

    @Resource
    private @Nullable ManagedThreadFactory threads;

    public void lookAfter(Connections connections) {
        lookAfter(connections, () -> {});
    }

    /** @param more short work beside the connections'; must not throw, or it is the last time for both */
    public void lookAfter(Connections connections, Runnable more) {
        if (clock == null) {
            throw new IllegalStateException("The container provides no managed executor");
        }
        checks.put(
                connections,
                clock.scheduleWithFixedDelay(
                        () -> {
                            connections.check();
                            more.run();
                        },
                        1,
                        1,
                        TimeUnit.SECONDS));
    }

    /** Does something after a time, on a thread that does nothing else; at once where the server is at its end. */
    void later(Duration delay, Runnable work) {
        ManagedScheduledExecutorService when = requireNonNull(clock);
        ManagedThreadFactory where = requireNonNull(threads);
        try {
            Future<?> unused =
                    when.schedule(() -> where.newThread(work).start(), delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException | IllegalStateException e) {
            LOG.log(Level.DEBUG, "The container takes no work any more", e);
            work.run();
        }
    }

    /** As {@link Connections#retire}, with all of them. */
    public void retireAll() {
        checks.keySet().forEach(Connections::retire);
    }

    /** As {@link Connections#dismiss}, with all of them. */
    public void dismissAll() {
        checks.keySet().forEach(Connections::dismiss);
    }

    /** Connections that are open, of all capabilities. */
    public int count() {
        return checks.keySet().stream().mapToInt(Connections::count).sum();
    }

    /** As {@link #close}, with all of them. */
    public void closeAll() {
        checks.keySet().forEach(this::close);
    }

    /** Tells everybody that the server goes away, and looks after them no more. */
    public void close(Connections connections) {
        ScheduledFuture<?> check = checks.remove(connections);
        if (check != null) {
            // The executor is the server's and would keep this application after its end.
            check.cancel(false);
        }
        connections.close();
    }
}
