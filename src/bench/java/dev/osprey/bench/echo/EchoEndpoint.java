package dev.osprey.bench.echo;

import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.PathParam;
import jakarta.websocket.server.ServerEndpoint;
import java.nio.ByteBuffer;

/**
 * Answers a text with a text and bytes with bytes, as large as the path says. Sends as Osprey does, with a context class loader
 * under which the server's timers cost little, so that it is the floor.
 */
@ServerEndpoint("/{size}")
public class EchoEndpoint {

    private static final int MAX_MESSAGE_BYTES = 1 << 20;

    private String text = "";
    private byte[] bytes = {};

    /** @param size of every answer: characters of a text, bytes otherwise */
    @OnOpen
    public void open(Session session, @PathParam("size") int size) {
        session.setMaxTextMessageBufferSize(MAX_MESSAGE_BYTES);
        session.setMaxBinaryMessageBufferSize(MAX_MESSAGE_BYTES);
        text = "x".repeat(size);
        bytes = new byte[size];
    }

    @OnMessage
    public void answer(String message, Session session) {
        unencumbered(() -> session.getAsyncRemote().sendText(text, sent -> {}));
    }

    @OnMessage
    public void answer(ByteBuffer message, Session session) {
        unencumbered(() -> session.getAsyncRemote().sendBinary(ByteBuffer.wrap(bytes), sent -> {}));
    }

    private static void unencumbered(Runnable send) {
        Thread thread = Thread.currentThread();
        ClassLoader application = thread.getContextClassLoader();
        thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
        try {
            send.run();
        } finally {
            thread.setContextClassLoader(application);
        }
    }
}
