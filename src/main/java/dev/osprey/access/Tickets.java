package dev.osprey.access;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
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
    private static final int MOST_OF_ONE = 1_000;

    private final LongSupplier nanoClock;

    /** The oldest first. */
    private final Map<String, Ticket> tickets = new LinkedHashMap<>();

    private record Ticket(Caller caller, long sinceNanos) {}

    @Inject
    Tickets() {
        this(System::nanoTime);
    }

    Tickets(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /** The oldest of a caller's own gives way where it has asked for too many. */
    public synchronized String issue(Caller caller) {
        List<String> own = tickets.entrySet().stream()
                .filter(entry -> entry.getValue().caller().id().equals(caller.id()))
                .map(Map.Entry::getKey)
                .toList();
        if (own.size() >= MOST_OF_ONE) {
            tickets.remove(own.get(0));
        }
        Iterator<Ticket> oldestFirst = tickets.values().iterator();
        while (oldestFirst.hasNext()) {
            Ticket oldest = oldestFirst.next();
            if (tickets.size() < MAX_TICKETS && !isOld(oldest)) {
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
        return Optional.ofNullable(tickets.remove(text))
                .filter(ticket -> !isOld(ticket))
                .map(Ticket::caller);
    }

    private boolean isOld(Ticket ticket) {
        return nanoClock.getAsLong() - ticket.sinceNanos() > LIFE.toNanos();
    }
}
