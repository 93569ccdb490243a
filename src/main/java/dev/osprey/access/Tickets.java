package dev.osprey.access;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * What a browser shows in an address, where it can send no header: good for one handshake within a minute. Kept in memory, so it must
 * come to the server that gave it out. Any thread.
 */
@Singleton
public final class Tickets {

    public static final Duration LIFE = Duration.ofMinutes(1);

    private static final int TICKET_BYTES = 24;
    private static final int MAX_TICKETS = 10_000;

    private final LongSupplier nanoClock;

    /** The oldest first; also those that were used, which a Socket.IO client shows again with every poll. */
    private final Map<String, Ticket> tickets = new LinkedHashMap<>();

    private static final class Ticket {
        private final Caller caller;
        private final long sinceNanos;
        private boolean used;

        Ticket(Caller caller, long sinceNanos) {
            this.caller = caller;
            this.sinceNanos = sinceNanos;
        }
    }

    @Inject
    Tickets() {
        this(System::nanoTime);
    }

    Tickets(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    public synchronized String issue(Caller caller) {
        Iterator<Ticket> oldestFirst = tickets.values().iterator();
        while (oldestFirst.hasNext()) {
            Ticket oldest = oldestFirst.next();
            if (tickets.size() < MAX_TICKETS && (oldest.used || !isOld(oldest))) {
                break;
            }
            oldestFirst.remove();
        }
        String text = Secret.random(TICKET_BYTES);
        tickets.put(text, new Ticket(caller, nanoClock.getAsLong()));
        return text;
    }

    /** Who a ticket was given to, the first time and within its life. */
    synchronized Optional<Caller> redeem(String text) {
        Ticket ticket = tickets.get(text);
        if (ticket == null || ticket.used || isOld(ticket)) {
            return Optional.empty();
        }
        ticket.used = true;
        return Optional.of(ticket.caller);
    }

    /** Who has used a ticket: for what belongs to the connection that it opened. */
    synchronized Optional<Caller> used(String text) {
        Ticket ticket = tickets.get(text);
        return ticket != null && ticket.used ? Optional.of(ticket.caller) : Optional.empty();
    }

    private boolean isOld(Ticket ticket) {
        return nanoClock.getAsLong() - ticket.sinceNanos > LIFE.toNanos();
    }
}
