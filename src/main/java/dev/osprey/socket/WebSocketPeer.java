package dev.osprey.socket;

import dev.osprey.access.Caller;
import dev.osprey.stream.CloseCode;
import dev.osprey.stream.Peer;
import jakarta.websocket.CloseReason;
import jakarta.websocket.RemoteEndpoint.Async;
import jakarta.websocket.SendHandler;
import jakarta.websocket.Session;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Field;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A WebSocket session as a stream's peer. Whole messages only, so that a close or a ping never waits for one. */
public final class WebSocketPeer implements Peer {

    private static final Logger LOG = System.getLogger(WebSocketPeer.class.getName());

    /** A close frame's payload is 125 bytes, two of them the code (RFC 6455, section 5.5). */
    private static final int MAX_REASON_BYTES = 123;

    private static final Object FORGETFUL = Proxy.newProxyInstance(
            WebSocketPeer.class.getClassLoader(),
            new Class<?>[] {ScheduledExecutorService.class},
            (proxy, method, arguments) -> null);

    /** The user property of a session that holds its {@link Caller}. */
    static final String CALLER = "dev.osprey.caller";

    private final Session session;
    private final Async remote;
    private final String address;
    private final Caller caller;

    public WebSocketPeer(Session session) {
        this.session = session;
        this.remote = session.getAsyncRemote();
        stopIdleTimers(session);
        this.caller = session.getUserProperties().get(CALLER) instanceof Caller known ? known : Caller.NOBODY;
        this.address = String.valueOf(session.getUserProperties().get(RemoteAddress.PROPERTY));
    }

    /**
     * Tyrus starts an idle timer anew for every message in and every message out, whether there is an idle timeout or not, and
     * Payara keeps it as a managed task, with the caller's context: a third of all that a frame costs beside its model ({@code
     * docs/rationale.md}, "What the transport costs"). Osprey has no idle timeouts, it pings; so the session gets an executor
     * that forgets what it is asked to do. On another container everything goes on as before.
     */
    private static void stopIdleTimers(Session session) {
        try {
            Field executor = session.getClass().getDeclaredField("service");
            executor.setAccessible(true);
            executor.set(session, FORGETFUL);
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.log(Level.WARNING, "Every message will cost a timer: the container is not known", e);
        }
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
        try {
            send.accept(result -> done.accept(result.isOK() ? null : result.getException()));
        } catch (RuntimeException e) {
            // The container throws where the session ended in the meantime.
            LOG.log(Level.DEBUG, "A message could not be sent", e);
            done.accept(e);
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

    @Override
    public Caller caller() {
        return caller;
    }
}
