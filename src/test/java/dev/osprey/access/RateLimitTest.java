package dev.osprey.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateLimitTest {

    private final AtomicLong now = new AtomicLong();

    private void pass(int seconds) {
        now.addAndGet(Duration.ofSeconds(seconds).toNanos());
    }

    @Test
    void letsThroughAsManyAsItMayAMinute() {
        RateLimit rate = new RateLimit(now::get);

        assertTrue(rate.tryCount("a", 2));
        pass(10);
        assertTrue(rate.tryCount("a", 2));
        assertFalse(rate.tryCount("a", 2));
        assertEquals(50, rate.retryAfterSeconds("a"));
        assertTrue(rate.tryCount("b", 2), "every caller has its own");

        pass(50);
        assertTrue(rate.tryCount("a", 2), "the first is a minute old, and those that were refused did not count");
        assertFalse(rate.tryCount("a", 2));
        assertEquals(10, rate.retryAfterSeconds("a"));
    }

    @Test
    void knowsNoLimitWhereItIsZero() {
        RateLimit rate = new RateLimit(now::get);

        for (int i = 0; i < 1_000; i++) {
            assertTrue(rate.tryCount("a", 0));
        }
    }

    @Test
    void forgetsCallersThatHaveLongGone() {
        RateLimit rate = new RateLimit(now::get);
        for (int i = 0; i < 10_000; i++) {
            rate.tryCount("address " + i, 1);
        }
        pass(60);

        assertTrue(rate.tryCount("another", 1));
        assertEquals(1, rate.callers());
    }
}
