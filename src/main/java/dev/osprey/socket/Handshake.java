package dev.osprey.socket;

import dev.osprey.access.AccessControl;
import dev.osprey.access.CrossOrigin;
import dev.osprey.config.Settings;
import jakarta.enterprise.inject.spi.CDI;
import jakarta.websocket.HandshakeResponse;
import jakarta.websocket.server.HandshakeRequest;
import jakarta.websocket.server.ServerEndpointConfig;
import java.util.List;
import java.util.Map;

/** Checks a WebSocket's origin and notes who its client is, and where. */
public class Handshake extends ServerEndpointConfig.Configurator {

    @Override
    public boolean checkOrigin(String origin) {
        return CrossOrigin.allows(
                CDI.current().select(Settings.class).get().current().access(), origin);
    }

    /** The one that stands beside a credential, which is no protocol and is not answered. */
    @Override
    public String getNegotiatedSubprotocol(List<String> supported, List<String> requested) {
        return requested.contains(AccessControl.SUBPROTOCOL) ? AccessControl.SUBPROTOCOL : "";
    }

    @Override
    public void modifyHandshake(ServerEndpointConfig config, HandshakeRequest request, HandshakeResponse response) {
        for (Map.Entry<String, List<String>> header : request.getHeaders().entrySet()) {
            if (header.getKey().equalsIgnoreCase(RemoteAddress.HEADER)) {
                config.getUserProperties()
                        .put(RemoteAddress.PROPERTY, header.getValue().get(0));
            }
        }
        config.getUserProperties().put(WebSocketPeer.CALLER, Wire.callerOfHandshake());
        Wire.ofHandshake().ifPresent(wire -> config.getUserProperties().put(Wire.PROPERTY, wire));
    }
}
