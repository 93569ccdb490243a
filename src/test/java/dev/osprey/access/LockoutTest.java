package dev.osprey.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LockoutTest {

    private final AtomicLong now = new AtomicLong();
    private final Lockout lockout = new Lockout(now::get);

    private void fail(int times, String name, String address) {
        for (int i = 0; i < times; i++) {
            lockout.failed(name, address);
        }
    }

    @Test
    void holdsOffWhoGuessesFromOneAddressAndNobodyElse() {
        fail(Lockout.FROM_ONE_ADDRESS - 1, "operator", "a");
        assertEquals(Optional.empty(), lockout.heldFor("operator", "a"));

        fail(1, "operator", "a");
        assertEquals(Optional.of(Lockout.HELD), lockout.heldFor("operator", "a"));
        assertEquals(Optional.empty(), lockout.heldFor("operator", "b"));
        assertEquals(Optional.empty(), lockout.heldFor("another", "a"));

        now.addAndGet(Lockout.HELD.toNanos() - 1);
        assertEquals(Optional.of(Duration.ofNanos(1)), lockout.heldFor("operator", "a"));
        now.addAndGet(1);
        assertEquals(Optional.empty(), lockout.heldFor("operator", "a"));
    }

    @Test
    void holdsOffANameThatIsGuessedFromEverywhere() {
        for (int i = 0; i < Lockout.FROM_ANYWHERE; i++) {
            fail(1, "operator", "address " + i);
        }
        assertTrue(lockout.heldFor("operator", "another").isPresent());
    }

    @Test
    void beginsAnewAfterARightPasswordAndAfterAWhile() {
        fail(Lockout.FROM_ONE_ADDRESS - 1, "operator", "a");
        lockout.succeeded("operator", "a");
        fail(1, "operator", "a");
        assertEquals(Optional.empty(), lockout.heldFor("operator", "a"));

        fail(Lockout.FROM_ONE_ADDRESS - 2, "operator", "a");
        now.addAndGet(Lockout.HELD.toNanos() + 1);
        fail(1, "operator", "a");
        assertEquals(Optional.empty(), lockout.heldFor("operator", "a"));
    }
}
