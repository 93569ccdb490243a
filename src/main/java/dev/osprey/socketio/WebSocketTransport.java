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
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A WebSocket as Engine.IO's transport, within the limits of every other stream. Any thread. */
final class WebSocketTransport extends EngineIoWebSocket implements StreamEndpoint.Receiver {

    private static final String NO_PACKET = "not a packet";
    private static final String NO_SESSION = "this WebSocket belongs to no session";

    private final Connection connection;
    private final Map<String, String> query;
    private volatile @Nullable Session session;

    /** @param errands threads on which no lock is held */
    WebSocketTransport(Connection connection, Map<String, String> query, Executor errands) {
        this.connection = connection;
        this.query = query;
        // The container tells of a message that has left under a lock of its own, for which those wait who send under
        // the session's.
        connection.outbox().whenRoomIsMade(() -> errands.execute(this::roomIsMade));
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
        if (carried == null || !isPacket(message)) {
            take(message, Optional.of(carried == null ? NO_SESSION : NO_PACKET));
        } else {
            take(message, carried.objection(message));
        }
    }

    /** Whether it begins as a packet does; the library passes over what does not, in silence, or takes it for an attachment. */
    private static boolean isPacket(String message) {
        return !message.isEmpty() && message.charAt(0) >= '0' && message.charAt(0) <= '6';
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
