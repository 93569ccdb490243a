package dev.osprey.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.osprey.config.TestConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class AuditTest {

    private final AccessTables tables =
            new AccessTables(TestConfig.with("jobs.url", "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1"));
    private Instant now = Instant.parse("2030-01-01T00:00:00Z");
    private final Audit audit = new Audit(tables, () -> now);

    @Test
    void keepsWhatWasDoneAndWhatWasRefusedTheNewestFirst() {
        audit.record("operator", "DELETE", "/api/admin/keys/1", "127.0.0.1", true);
        audit.record("an\nna", "sign-in", "x".repeat(600), "127.0.0.2", false);

        List<Audit.Entry> entries = audit.latest(10, Long.MAX_VALUE);
        assertEquals(2, entries.size());
        Audit.Entry newest = entries.get(0);
        assertEquals("an?na", newest.who());
        assertEquals(500, newest.subject().length());
        assertEquals("refused", newest.outcome());
        assertEquals(now, newest.time());
        assertEquals("done", entries.get(1).outcome());
        assertEquals(List.of(entries.get(1)), audit.latest(10, newest.id()));
        assertEquals(List.of(newest), audit.latest(1, Long.MAX_VALUE));
    }

    @Test
    void forgetsAfterAYear() {
        audit.record("operator", "DELETE", "/api/admin/keys/1", "127.0.0.1", true);
        now = now.plus(Duration.ofDays(367));
        audit.record("operator", "DELETE", "/api/admin/keys/2", "127.0.0.1", true);

        List<Audit.Entry> entries = audit.latest(10, Long.MAX_VALUE);
        assertEquals(1, entries.size());
        assertFalse(entries.get(0).subject().endsWith("1"));
    }
}
