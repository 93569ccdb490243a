package dev.osprey.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.access.Caller.Allowance;
import dev.osprey.config.OspreyConfig;
import dev.osprey.config.TestConfig;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import jakarta.security.enterprise.identitystore.Pbkdf2PasswordHash;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How long what a caller has shown is worth something. */
class AccessControlTest {

    private static final String PASSWORD = "an operator's very own";
    private static final Optional<String> REVOKED = Optional.of("the key was revoked or has expired");
    private static final Optional<String> SIGNED_OUT = Optional.of("the sign-in has ended");

    private final OspreyConfig config = TestConfig.with(
            "jobs.url",
            "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1",
            "access.mode",
            "keys",
            "access.operator-password",
            PASSWORD);
    private final AccessTables tables = new AccessTables(config);
    private Instant now = Instant.parse("2030-01-01T00:00:00Z");
    private final Keys keys = new Keys(tables, () -> now);
    private final AccessControl access =
            new AccessControl(config, keys, new Tickets(), new Operators(tables, new Unused(), config), () -> now);

    /** The password of the settings is kept nowhere. */
    private static final class Unused implements Pbkdf2PasswordHash {

        @Override
        public String generate(char[] password) {
            throw new IllegalStateException("No password is kept");
        }

        @Override
        public boolean verify(char[] password, String hashed) {
            throw new IllegalStateException("No password is kept");
        }
    }

    @AfterEach
    void close() {
        tables.close();
    }

    private Keys.Key key(Optional<Instant> expires) {
        return keys.create("Anna's camera", false, Set.of(Scope.SIGNS), Allowance.UNLIMITED, expires)
                .key();
    }

    private static Caller somebody(Credential credential) {
        return new Caller("somebody", "Anna", false, Scope.CAPABILITIES, Allowance.UNLIMITED, credential);
    }

    private AccessControl listening(String address, String mode) {
        OspreyConfig elsewhere = TestConfig.with("server.address", address, "access.mode", mode);
        return new AccessControl(
                elsewhere, keys, new Tickets(), new Operators(tables, new Unused(), config), () -> now);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1"})
    void doesNotStartWhereOthersReachItBeforeSomebodyHasDecided(String address) {
        OspreyException refusal = assertThrows(OspreyException.class, () -> listening(address, "local"));
        assertEquals(ErrorCode.CONFIGURATION_INVALID, refusal.code());
        assertEquals(
                "The server listens on " + address + ", where others reach it, and nobody has said who may use it: set"
                        + " osprey.access.mode to keys, tokens, keys-and-tokens or, for everybody, open",
                refusal.detail());
        assertTrue(listening(address, "keys").asksWho());
        assertFalse(listening(address, "open").asksWho());
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.1.2.3", "::1"})
    void asksNobodyOnThisMachineAlone(String address) {
        assertFalse(listening(address, "local").asksWho());
    }

    @Test
    void hasNothingAgainstWhoNeedNotShowAnything() {
        assertEquals(Optional.empty(), access.objection(Caller.ANYBODY));
    }

    @Test
    void doesNotKnowAKeyThatWasRevokedOrHasExpired() {
        Keys.Key revoked = key(Optional.empty());
        Keys.Key ends = key(Optional.of(now.plusSeconds(60)));
        assertEquals(Optional.empty(), access.objection(revoked.caller()));
        assertEquals(Optional.empty(), access.objection(ends.caller()));

        keys.revoke(revoked.id());
        assertEquals(REVOKED, access.objection(revoked.caller()));
        assertEquals(Optional.empty(), access.objection(ends.caller()));

        now = now.plus(Duration.ofSeconds(60));
        assertEquals(REVOKED, access.objection(ends.caller()));
    }

    @Test
    void doesNotKnowATokenThatHasExpired() {
        Caller caller = somebody(new Credential.Token(now.plusSeconds(60)));
        assertEquals(Optional.empty(), access.objection(caller));
        now = now.plusSeconds(60);
        assertEquals(Optional.of("the token has expired"), access.objection(caller));
    }

    @Test
    void doesNotKnowASignInThatHasEnded() {
        SignedIn operators = new SignedIn("operator", "", 0, "token");
        Caller operator = somebody(new Credential.Cookie(operators));
        assertEquals(Optional.empty(), access.objection(operator));
        operators.end();
        assertEquals(SIGNED_OUT, access.objection(operator));

        Caller ofAnotherPassword = somebody(new Credential.Cookie(new SignedIn("operator", "", 1, "token")));
        assertEquals(SIGNED_OUT, access.objection(ofAnotherPassword));

        Keys.NewKey made = keys.create("Anna", false, Set.of(Scope.SIGNS), Allowance.UNLIMITED, Optional.empty());
        Caller byKey = somebody(new Credential.Cookie(new SignedIn("Anna", Secret.hash(made.text()), 0, "token")));
        assertEquals(Optional.empty(), access.objection(byKey));
        keys.revoke(made.key().id());
        assertEquals(SIGNED_OUT, access.objection(byKey));
    }

    @Test
    void tellsNobodyToGoWhileTheDatabaseIsAway() {
        AccessTables away = new AccessTables(TestConfig.with("jobs.url", "jdbc:postgresql://127.0.0.1:1/none"));
        AccessControl blind = new AccessControl(
                config, new Keys(away), new Tickets(), new Operators(away, new Unused(), config), () -> now);
        assertEquals(Optional.empty(), blind.objection(somebody(new Credential.Key("unknown"))));
        assertEquals(REVOKED, access.objection(somebody(new Credential.Key("unknown"))));
    }
}
