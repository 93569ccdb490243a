package dev.osprey.stream;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A client that remembers what it was sent, and reads at once or one message at a time. Any thread. */
public final class FakePeer implements Peer {

    private final String address;
    private final boolean readsAtOnce;
    private final List<Object> sent = new ArrayList<>();
    private final Deque<Consumer<@Nullable Throwable>> unread = new ArrayDeque<>();
    private final List<String> closed = new ArrayList<>();
    private int pings;

    private FakePeer(String address, boolean readsAtOnce) {
        this.address = address;
        this.readsAtOnce = readsAtOnce;
    }

    /** Reports every message as read before {@code send} returns. */
    public static FakePeer thatReadsAtOnce() {
        return new FakePeer("192.0.2.1", true);
    }

    /** Reads when {@link #read} is called. */
    public static FakePeer thatReadsWhenTold() {
        return new FakePeer("192.0.2.1", false);
    }

    static FakePeer at(String address) {
        return new FakePeer(address, true);
    }

    @Override
    public void send(String text, Consumer<@Nullable Throwable> done) {
        take(text, done);
    }

    @Override
    public void send(ByteBuffer binary, Consumer<@Nullable Throwable> done) {
        take(binary, done);
    }

    private void take(Object message, Consumer<@Nullable Throwable> done) {
        synchronized (this) {
            sent.add(message);
            if (!readsAtOnce) {
                unread.add(done);
            }
            notifyAll();
        }
        if (readsAtOnce) {
            done.accept(null);
        }
    }

    /** The message in flight has been read. */
    public void read() {
        next().accept(null);
    }

    /** The message in flight was lost. */
    public void lose() {
        next().accept(new IllegalStateException("the client is gone"));
    }

    private synchronized Consumer<@Nullable Throwable> next() {
        return unread.remove();
    }

    @Override
    public synchronized void ping() {
        pings++;
    }

    @Override
    public synchronized void close(CloseCode code, String reason) {
        closed.add(code.code() + " " + reason);
    }

    @Override
    public String address() {
        return address;
    }

    /** Texts and buffers, in the order of their sending. */
    public synchronized List<Object> sent() {
        return List.copyOf(sent);
    }

    /** Waits until so many messages were sent in all. */
    public synchronized void awaitSent(int count) throws InterruptedException {
        long giveUp = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (sent.size() < count) {
            long leftMillis = (giveUp - System.nanoTime()) / 1_000_000;
            if (leftMillis <= 0) {
                throw new AssertionError(sent.size() + " messages were sent, expected " + count);
            }
            wait(leftMillis);
        }
    }

    /** Code and reason of every close. */
    public synchronized List<String> closed() {
        return List.copyOf(closed);
    }

    synchronized int inFlight() {
        return unread.size();
    }

    synchronized int pings() {
        return pings;
    }
}
