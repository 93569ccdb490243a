package dev.osprey.admin;

import dev.osprey.access.Caller;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The consoles that are open. What is told waits for each of them, of every kind of event the newest only, and is sent on a thread of
 * its own: one that reads slowly is told less, one that does not read is dropped, and neither keeps the others waiting. Any thread.
 */
final class EventFollowers implements AutoCloseable {

    private static final Logger LOG = System.getLogger(EventFollowers.class.getName());

    /** Far more than operators look at one server; each may hold a thread. */
    static final int MOST = 32;

    /** In which an event must have been read. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Executor executor;
    private final LongSupplier nanoClock;
    private final Set<Follower> all = ConcurrentHashMap.newKeySet();
    private boolean closed;

    /** The way to one console. */
    interface Wire {

        /** Sends one event and returns when it has gone; throws where it cannot go any more. */
        void send(String event, String json);

        /** Who looks at it. */
        Caller caller();

        /** Ends it; may be called while something is being sent. */
        void close();
    }

    /** @param executor a thread for each follower, while it is being sent something */
    EventFollowers(Executor executor, LongSupplier nanoClock) {
        this.executor = executor;
        this.nanoClock = nanoClock;
    }

    /**
     * Adds a console, which is told everything from now on.
     *
     * @param first what it is told at once, JSON by event
     * @throws OspreyException {@link ErrorCode#CAPACITY_EXHAUSTED}, {@link ErrorCode#SERVER_STOPPING}
     */
    void add(Wire wire, Map<String, String> first) {
        Follower follower = new Follower(wire);
        synchronized (this) {
            if (closed) {
                throw new OspreyException(ErrorCode.SERVER_STOPPING, "The server is stopping");
            }
            if (all.size() >= MOST) {
                throw new OspreyException(
                        ErrorCode.CAPACITY_EXHAUSTED,
                        "%d consoles follow the server already, the limit is %d".formatted(MOST, MOST));
            }
            all.add(follower);
        }
        first.forEach(follower::tell);
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    void tell(String event, String json) {
        all.forEach(follower -> follower.tell(event, json));
    }

    /** Drops who does not read; to be called every few seconds. */
    void check() {
        long now = nanoClock.getAsLong();
        all.stream().filter(follower -> follower.isStuck(now)).forEach(Follower::end);
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        List.copyOf(all).forEach(Follower::end);
    }

    /** Ends those of operators who are none any more. */
    void dismissUnless(Predicate<Caller> welcome) {
        all.stream().filter(follower -> !welcome.test(follower.wire.caller())).forEach(Follower::end);
    }

    private record Event(String name, String json) {}

    private final class Follower {

        private final Wire wire;
        private final Map<String, String> waiting = new LinkedHashMap<>();
        private boolean sending;
        private boolean ended;
        private long sinceNanos;

        Follower(Wire wire) {
            this.wire = wire;
        }

        void tell(String event, String json) {
            synchronized (this) {
                if (ended) {
                    return;
                }
                waiting.put(event, json);
                if (sending) {
                    return;
                }
                sending = true;
                sinceNanos = nanoClock.getAsLong();
            }
            try {
                executor.execute(this::send);
            } catch (RejectedExecutionException e) {
                LOG.log(Level.DEBUG, "The server is stopping", e);
                end();
            }
        }

        private void send() {
            try {
                for (Event next = next(); next != null; next = next()) {
                    wire.send(next.name(), next.json());
                }
            } catch (RuntimeException e) {
                LOG.log(Level.DEBUG, "A console has gone", e);
                end();
            }
        }

        private synchronized @Nullable Event next() {
            Map.Entry<String, String> first =
                    waiting.entrySet().stream().findFirst().orElse(null);
            if (first == null || ended) {
                sending = false;
                return null;
            }
            Event event = new Event(first.getKey(), first.getValue());
            waiting.remove(event.name());
            sinceNanos = nanoClock.getAsLong();
            return event;
        }

        synchronized boolean isStuck(long now) {
            return sending && now - sinceNanos > PATIENCE.toNanos();
        }

        void end() {
            synchronized (this) {
                if (ended) {
                    return;
                }
                ended = true;
                waiting.clear();
            }
            all.remove(this);
            wire.close();
        }
    }
}
