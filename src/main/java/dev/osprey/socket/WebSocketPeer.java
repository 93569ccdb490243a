package dev.osprey.socket;

import dev.osprey.stream.CloseCode;
import dev.osprey.stream.Peer;
import jakarta.websocket.CloseReason;
import jakarta.websocket.RemoteEndpoint.Async;
import jakarta.websocket.SendHandler;
import jakarta.websocket.Session;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A WebSocket session as a stream's peer. Whole messages only, so that a close or a ping never waits for one. */
public final class WebSocketPeer implements Peer {

    private static final Logger LOG = System.getLogger(WebSocketPeer.class.getName());

    /** A close frame's payload is 125 bytes, two of them the code (RFC 6455, section 5.5). */
    private static final int MAX_REASON_BYTES = 123;

    private final Session session;
    private final Async remote;
    private final String address;

    public WebSocketPeer(Session session) {
        this.session = session;
        this.remote = session.getAsyncRemote();
        this.address = String.valueOf(session.getUserProperties().get(RemoteAddress.PROPERTY));
    }

    @Override
    public void send(String text, Consumer<@Nullable Throwable> done) {
        start(handler -> remote.sendText(text, handler), done);
    }

    @Override
    public void send(ByteBuffer binary, Consumer<@Nullable Throwable> done) {
        start(handler -> remote.sendBinary(binary, handler), done);
    }

    private static void start(Consumer<SendHandler> send, Consumer<@Nullable Throwable> done) {
        ClassLoader application = Thread.currentThread().getContextClassLoader();
        SendHandler handler =
                result -> in(application, () -> done.accept(result.isOK() ? null : result.getException()));
        try {
            in(ClassLoader.getPlatformClassLoader(), () -> send.accept(handler));
        } catch (RuntimeException e) {
            // The container throws where the session ended in the meantime.
            LOG.log(Level.DEBUG, "A message could not be sent", e);
            done.accept(e);
        }
    }

    /**
     * Does the work with another context class loader. Tyrus gives Payara a timer to keep for every message, and for every
     * timer Payara looks for services in all libraries that loader reaches: the application's reaches some 320, the
     * platform's none of them ({@code docs/rationale.md}, "What the transport costs").
     */
    private static void in(ClassLoader loader, Runnable work) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            work.run();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Override
    public void ping() {
        try {
            remote.sendPing(ByteBuffer.allocate(0));
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.DEBUG, "A ping could not be sent", e);
        }
    }

    @Override
    public void close(CloseCode code, String reason) {
        try {
            session.close(new CloseReason(CloseReason.CloseCodes.getCloseCode(code.code()), shortened(reason)));
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.DEBUG, "A connection could not be closed", e);
        }
    }

    /** What ends the TCP connection, whatever the client has not read; does not hold the session. */
    public Runnable cut() {
        return session.getUserProperties().get(Wire.PROPERTY) instanceof Wire wire ? wire::cut : () -> {};
    }

    private static String shortened(String reason) {
        if (reason.getBytes(StandardCharsets.UTF_8).length <= MAX_REASON_BYTES) {
            return reason;
        }
        // The encoder stops before the first character that does not fit whole.
        CharBuffer characters = CharBuffer.wrap(reason);
        StandardCharsets.UTF_8.newEncoder().encode(characters, ByteBuffer.allocate(MAX_REASON_BYTES - 3), true);
        return reason.substring(0, characters.position()) + "...";
    }

    @Override
    public String address() {
        return address;
    }
}
