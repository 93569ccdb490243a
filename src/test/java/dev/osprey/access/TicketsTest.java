package dev.osprey.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TicketsTest {

    private static final Caller ANNA =
            new Caller("key:1", "Anna", false, Scope.CAPABILITIES, Caller.Allowance.UNLIMITED, new Credential.Key("1"));

    private final AtomicLong now = new AtomicLong();
    private final Tickets tickets = new Tickets(now::get);

    @Test
    void isGoodOnce() {
        String ticket = tickets.issue(ANNA);
        assertNotEquals(ticket, tickets.issue(ANNA));

        assertEquals(Optional.of(ANNA), tickets.redeem(ticket));
        assertEquals(Optional.empty(), tickets.redeem(ticket));
    }

    @Test
    void isGoodForAMinute() {
        String early = tickets.issue(ANNA);
        now.addAndGet(Tickets.LIFE.toNanos());
        String late = tickets.issue(ANNA);
        assertEquals(Optional.of(ANNA), tickets.redeem(early));

        now.addAndGet(Tickets.LIFE.toNanos() + 1);
        assertEquals(Optional.empty(), tickets.redeem(late));
        assertEquals(Optional.empty(), tickets.redeem("made up"));
    }
}
