package dev.osprey.jobs;

import dev.osprey.access.Caller;
import dev.osprey.config.OspreyConfig;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.fault.RationedLog;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Who follows the events of jobs. Nothing is handed to a follower but what is read from the log after the last that it had: so
 * replay and live are the same, and nothing comes twice, out of order or not at all. What happens here only says when to look. Any
 * thread.
 */
final class Followers {

    private static final Logger LOG = System.getLogger(Followers.class.getName());

    private static final RationedLog RATIONED = new RationedLog(LOG);

    private static final int EVENTS_AT_ONCE = 100;
    /** The container reports that a client has left at the third thing it is sent after that. */
    private static final long QUIET_MILLIS = 5_000;

    private final Set<Follower> all = ConcurrentHashMap.newKeySet();
    /** How many each account has; no entry of 0. */
    private final Map<String, Integer> shares = new HashMap<>();

    private int count;
    private final Executor executor;
    private final Supplier<OspreyConfig.Jobs> limits;
    private final Log log;

    /** Told by one thread at a time; what it throws ends it, but for an {@link OspreyException}: then the event comes again. */
    interface Listener {

        void happened(JobEvent event);

        /** Nothing has happened for a while. */
        default void quiet() {}

        /** Nothing will be told any more, because the server stops or the client may not hear it. */
        default void over() {}

        /** The client that hears it, where one does directly. */
        default Optional<Caller> caller() {
            return Optional.empty();
        }
    }

    /** Reads the events of a job after a sequence number. */
    interface Log {
        List<JobEvent> events(String id, long afterSequence, int limit);
    }

    Followers(Executor executor, Supplier<OspreyConfig.Jobs> limits, Log log) {
        this.executor = executor;
        this.limits = limits;
        this.log = log;
    }

    /**
     * @param account whose share it is of
     * @throws OspreyException {@link ErrorCode#CAPACITY_EXHAUSTED}
     */
    AutoCloseable follow(String id, long afterSequence, String account, Listener listener) {
        enter(account);
        Follower follower = new Follower(id, afterSequence, account, listener);
        all.add(follower);
        follower.look();
        return follower;
    }

    private synchronized void enter(String account) {
        int share = shares.getOrDefault(account, 0);
        int mostOfOne = limits.get().maxFollowersPerCaller();
        if (share >= mostOfOne) {
            throw new OspreyException(
                    ErrorCode.CAPACITY_EXHAUSTED,
                    "You follow %d jobs already, the limit for one caller is %d (osprey.jobs.max-followers-per-caller)"
                            .formatted(share, mostOfOne));
        }
        int most = limits.get().maxFollowers();
        if (count >= most) {
            throw new OspreyException(
                    ErrorCode.CAPACITY_EXHAUSTED,
                    "%d clients follow jobs already, the limit is %d (osprey.jobs.max-followers)"
                            .formatted(count, most));
        }
        shares.put(account, share + 1);
        count++;
    }

    private synchronized void leave(String account) {
        shares.computeIfPresent(account, (unused, share) -> share == 1 ? null : share - 1);
        count--;
    }

    /** Something was written to the log of a job. */
    void changed(String id) {
        for (Follower follower : all) {
            if (follower.id.equals(id)) {
                follower.look();
            }
        }
    }

    /** As {@link #changed}, where the log's last number is known: another server may have written, or nobody. */
    void moved(String id, long lastSequence) {
        for (Follower follower : all) {
            if (follower.id.equals(id) && follower.last < lastSequence) {
                follower.look();
            }
        }
    }

    /** Time has passed: whoever has heard nothing for a while is told so. */
    void passed(long nowMillis) {
        for (Follower follower : all) {
            if (follower.told) {
                follower.told = false;
                follower.quietSince = nowMillis;
            } else if (nowMillis - follower.quietSince >= QUIET_MILLIS) {
                follower.quietSince = nowMillis;
                follower.quiet = true;
                follower.look();
            }
        }
    }

    synchronized int count() {
        return count;
    }

    /** Ends all. */
    void close() {
        all.forEach(Follower::dismiss);
    }

    /** Ends those of clients that are not welcome any more. */
    void dismissUnless(Predicate<Caller> welcome) {
        for (Follower follower : all) {
            if (follower.listener.caller().filter(welcome.negate()).isPresent()) {
                follower.dismiss();
            }
        }
    }

    /** The jobs that are followed. */
    Set<String> ids() {
        Set<String> ids = new HashSet<>();
        all.forEach(follower -> ids.add(follower.id));
        return ids;
    }

    private final class Follower implements AutoCloseable {

        private final String id;
        private final String account;
        private final Listener listener;
        /** Calls of {@link #look} that are not yet dealt with; whoever makes it one has it dealt with. */
        private final AtomicInteger looks = new AtomicInteger();

        private volatile long last;
        private volatile boolean closed;
        private volatile boolean told = true;
        private volatile boolean quiet;
        private volatile long quietSince;

        Follower(String id, long afterSequence, String account, Listener listener) {
            this.id = id;
            this.account = account;
            this.last = afterSequence;
            this.listener = listener;
        }

        void look() {
            if (!closed && looks.getAndIncrement() == 0) {
                try {
                    executor.execute(this::deliver);
                } catch (RejectedExecutionException e) {
                    // The server stops.
                    close();
                }
            }
        }

        private void deliver() {
            int seen = looks.get();
            do {
                try {
                    read();
                    if (quiet && !closed) {
                        quiet = false;
                        listener.quiet();
                    }
                } catch (OspreyException e) {
                    // The log cannot be read now; the next look reads on from here.
                    LOG.log(Level.DEBUG, "Events wait for the job store: {0}", e.reason());
                } catch (RuntimeException e) {
                    RATIONED.log(Level.WARNING, "A follower of a job failed and is dropped", "job " + id, e);
                    close();
                }
                seen = looks.addAndGet(-seen);
            } while (seen != 0);
        }

        private void read() {
            List<JobEvent> events;
            do {
                events = log.events(id, last, EVENTS_AT_ONCE);
                for (JobEvent event : events) {
                    if (closed) {
                        return;
                    }
                    // Before it counts as told: a listener that finds the store away hears it again.
                    listener.happened(event);
                    last = event.sequence();
                    told = true;
                }
            } while (events.size() == EVENTS_AT_ONCE);
        }

        void dismiss() {
            close();
            listener.over();
        }

        @Override
        public void close() {
            closed = true;
            if (all.remove(this)) {
                leave(account);
            }
        }
    }
}
