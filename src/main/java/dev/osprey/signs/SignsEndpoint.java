package dev.osprey.signs;

import dev.osprey.access.Scope;
import dev.osprey.socket.Features;
import dev.osprey.socket.Handshake;
import dev.osprey.socket.StreamEndpoint;
import dev.osprey.stream.Connection;
import jakarta.inject.Inject;
import jakarta.websocket.server.ServerEndpoint;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code /signs}: the protocol's older variant, JSON over a plain WebSocket. */
@ServerEndpoint(value = SignsEndpoint.PATH, configurator = Handshake.class)
public class SignsEndpoint extends StreamEndpoint {

    static final String PATH = "/signs";

    private final Signs signs;

    @Inject
    SignsEndpoint(Signs signs) {
        super("signs", Set.of(Scope.SIGNS), signs.connections(), signs.meters());
        this.signs = signs;
    }

    @Override
    protected Receiver open(Connection connection, Map<String, List<String>> query) {
        return new SignsConnection(
                signs, connection, Features.of(Feature.class, query.getOrDefault("features", List.of())));
    }
}
