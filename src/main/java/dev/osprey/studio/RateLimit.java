package dev.osprey.studio;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.LongSupplier;

/** How many requests one address may make in a sliding minute; those that are refused do not count. Any thread. */
final class RateLimit {

    static final Duration WINDOW = Duration.ofSeconds(60);

    /** Addresses that are remembered before those whose requests have all become old are forgotten. */
    private static final int MANY_ADDRESSES = 10_000;

    private final int limit;
    private final LongSupplier nanoClock;
    private final Map<String, Deque<Long>> requests = new HashMap<>();

    /** @param limit requests in {@link #WINDOW}; 0 is none */
    RateLimit(int limit, LongSupplier nanoClock) {
        this.limit = limit;
        this.nanoClock = nanoClock;
    }

    int limit() {
        return limit;
    }

    /** Whether another request may come now; it counts then. */
    synchronized boolean tryCount(String address) {
        if (limit == 0) {
            return true;
        }
        long now = nanoClock.getAsLong();
        if (requests.size() >= MANY_ADDRESSES) {
            forget(now);
        }
        Deque<Long> times = requests.computeIfAbsent(address, unknown -> new ArrayDeque<>());
        dropOld(times, now);
        if (times.size() >= limit) {
            return false;
        }
        times.add(now);
        return true;
    }

    /** Seconds until the next request of an address would be let through, at least 1. */
    synchronized long retryAfterSeconds(String address) {
        Deque<Long> times = requests.get(address);
        if (times == null || times.isEmpty()) {
            return 1;
        }
        long waitNanos = WINDOW.toNanos() - (nanoClock.getAsLong() - times.element());
        return Math.max(1, Duration.ofNanos(waitNanos).plusMillis(999).toSeconds());
    }

    /** That are remembered. */
    synchronized int addresses() {
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
