package dev.osprey.stream;

import dev.osprey.access.Caller;
import dev.osprey.config.OspreyConfig;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** One client that was let in: its outbox, its signs of life, its end. Any thread. */
public final class Connection implements LiveStream {

    private final Connections connections;
    private final Peer peer;
    private final Supplier<OspreyConfig.Stream> limits;
    private final LongSupplier nanoClock;
    private final Outbox outbox;
    private final Activity activity = new Activity();
    private final AtomicBoolean ended = new AtomicBoolean();
    private long lastPingNanos;
    private boolean pongAwaited;
    private int malformedMessages;

    Connection(Connections connections, Peer peer, Supplier<OspreyConfig.Stream> limits, LongSupplier nanoClock) {
        this.connections = connections;
        this.peer = peer;
        this.limits = limits;
        this.nanoClock = nanoClock;
        this.outbox = new Outbox(peer, nanoClock, () -> limits.get().maxUnanswered(), this::broken);
        this.lastPingNanos = nanoClock.getAsLong();
    }

    @Override
    public String address() {
        return peer.address();
    }

    @Override
    public Caller caller() {
        return peer.caller();
    }

    @Override
    public Activity activity() {
        return activity;
    }

    @Override
    public int waiting() {
        return outbox.waiting();
    }

    public Outbox outbox() {
        return outbox;
    }

    /** The client answered a ping. */
    public synchronized void pongReceived() {
        pongAwaited = false;
    }

    /** Whether one more malformed message is answered rather than the connection ended. */
    public synchronized boolean tryForgive() {
        return ++malformedMessages <= limits.get().maxMalformedMessages();
    }

    /** Whether a message is taken: not where the server stops; where it is too large, the connection is ended. */
    public boolean tryAccept(long messageBytes) {
        if (hasEnded() || connections.isRetired()) {
            return false;
        }
        boolean fits = messageBytes <= limits.get().maxMessageBytes();
        if (!fits) {
            connections.closed("max-message-bytes");
            close(
                    CloseCode.MESSAGE_TOO_BIG,
                    "the message has %d bytes, the limit is %d"
                            .formatted(messageBytes, limits.get().maxMessageBytes()));
        }
        return fits;
    }

    /** Ends the connection where no place is left in its outbox: more is asked than read. */
    public void closeFlooded() {
        if (!hasEnded()) {
            close(
                    CloseCode.POLICY_VIOLATED,
                    "%d messages are unanswered, the limit is %d"
                            .formatted(
                                    limits.get().maxUnanswered(), limits.get().maxUnanswered()));
        }
    }

    public boolean hasEnded() {
        return ended.get();
    }

    /** Ends the connection from the server's side. */
    @Override
    public void close(CloseCode code, String reason) {
        if (end()) {
            peer.close(code, reason);
        }
    }

    void closeGoingAway() {
        close(CloseCode.GOING_AWAY, "the server is stopping");
    }

    /** Ends the connection as soon as nothing waits for the client any more. */
    void dismiss() {
        outbox.whenEmpty(this::closeGoingAway);
    }

    private void broken() {
        close(CloseCode.INTERNAL_ERROR, "a message could not be sent");
    }

    /** Frees what the connection held; true the first time. Called when it has ended, whoever ended it. */
    public boolean end() {
        boolean first = ended.compareAndSet(false, true);
        if (first) {
            outbox.close();
            connections.remove(this, peer.address());
        }
        return first;
    }

    /** Pings, and ends a connection that takes too long to read or to answer. Called every second or so. */
    void check() {
        if (outbox.inFlightNanos() > limits.get().sendTimeout().toNanos()) {
            connections.closed("send-timeout");
            close(
                    CloseCode.TRY_AGAIN_LATER,
                    "no message was read for " + limits.get().sendTimeout().toMillis() + " ms");
            return;
        }
        boolean ping = false;
        boolean silent = false;
        synchronized (this) {
            long sinceNanos = nanoClock.getAsLong() - lastPingNanos;
            if (pongAwaited) {
                silent = sinceNanos > limits.get().pongTimeout().toNanos();
            } else if (sinceNanos > limits.get().pingInterval().toNanos()) {
                lastPingNanos += sinceNanos;
                pongAwaited = true;
                ping = true;
            }
        }
        if (silent) {
            connections.closed("pong-timeout");
            close(
                    CloseCode.TRY_AGAIN_LATER,
                    "no pong for " + limits.get().pongTimeout().toMillis() + " ms");
        } else if (ping) {
            peer.ping();
        }
    }
}
