package dev.osprey.studio;

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
        RateLimit rate = new RateLimit(2, now::get);

        assertTrue(rate.tryCount("a"));
        pass(10);
        assertTrue(rate.tryCount("a"));
        assertFalse(rate.tryCount("a"));
        assertEquals(50, rate.retryAfterSeconds("a"));
        assertTrue(rate.tryCount("b"), "every address has its own");

        pass(50);
        assertTrue(rate.tryCount("a"), "the first is a minute old, and those that were refused did not count");
        assertFalse(rate.tryCount("a"));
        assertEquals(10, rate.retryAfterSeconds("a"));
    }

    @Test
    void knowsNoLimitWhereItIsZero() {
        RateLimit rate = new RateLimit(0, now::get);

        for (int i = 0; i < 1_000; i++) {
            assertTrue(rate.tryCount("a"));
        }
    }

    @Test
    void forgetsAddressesThatHaveLongGone() {
        RateLimit rate = new RateLimit(1, now::get);
        for (int i = 0; i < 10_000; i++) {
            rate.tryCount("address " + i);
        }
        pass(60);

        assertTrue(rate.tryCount("another"));
        assertEquals(1, rate.addresses());
    }
}
