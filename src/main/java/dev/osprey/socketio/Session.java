package dev.osprey.socketio;

import io.socket.engineio.server.EngineIoSocket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One client of Engine.IO, whichever transport it is on: what waits for it, and what it may send. Any thread. */
final class Session {

    /** Messages that wait for a client that reads. */
    static final int CONGESTED = 32;

    private final EngineIoSocket engine;
    private final String address;
    private final PacketLimits limits;
    private final int maxWaiting;

    /** Messages that the library keeps until the next poll. */
    private final AtomicInteger buffered = new AtomicInteger();

    private final AtomicBoolean joined = new AtomicBoolean();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    /** Null while the client polls. */
    private volatile @Nullable WebSocketTransport webSocket;

    /** What a client that polls has opened to change to; null where it has not. */
    private volatile @Nullable WebSocketTransport candidate;

    /**
     * @param maxAttachmentBytes of one event
     * @param maxWaiting messages that wait for a client; with one more it is given up
     */
    Session(
            EngineIoSocket engine,
            String address,
            @Nullable WebSocketTransport webSocket,
            int maxAttachmentBytes,
            int maxWaiting) {
        this.engine = engine;
        this.address = address;
        this.webSocket = webSocket;
        this.limits = new PacketLimits(maxAttachmentBytes);
        this.maxWaiting = maxWaiting;
        if (webSocket != null) {
            webSocket.carries(this);
        }
        engine.on("upgrade", arguments -> upgraded());
        engine.on("drain", arguments -> drained());
    }

    String address() {
        return address;
    }

    PacketLimits limits() {
        return limits;
    }

    /** Whether this is the first time: a client joins the namespace once. */
    boolean tryJoin() {
        return joined.compareAndSet(false, true);
    }

    /** The client that polls has opened a WebSocket and may change to it. */
    void upgradingTo(WebSocketTransport transport) {
        WebSocketTransport other = candidate;
        // One at a time; the library turns a second one away.
        if (webSocket == null && (other == null || other.connection().hasEnded())) {
            candidate = transport;
            transport.carries(this);
        }
    }

    private void upgraded() {
        webSocket = candidate;
        candidate = null;
    }

    private void drained() {
        // Short by what another thread is just about to add, which its own sending makes good.
        buffered.set(0);
        roomIsMade();
    }

    /** A message is about to be handed to the library. Whoever lets that many wait is gone, or does not want them. */
    void aboutToSend() {
        if (buffered.incrementAndGet() > maxWaiting) {
            engine.close();
        }
    }

    /** Messages that were sent and have not left. */
    int waiting() {
        WebSocketTransport transport = webSocket;
        return buffered.get() + (transport == null ? 0 : transport.waiting());
    }

    void whenRoomIsMade(Runnable listener) {
        listeners.add(listener);
    }

    void roomIsMade() {
        listeners.forEach(Runnable::run);
    }

    /** Ends it for what the client did. */
    void close() {
        engine.close();
    }
}
