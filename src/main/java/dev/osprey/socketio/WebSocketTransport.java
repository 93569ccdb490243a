package dev.osprey.socketio;

import dev.osprey.socket.StreamEndpoint;
import dev.osprey.stream.CloseCode;
import dev.osprey.stream.Connection;
import dev.osprey.stream.Outbox.Place;
import dev.osprey.stream.Reply;
import io.socket.engineio.server.EngineIoWebSocket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A WebSocket as Engine.IO's transport, within the limits of every other stream. Any thread. */
final class WebSocketTransport extends EngineIoWebSocket implements StreamEndpoint.Receiver {

    private static final String NO_SESSION = "this WebSocket belongs to no session";

    private final Connection connection;
    private final Map<String, String> query;
    private volatile @Nullable Session session;

    WebSocketTransport(Connection connection, Map<String, String> query) {
        this.connection = connection;
        this.query = query;
        connection.outbox().whenRoomIsMade(this::roomIsMade);
    }

    /** Whose messages these are. */
    void carries(Session itsSession) {
        session = itsSession;
    }

    /** Messages that have not left. */
    int waiting() {
        return connection.outbox().waiting();
    }

    private void roomIsMade() {
        Session carried = session;
        if (carried != null) {
            carried.roomIsMade();
        }
    }

    @Override
    public Connection connection() {
        return connection;
    }

    @Override
    public void text(String message) {
        Session carried = session;
        take(
                message,
                carried == null ? Optional.of(NO_SESSION) : carried.limits().objection(message));
    }

    @Override
    public void binary(ByteBuffer message) {
        byte[] bytes = new byte[message.remaining()];
        message.get(bytes);
        Session carried = session;
        take(bytes, carried == null ? Optional.of(NO_SESSION) : carried.limits().objection(bytes.length));
    }

    private void take(Object message, Optional<String> objection) {
        if (objection.isEmpty()) {
            emit("message", message);
        } else {
            connection.close(CloseCode.POLICY_VIOLATED, objection.get());
            emit("close");
        }
    }

    @Override
    public void end() {
        connection.end();
        emit("close");
    }

    @Override
    public Map<String, String> getQuery() {
        return query;
    }

    @Override
    public Map<String, List<String>> getConnectionHeaders() {
        return Map.of();
    }

    @Override
    public void write(String message) {
        write(new Reply.Text(message));
    }

    @Override
    public void write(byte[] message) {
        write(new Reply.Binary(ByteBuffer.wrap(message)));
    }

    private void write(Reply reply) {
        Optional<Place> place = connection.outbox().tryReserve();
        if (place.isPresent()) {
            place.get().fill(() -> reply);
        } else {
            connection.closeFlooded();
        }
    }

    /** When what was written has left. */
    @Override
    public void close() {
        connection.outbox().whenEmpty(() -> connection.close(CloseCode.NORMAL, ""));
    }
}
