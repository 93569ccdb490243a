package dev.osprey.access;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.LongSupplier;

/** How many requests each caller, or address, makes in a sliding minute; those that are refused do not count. Any thread. */
public final class RateLimit {

    public static final Duration WINDOW = Duration.ofSeconds(60);

    /** Callers that are remembered before those whose requests have all become old are forgotten. */
    private static final int MANY_CALLERS = 10_000;

    private final LongSupplier nanoClock;
    private final Map<String, Deque<Long>> requests = new HashMap<>();

    public RateLimit(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /**
     * Whether another request may come now; it counts then.
     *
     * @param limit requests in {@link #WINDOW}; 0 is any number
     */
    public synchronized boolean tryCount(String caller, int limit) {
        if (limit == 0) {
            return true;
        }
        long now = nanoClock.getAsLong();
        if (requests.size() >= MANY_CALLERS) {
            forget(now);
        }
        Deque<Long> times = requests.computeIfAbsent(caller, unknown -> new ArrayDeque<>());
        dropOld(times, now);
        if (times.size() >= limit) {
            return false;
        }
        times.add(now);
        return true;
    }

    /** Seconds until the next request of a caller would be let through, at least 1. */
    public synchronized long retryAfterSeconds(String caller) {
        Deque<Long> times = requests.get(caller);
        if (times == null || times.isEmpty()) {
            return 1;
        }
        long waitNanos = WINDOW.toNanos() - (nanoClock.getAsLong() - times.element());
        return Math.max(1, Duration.ofNanos(waitNanos).plusMillis(999).toSeconds());
    }

    /** That are remembered. */
    synchronized int callers() {
        return requests.size();
    }

    private static void dropOld(Deque<Long> times, long now) {
        while (!times.isEmpty() && now - times.element() >= WINDOW.toNanos()) {
            times.remove();
        }
    }

    private void forget(long now) {
        Iterator<Deque<Long>> all = requests.values().iterator();
        while (all.hasNext()) {
            Deque<Long> times = all.next();
            dropOld(times, now);
            if (times.isEmpty()) {
                all.remove();
            }
        }
    }
}
