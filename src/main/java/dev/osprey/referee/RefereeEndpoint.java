package dev.osprey.referee;

import dev.osprey.access.Scope;
import dev.osprey.socket.Handshake;
import dev.osprey.socket.StreamEndpoint;
import dev.osprey.stream.Connection;
import jakarta.inject.Inject;
import jakarta.websocket.server.ServerEndpoint;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code /stream}: the frames of a bout and the scoring box's signal in, progress and the decision out. */
@ServerEndpoint(value = "/stream", configurator = Handshake.class)
public class RefereeEndpoint extends StreamEndpoint {

    private final Referee referee;

    @Inject
    RefereeEndpoint(Referee referee) {
        super("referee", Set.of(Scope.REFEREE), referee.connections(), referee.meters());
        this.referee = referee;
    }

    @Override
    protected Receiver open(Connection connection, Map<String, List<String>> query) {
        return new RefereeStream(referee, connection);
    }
}
