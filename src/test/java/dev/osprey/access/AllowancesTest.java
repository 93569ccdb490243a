package dev.osprey.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.access.Caller.Allowance;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AllowancesTest {

    private final AtomicLong nanos = new AtomicLong();
    private Instant time = Instant.parse("2030-01-31T23:00:00Z");
    private final Allowances allowances = new Allowances(nanos::get, () -> time);

    private static Caller caller(String id, int perMinute, int perDay) {
        return new Caller(
                id, id, false, Scope.CAPABILITIES, new Allowance(perMinute, perDay, 0), new Credential.Endless());
    }

    @Test
    void holdsAKeyToItsMinute() {
        Caller anna = caller("anna", 2, 0);
        assertEquals(Optional.empty(), allowances.count(anna));
        assertEquals(Optional.empty(), allowances.count(anna));

        Allowances.Exceeded exceeded = allowances.count(anna).orElseThrow();
        assertEquals("requests-per-minute", exceeded.limit());
        assertEquals(60, exceeded.retryAfterSeconds());
        assertTrue(exceeded.sentence().contains("2 requests"), exceeded.sentence());
        assertEquals(Optional.empty(), allowances.count(caller("bert", 2, 0)));
    }

    @Test
    void holdsAKeyToItsDayUntilMidnight() {
        Caller anna = caller("anna", 0, 1);
        assertEquals(Optional.empty(), allowances.count(anna));

        Allowances.Exceeded exceeded = allowances.count(anna).orElseThrow();
        assertEquals("requests-per-day", exceeded.limit());
        assertEquals(3_600, exceeded.retryAfterSeconds());

        time = Instant.parse("2030-02-01T00:00:00Z");
        assertEquals(Optional.empty(), allowances.count(anna));
    }

    @Test
    void countsNothingOfWhoMayDoAnything() {
        for (int i = 0; i < 1_000; i++) {
            assertEquals(Optional.empty(), allowances.count(Caller.ANYBODY));
        }
    }
}
