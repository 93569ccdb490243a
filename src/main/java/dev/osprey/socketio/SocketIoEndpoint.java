package dev.osprey.socketio;

import dev.osprey.access.Scope;
import dev.osprey.socket.Handshake;
import dev.osprey.socket.StreamEndpoint;
import dev.osprey.stream.Connection;
import jakarta.inject.Inject;
import jakarta.websocket.server.ServerEndpoint;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code /socket.io/}: Engine.IO's WebSocket, for a new session or for one that has polled so far. */
@ServerEndpoint(value = "/socket.io/", configurator = Handshake.class)
public class SocketIoEndpoint extends StreamEndpoint {

    private final SocketIo socketIo;

    @Inject
    SocketIoEndpoint(SocketIo socketIo) {
        super("socketio", Set.of(Scope.SIGNS, Scope.STUDIO), socketIo.webSockets(), socketIo.meters());
        this.socketIo = socketIo;
    }

    @Override
    protected Receiver open(Connection connection, Map<String, List<String>> query) {
        Map<String, String> first = new HashMap<>();
        query.forEach((name, values) -> first.put(name, values.get(0)));
        // As the admission has read it; what it reads as 4 may be spelled in a way that the library takes for another
        // version.
        first.put("EIO", "4");
        String sid = first.get("sid");
        Optional<Session> session = Optional.ofNullable(sid).flatMap(socketIo::session);
        session.ifPresent(known -> first.put("sid", known.id()));
        WebSocketTransport transport = new WebSocketTransport(connection, first, socketIo.errands());
        session.ifPresent(known -> socketIo.upgrading(known, transport));
        socketIo.bring(
                connection.address(), connection.caller(), transport, engine -> engine.handleWebSocket(transport));
        return transport;
    }
}
