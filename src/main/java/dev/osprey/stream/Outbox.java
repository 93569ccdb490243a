package dev.osprey.stream;

import dev.osprey.fault.RationedLog;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is to be said to one client, in order, one message in flight at a time.
 *
 * <p>A request reserves its place when it arrives and fills it when it is answered; replies leave in the order of their
 * places, however long each takes to be made. A filled reply is built only when its turn to be sent has come, so a
 * client that does not read holds memory for one message in flight and for what the replies behind it share.
 *
 * <p>Any thread may call any method. {@code pumping} marks the one thread that hands messages to the peer: a peer that
 * reports back at once, on the same thread, must not make it recurse.
 */
public final class Outbox {

    private static final Logger LOG = System.getLogger(Outbox.class.getName());

    private static final RationedLog RATIONED = new RationedLog(LOG);

    private final Peer peer;
    private final LongSupplier nanoClock;
    private final IntSupplier capacity;
    private final Runnable broken;
    private final Deque<Place> places = new ArrayDeque<>();
    private int filled;
    private boolean inFlight;
    private long inFlightSinceNanos;
    private boolean pumping;
    private boolean closed;
    private volatile Runnable roomMade = () -> {};
    private @Nullable Runnable emptied;

    /** Of the answer whose last message is in flight. */
    private Departure departing = Departure.UNTOLD;

    /** Is told once what became of an answer, outside any lock of the outbox's; perhaps under one of the peer's. */
    @FunctionalInterface
    public interface Departure {

        Departure UNTOLD = taken -> {};

        /** @param taken whether the peer has taken its last message; false where the connection ended before */
        void told(boolean taken);
    }

    /**
     * @param capacity most places that are reserved and not yet sent; asked each time
     * @param broken is told, outside any lock, when a message could not be made or sent; nothing is sent after that
     */
    Outbox(Peer peer, LongSupplier nanoClock, IntSupplier capacity, Runnable broken) {
        this.peer = peer;
        this.nanoClock = nanoClock;
        this.capacity = capacity;
        this.broken = broken;
    }

    /** {@code listener} is told, outside any lock of the outbox's, whenever a message has left; perhaps under one of the peer's. */
    public void whenRoomIsMade(Runnable listener) {
        roomMade = listener;
    }

    /** Tells the listener once, outside any lock of the outbox's: at once where nothing waits and nothing is in flight, or when it is so. */
    public void whenEmpty(Runnable listener) {
        boolean empty;
        synchronized (this) {
            empty = isEmpty();
            emptied = empty ? null : listener;
        }
        if (empty) {
            listener.run();
        }
    }

    private boolean isEmpty() {
        return !inFlight && places.isEmpty();
    }

    /** Places that are reserved, and the message in flight. */
    public synchronized int waiting() {
        return places.size() + (inFlight ? 1 : 0);
    }

    /** The next place; nothing where as many are reserved as the outbox has. */
    public synchronized Optional<Place> tryReserve() {
        if (places.size() >= capacity.getAsInt()) {
            return Optional.empty();
        }
        Place place = new Place();
        places.add(place);
        return Optional.of(place);
    }

    /** Whether a reply waits behind the one in flight: then nothing more should be made for this client. */
    public synchronized boolean isCongested() {
        return inFlight && filled > 0;
    }

    /** How long the message in flight has been so; 0 where there is none. */
    synchronized long inFlightNanos() {
        return inFlight && !closed ? nanoClock.getAsLong() - inFlightSinceNanos : 0;
    }

    /** Sends nothing more. */
    void close() {
        abandon().forEach(departure -> departure.told(false));
    }

    /** Those who are to be told that their answers will not leave. */
    private synchronized List<Departure> abandon() {
        List<Departure> waiting = places.stream()
                .filter(place -> place.answered)
                .map(place -> place.departure)
                .toList();
        closed = true;
        places.clear();
        filled = 0;
        return waiting;
    }

    private void pump() {
        synchronized (this) {
            if (pumping) {
                return;
            }
            pumping = true;
        }
        for (Supplier<Reply> next = next(); next != null; next = next()) {
            try {
                send(next.get());
            } catch (RuntimeException | Error e) {
                RATIONED.log(Level.WARNING, "An answer could not be made", "client " + peer.address(), e);
                sent(e);
            }
        }
    }

    private void send(Reply reply) {
        if (reply instanceof Reply.Text text) {
            peer.send(text.text(), this::sent);
        } else if (reply instanceof Reply.Binary binary) {
            peer.send(binary.bytes(), this::sent);
        }
    }

    /** What is to be sent now; null, and the end of pumping, where nothing is. */
    private synchronized @Nullable Supplier<Reply> next() {
        Place head = places.peek();
        if (closed || inFlight || head == null || head.replies.isEmpty()) {
            pumping = false;
            return null;
        }
        Supplier<Reply> reply = head.replies.remove();
        if (head.replies.isEmpty()) {
            places.remove();
            filled--;
            departing = head.departure;
        }
        inFlight = true;
        inFlightSinceNanos = nanoClock.getAsLong();
        return reply;
    }

    private void sent(@Nullable Throwable failure) {
        Departure departed;
        List<Departure> abandoned = List.of();
        synchronized (this) {
            inFlight = false;
            departed = departing;
            departing = Departure.UNTOLD;
            if (failure != null) {
                // At once: whoever sent one more now might wait for a lock that the peer reports the failure under.
                abandoned = abandon();
            }
        }
        departed.told(failure == null);
        abandoned.forEach(departure -> departure.told(false));
        if (failure == null) {
            pump();
            roomMade.run();
            tellEmptied();
        } else {
            broken.run();
        }
    }

    private void tellEmptied() {
        Runnable listener = null;
        synchronized (this) {
            if (emptied != null && isEmpty()) {
                listener = emptied;
                emptied = null;
            }
        }
        if (listener != null) {
            listener.run();
        }
    }

    /** One reply's position among the others. */
    public final class Place {

        private final Deque<Supplier<Reply>> replies = new ArrayDeque<>();
        private Departure departure = Departure.UNTOLD;
        private boolean answered;

        private Place() {}

        /** As {@link #fill(List)}, with one message. */
        public void fill(Supplier<Reply> made) {
            fill(List.of(made));
        }

        /**
         * Answers with messages that leave in this order, at least one; only the first answer counts. A supplier runs once, when
         * its message is about to be sent.
         */
        public void fill(List<Supplier<Reply>> made) {
            fill(made, Departure.UNTOLD);
        }

        /** As {@link #fill(List)}; {@code told} hears when the last of them has left, or that they never will. */
        public void fill(List<Supplier<Reply>> made, Departure told) {
            boolean counts;
            synchronized (Outbox.this) {
                counts = !closed && !answered;
                if (counts) {
                    answered = true;
                    departure = told;
                    replies.addAll(made);
                    filled++;
                }
            }
            if (counts) {
                pump();
            } else {
                told.told(false);
            }
        }
    }
}
