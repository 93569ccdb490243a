package dev.osprey.socket;

import dev.osprey.access.CrossOrigin;
import dev.osprey.config.OspreyConfig;
import jakarta.enterprise.inject.spi.CDI;
import jakarta.websocket.HandshakeResponse;
import jakarta.websocket.server.HandshakeRequest;
import jakarta.websocket.server.ServerEndpointConfig;
import java.util.List;
import java.util.Map;

/** Checks a WebSocket's origin and notes where its client is. */
public class Handshake extends ServerEndpointConfig.Configurator {

    @Override
    public boolean checkOrigin(String origin) {
        return CrossOrigin.allows(CDI.current().select(OspreyConfig.class).get().access(), origin);
    }

    @Override
    public void modifyHandshake(ServerEndpointConfig config, HandshakeRequest request, HandshakeResponse response) {
        for (Map.Entry<String, List<String>> header : request.getHeaders().entrySet()) {
            if (header.getKey().equalsIgnoreCase(RemoteAddress.HEADER)) {
                config.getUserProperties()
                        .put(RemoteAddress.PROPERTY, header.getValue().get(0));
            }
        }
        Wire.ofHandshake().ifPresent(wire -> config.getUserProperties().put(Wire.PROPERTY, wire));
    }
}
