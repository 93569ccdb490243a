package dev.osprey.socket;

import dev.osprey.access.Scope;
import dev.osprey.metrics.Meters;
import dev.osprey.stream.CloseCode;
import dev.osprey.stream.Connection;
import dev.osprey.stream.Connections;
import dev.osprey.stream.Connections.Entry;
import jakarta.websocket.CloseReason;
import jakarta.websocket.OnClose;
import jakarta.websocket.OnError;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.PongMessage;
import jakarta.websocket.Session;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The entrance of a capability whose clients stream: lets them in, puts their messages together within the limits, and tells
 * the stream. One instance a connection; messages come one at a time.
 */
public abstract class StreamEndpoint {

    private static final Logger LOG = System.getLogger(StreamEndpoint.class.getName());

    private final String capability;
    private final Set<Scope> scopes;
    private final Connections connections;
    private final Meters meters;
    private final Parts parts = new Parts();
    private @Nullable WebSocketPeer peer;
    private @Nullable Receiver stream;

    /** The connection has ended, perhaps before its stream was there. */
    private boolean closed;

    /** One client's stream. Messages come one at a time; the end may come at any time. */
    public interface Receiver {

        Connection connection();

        /** Takes one message; never waits. */
        void text(String message);

        /** As {@link #text}; what is kept of the buffer must be copied. */
        void binary(ByteBuffer message);

        /** The connection has ended. */
        void end();
    }

    /**
     * @param capability as its metrics name it
     * @param scopes of which a client must have one
     */
    protected StreamEndpoint(String capability, Set<Scope> scopes, Connections connections, Meters meters) {
        this.capability = capability;
        this.scopes = scopes;
        this.connections = connections;
        this.meters = meters;
    }

    /** Opens the stream of a client that was let in. */
    protected abstract Receiver open(Connection connection, Map<String, List<String>> query);

    @OnOpen
    public void open(Session session) {
        WebSocketPeer client = new WebSocketPeer(session);
        peer = client;
        // Once more, whatever the address was that led here.
        if (scopes.stream().noneMatch(client.caller()::may)) {
            client.close(CloseCode.POLICY_VIOLATED, "the key or token is not for this");
            return;
        }
        Entry entry = connections.enter(client);
        if (entry instanceof Entry.Refused refused) {
            client.close(CloseCode.TRY_AGAIN_LATER, refused.reason());
        } else if (entry instanceof Entry.Admitted admitted) {
            admitted.connection().activity().serves(capability);
            begin(open(admitted.connection(), session.getRequestParameterMap()), session.isOpen());
        }
    }

    /** @param open whether the client is still there; of one that has left meanwhile nobody else tells the stream */
    private void begin(Receiver opened, boolean open) {
        boolean late;
        synchronized (this) {
            stream = opened;
            late = closed || !open;
            closed |= late;
        }
        if (late) {
            opened.end();
        }
    }

    @OnMessage
    public void text(String part, boolean last) {
        // Base64, of which a large message consists, is a byte a character.
        if (stream != null && stream.connection().tryAccept((long) parts.size() + part.length())) {
            parts.add(part, last).ifPresent(stream::text);
        }
    }

    @OnMessage
    public void binary(ByteBuffer part, boolean last) {
        if (stream != null && stream.connection().tryAccept((long) parts.size() + part.remaining())) {
            parts.add(part, last).ifPresent(stream::binary);
        }
    }

    @OnMessage
    public void pong(PongMessage message) {
        if (stream != null) {
            stream.connection().pongReceived();
        }
    }

    @OnClose
    public void close(CloseReason reason) {
        Receiver ended;
        synchronized (this) {
            ended = closed ? null : stream;
            closed = true;
        }
        if (ended != null) {
            ended.end();
        }
        if (peer != null) {
            connections.leave(peer.cut());
        }
        meters.disconnected(capability, reason.getCloseCode().getCode());
    }

    /** A client that is gone is no error of the server's; the container closes the session by itself. */
    @OnError
    public void error(Throwable failure) {
        LOG.log(Level.DEBUG, "A connection failed", failure);
    }
}
