package dev.osprey.fingerspelling;

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

/** {@code /}: frames of a hand in, the letter it shows out. Its other addresses lead here, see {@link CoachAddress}. */
@ServerEndpoint(value = "/", configurator = Handshake.class)
public class CoachEndpoint extends StreamEndpoint {

    private final Fingerspelling fingerspelling;

    @Inject
    CoachEndpoint(Fingerspelling fingerspelling) {
        super("fingerspelling", Set.of(Scope.FINGERSPELLING), fingerspelling.connections(), fingerspelling.meters());
        this.fingerspelling = fingerspelling;
    }

    @Override
    protected Receiver open(Connection connection, Map<String, List<String>> query) {
        String model = query.getOrDefault("model", List.of()).stream()
                .findFirst()
                .orElse(fingerspelling.settings().model());
        return new CoachStream(
                fingerspelling,
                connection,
                Features.of(Feature.class, query.getOrDefault("features", List.of())),
                model);
    }
}
