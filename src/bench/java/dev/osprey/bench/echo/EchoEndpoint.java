package dev.osprey.bench.echo;

import dev.osprey.socket.WebSocketPeer;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.PathParam;
import jakarta.websocket.server.ServerEndpoint;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Answers a text with a text and bytes with bytes, as large as the path says; sends as Osprey does. */
@ServerEndpoint("/{size}")
public class EchoEndpoint {

    private static final int MAX_MESSAGE_BYTES = 1 << 20;

    private @Nullable WebSocketPeer peer;
    private String text = "";
    private byte[] bytes = {};

    /** @param size of every answer: characters of a text, bytes otherwise */
    @OnOpen
    public void open(Session session, @PathParam("size") int size) {
        session.setMaxTextMessageBufferSize(MAX_MESSAGE_BYTES);
        session.setMaxBinaryMessageBufferSize(MAX_MESSAGE_BYTES);
        peer = new WebSocketPeer(session);
        text = "x".repeat(size);
        bytes = new byte[size];
    }

    @OnMessage
    public void answer(String message) {
        if (peer != null) {
            peer.send(text, failure -> {});
        }
    }

    @OnMessage
    public void answer(ByteBuffer message) {
        if (peer != null) {
            peer.send(ByteBuffer.wrap(bytes), failure -> {});
        }
    }
}
