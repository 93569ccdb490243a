package dev.osprey.segmentation;

import dev.osprey.socket.Handshake;
import dev.osprey.socket.Parts;
import dev.osprey.socket.WebSocketPeer;
import dev.osprey.stream.CloseCode;
import dev.osprey.stream.Connections.Entry;
import jakarta.inject.Inject;
import jakarta.websocket.CloseReason;
import jakarta.websocket.OnClose;
import jakarta.websocket.OnError;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.PongMessage;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code /ws}: frames in, segmented frames out. One instance a connection; requests come one at a time. */
@ServerEndpoint(value = "/ws", configurator = Handshake.class)
public class SegmentationEndpoint {

    private static final Logger LOG = System.getLogger(SegmentationEndpoint.class.getName());

    private final Segmentation segmentation;
    private final Parts parts = new Parts();
    private @Nullable WebSocketPeer peer;
    private @Nullable SegmentationStream stream;

    @Inject
    SegmentationEndpoint(Segmentation segmentation) {
        this.segmentation = segmentation;
    }

    @OnOpen
    public void open(Session session) {
        WebSocketPeer client = new WebSocketPeer(session);
        peer = client;
        Entry entry = segmentation.connections().enter(client);
        if (entry instanceof Entry.Refused refused) {
            client.close(CloseCode.TRY_AGAIN_LATER, refused.reason());
        } else if (entry instanceof Entry.Admitted admitted) {
            Set<Feature> features = Feature.of(session.getRequestParameterMap().getOrDefault("features", List.of()));
            stream = new SegmentationStream(segmentation, admitted.connection(), features);
            stream.open();
        }
    }

    @OnMessage
    public void text(String part, boolean last) {
        // Base64, of which a large message consists, is a byte a character.
        if (stream != null && stream.connection().tryAccept((long) parts.size() + part.length())) {
            SegmentationStream receiver = stream;
            parts.add(part, last).map(RequestReader::read).ifPresent(receiver::receive);
        }
    }

    @OnMessage
    public void binary(ByteBuffer part, boolean last) {
        if (stream != null && stream.connection().tryAccept((long) parts.size() + part.remaining())) {
            SegmentationStream receiver = stream;
            parts.add(part, last)
                    .ifPresent(
                            message -> receiver.receive(
                                    receiver.wants(Feature.BINARY)
                                            ? RequestReader.read(message)
                                            : new Request.Malformed(
                                                    "A binary message was sent on a connection that did not ask for the feature binary")));
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
        if (stream != null) {
            stream.end();
        }
        if (peer != null) {
            segmentation.connections().leave(peer.cut());
        }
        segmentation.meters().disconnected("segmentation", reason.getCloseCode().getCode());
    }

    /** A client that is gone is no error of the server's; the container closes the session by itself. */
    @OnError
    public void error(Throwable failure) {
        LOG.log(Level.DEBUG, "A connection failed", failure);
    }
}
