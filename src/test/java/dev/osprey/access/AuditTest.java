package dev.osprey.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.osprey.config.TestConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
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

    private List<String> told() {
        return audit.latest(200, Long.MAX_VALUE).stream()
                .map(entry -> "%s %s %s %d".formatted(entry.who(), entry.subject(), entry.address(), entry.times()))
                .toList();
    }

    private void refuse(String who, String address) {
        audit.record(who, "sign-in", "/admin/", address, false);
    }

    @Test
    void countsWhatIsRefusedAgainWithinAMinute() {
        for (int i = 0; i < 1_000; i++) {
            refuse("operator", "192.0.2.1");
            now = now.plusMillis(50);
        }
        refuse("operator", "192.0.2.2");
        assertEquals(List.of("operator /admin/ 192.0.2.2 1", "operator /admin/ 192.0.2.1 1000"), told());

        now = now.plus(Audit.TOGETHER);
        refuse("operator", "192.0.2.1");
        assertEquals("operator /admin/ 192.0.2.1 1", told().get(0));
        assertEquals(3, told().size());
    }

    @Test
    void writesDownEverythingThatIsDone() {
        audit.record("operator", "sign-in", "/admin/", "192.0.2.1", true);
        audit.record("operator", "sign-in", "/admin/", "192.0.2.1", true);
        assertEquals(Collections.nCopies(2, "operator /admin/ 192.0.2.1 1"), told());
    }

    @Test
    void hasFewEntriesForAnAddressThatThinksOfManyNames() {
        for (int i = 0; i < 500; i++) {
            refuse("guess " + i, "192.0.2.1");
        }
        refuse("anna", "192.0.2.2");
        assertEquals(Audit.MOST_OF_ADDRESS + 2, told().size());
        assertEquals(
                List.of(
                        "anna /admin/ 192.0.2.2 1",
                        "several /admin/ 192.0.2.1 " + (500 - Audit.MOST_OF_ADDRESS),
                        "guess 9 /admin/ 192.0.2.1 1"),
                told().subList(0, 3));
    }

    @Test
    void hasFewEntriesForManyAddresses() {
        for (int i = 0; i < 500; i++) {
            refuse("operator", "2001:db8::" + i);
        }
        assertEquals(Audit.MOST_SIGN_INS + 1, told().size());
        assertEquals("several /admin/ several " + (500 - Audit.MOST_SIGN_INS), told().get(0));
        // Who does something is never among them.
        audit.record("operator", "sign-in", "/admin/", "192.0.2.1", true);
        assertEquals("operator /admin/ 192.0.2.1 1", told().get(0));
    }

    @Test
    void hasFewEntriesForACallerWhoTriesMuch() {
        for (int i = 0; i < 500; i++) {
            audit.record("anna", "GET", "/api/admin/" + i, "2001:db8::" + i, false);
        }
        audit.record("bert", "GET", "/api/admin/keys", "192.0.2.1", false);
        refuse("operator", "192.0.2.1");
        assertEquals(Audit.MOST_OF_CALLER + 3, told().size());
        assertEquals(
                List.of(
                        "operator /admin/ 192.0.2.1 1",
                        "bert /api/admin/keys 192.0.2.1 1",
                        "anna several several " + (500 - Audit.MOST_OF_CALLER)),
                told().subList(0, 3));
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
