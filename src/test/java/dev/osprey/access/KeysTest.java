package dev.osprey.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.access.Caller.Allowance;
import dev.osprey.config.TestConfig;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KeysTest {

    private final AccessTables tables =
            new AccessTables(TestConfig.with("jobs.url", "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1"));
    private Instant now = Instant.parse("2030-01-01T00:00:00Z");
    private final Keys keys = new Keys(tables, () -> now);

    /** Another server on the same database. */
    private final Keys others = new Keys(tables, () -> now);

    @AfterEach
    void close() {
        tables.close();
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }

    private Keys.NewKey create(Optional<Instant> expires) {
        return keys.create("Anna's camera", false, Set.of(Scope.SIGNS), new Allowance(10, 20, 30), expires);
    }

    @Test
    void isFoundByItsTextAloneAndKeptAsAHash() {
        Keys.NewKey made = create(Optional.empty());

        Keys.Key found = keys.find(made.text()).orElseThrow();
        assertEquals(made.key().id(), found.id());
        Caller caller = found.caller();
        assertEquals(Optional.of("key:" + found.id()), caller.owner());
        assertEquals(new Allowance(10, 20, 30), caller.allowance());
        assertTrue(caller.may(Scope.SIGNS));
        assertFalse(caller.may(Scope.STUDIO));
        assertFalse(caller.operator());

        assertEquals(Optional.empty(), keys.find(made.text() + "x"));
        assertEquals(Optional.empty(), keys.find(made.text().substring(1)));
        assertTrue(made.text().startsWith(keys.all().get(0).prefix()));
        long rowsWithTheText = tables.read(manager -> manager.createQuery(
                        "select count(k) from StoredKey k where k.hash = :text or k.prefix = :text or k.name = :text",
                        Long.class)
                .setParameter("text", made.text())
                .getSingleResult());
        assertEquals(0, rowsWithTheText);
    }

    @Test
    void endsWhereItIsRevokedAndSoonElsewhere() {
        Keys.NewKey made = create(Optional.empty());
        assertTrue(others.find(made.text()).isPresent());
        assertTrue(keys.ofId(made.key().id()).isPresent());

        keys.revoke(made.key().id());
        assertEquals(Optional.empty(), keys.find(made.text()));
        assertEquals(Optional.empty(), keys.ofId(made.key().id()));
        pass(Keys.TRUSTED);
        assertEquals(Optional.empty(), others.find(made.text()));
        assertTrue(keys.all().get(0).revoked().isPresent());

        keys.revoke(made.key().id());
        OspreyException unknown = assertThrows(OspreyException.class, () -> keys.revoke("unknown"));
        assertEquals(ErrorCode.KEY_UNKNOWN, unknown.code());
    }

    @Test
    void expires() {
        Keys.NewKey made = create(Optional.of(now.plusSeconds(60)));
        assertTrue(keys.find(made.text()).isPresent());

        pass(Duration.ofSeconds(60));
        assertEquals(Optional.empty(), keys.find(made.text()));
    }

    @Test
    void notesWhenItWasUsed() {
        Keys.NewKey made = create(Optional.empty());
        assertEquals(Optional.empty(), keys.all().get(0).lastUsed());

        pass(Duration.ofHours(1));
        assertTrue(keys.find(made.text()).isPresent());
        assertEquals(Optional.of(now), keys.all().get(0).lastUsed());
    }

    @Test
    void refusesWhatIsNoKey() {
        assertSettingInvalid("", Set.of(Scope.SIGNS), Optional.empty());
        assertSettingInvalid("x".repeat(101), Set.of(Scope.SIGNS), Optional.empty());
        assertSettingInvalid("Anna", Set.of(), Optional.empty());
        assertSettingInvalid("Anna", Set.of(Scope.SIGNS), Optional.of(now.minusSeconds(1)));
        assertTrue(keys.create("The operator's script", true, Set.of(), Allowance.UNLIMITED, Optional.empty())
                .key()
                .caller()
                .operator());
    }

    private void assertSettingInvalid(String name, Set<Scope> scopes, Optional<Instant> expires) {
        OspreyException refusal = assertThrows(
                OspreyException.class, () -> keys.create(name, false, scopes, Allowance.UNLIMITED, expires));
        assertEquals(ErrorCode.SETTING_INVALID, refusal.code());
    }
}
