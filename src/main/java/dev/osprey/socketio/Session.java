package dev.osprey.socketio;

import dev.osprey.access.Caller;
import dev.osprey.access.Secret;
import dev.osprey.stream.CloseCode;
import io.socket.engineio.server.EngineIoSocket;
import io.socket.socketio.server.SocketIoSocket;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One client of Engine.IO, whichever transport it is on: what waits for it, and what it may send. Any thread. */
final class Session {

    /** Messages that wait for a client that reads: a few seconds of frames with their acknowledgements, for one that polls slowly. */
    static final int CONGESTED = 128;

    private static final int SECRET_BYTES = 18;

    /** How a packet begins with which a client joins a namespace. */
    private static final String JOIN = "40";

    private final EngineIoSocket engine;
    private final String address;
    private final Caller caller;
    private final String knownAs;
    private final PacketLimits limits;
    private final int maxWaiting;

    /** Messages that the library keeps until the next poll. */
    private final AtomicInteger buffered = new AtomicInteger();

    private final Backlog backlog = new Backlog();
    private final AtomicReference<@Nullable SocketIoSocket> member = new AtomicReference<>();
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
            Caller caller,
            @Nullable WebSocketTransport webSocket,
            int maxAttachmentBytes,
            int maxWaiting) {
        this.engine = engine;
        this.address = address;
        this.caller = caller;
        this.knownAs = engine.getId() + "." + Secret.random(SECRET_BYTES);
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

    /** The library's id, which is made of the time and can be guessed, a dot, and what cannot. */
    String knownAs() {
        return knownAs;
    }

    boolean isKnownAs(String sid) {
        return Secret.areEqual(knownAs, sid);
    }

    /** As the library calls it. */
    String id() {
        return engine.getId();
    }

    Caller caller() {
        return caller;
    }

    /** Why a packet in text may not come now. */
    Optional<String> objection(String packet) {
        if (packet.startsWith(JOIN)) {
            // Answered by the library itself, also where there is no such namespace.
            aboutToSend();
        }
        return limits.objection(packet);
    }

    PacketLimits limits() {
        return limits;
    }

    /** Whether this is the first time: a client joins the namespace once. */
    boolean tryJoin(SocketIoSocket socket) {
        return member.compareAndSet(null, socket);
    }

    /** Ends it where the client is in no namespace. */
    void closeUnlessJoined() {
        SocketIoSocket joined = member.get();
        if (joined == null || !joined.isConnected()) {
            engine.close();
        }
    }

    /**
     * Has the client leave and ends the session. Not as the library closes a connection by itself: it would no longer hear of the
     * end then, and keep the session for ever.
     */
    void disconnect() {
        SocketIoSocket joined = member.get();
        if (joined != null) {
            joined.disconnect(false);
        }
        engine.close();
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

    /** Ends a WebSocket that its client has opened to change to, and has not changed to. */
    void closeUnlessUpgraded(WebSocketTransport transport) {
        if (candidate == transport) {
            transport.connection().close(CloseCode.POLICY_VIOLATED, "the upgrade took too long");
        }
    }

    boolean polls() {
        return webSocket == null;
    }

    private void upgraded() {
        WebSocketTransport transport = candidate;
        candidate = null;
        if (transport != null) {
            backlog.takeAll().forEach(transport::write);
        }
        webSocket = transport;
    }

    /** What a poll is answered by, of what the library sends now. */
    String keepRest(String payload) {
        return backlog.keepRest(payload);
    }

    /** What a poll is answered by where former ones have left something over. */
    Optional<String> nextOfBacklog() {
        Optional<String> next = backlog.next();
        if (next.isPresent()) {
            roomIsMade();
        }
        return next;
    }

    private void drained() {
        // Of what another thread adds at this moment one may stay uncounted until the next time: the limits are not
        // that exact.
        buffered.set(0);
        roomIsMade();
    }

    /** A message is about to be handed to the library. Whoever lets that many wait is gone, or does not want them. */
    void aboutToSend() {
        if (buffered.incrementAndGet() + backlog.size() > maxWaiting) {
            engine.close();
        }
    }

    /** Messages that were sent and have not left. */
    int waiting() {
        WebSocketTransport transport = webSocket;
        return buffered.get() + backlog.size() + (transport == null ? 0 : transport.waiting());
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
