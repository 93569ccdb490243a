package dev.osprey.socket;

import dev.osprey.access.Caller;
import dev.osprey.fault.RationedLog;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The TCP connection below a WebSocket. The container closes one only when the client has read all that was sent to it, so
 * a client that does not read keeps its connection, and megabytes with it, for ever; the platform has no way to end one
 * sooner. This takes Payara's own, by name, as its classes are not the application's to compile against.
 */
final class Wire {

    /** The user property of a WebSocket session that holds its wire. */
    static final String PROPERTY = "dev.osprey.wire";

    private static final Logger LOG = System.getLogger(Wire.class.getName());

    private static final RationedLog RATIONED = new RationedLog(LOG);

    /** A handshake is filtered and answered on one thread. */
    private static final ThreadLocal<@Nullable ServletRequest> HANDSHAKE = new ThreadLocal<>();

    private final Object connection;

    private Wire(Object connection) {
        this.connection = connection;
    }

    /** Remembers the handshake that this thread is about to answer, until {@link #forgetHandshake}. */
    static void rememberHandshake(ServletRequest request) {
        HANDSHAKE.set(request);
    }

    static void forgetHandshake() {
        HANDSHAKE.remove();
    }

    /** Who sends the handshake that this thread answers. */
    static Caller callerOfHandshake() {
        return HANDSHAKE.get() instanceof HttpServletRequest request ? Caller.of(request) : Caller.NOBODY;
    }

    /** The wire of the handshake that this thread answers. */
    static Optional<Wire> ofHandshake() {
        ServletRequest request = HANDSHAKE.get();
        return request == null ? Optional.empty() : of(request);
    }

    /** What a request has come by. */
    static Optional<Wire> of(ServletRequest request) {
        ServletRequest containers = request;
        while (containers instanceof ServletRequestWrapper wrapper) {
            containers = wrapper.getRequest();
        }
        try {
            Object coyote = call(call(containers, "getUnwrappedCoyoteRequest"), "getCoyoteRequest");
            return Optional.of(new Wire(call(call(coyote, "getContext"), "getConnection")));
        } catch (ReflectiveOperationException e) {
            RATIONED.log(
                    Level.WARNING,
                    "A client that does not read will keep its connection",
                    "the container is not known",
                    e);
            return Optional.empty();
        }
    }

    boolean isOpen() {
        try {
            return Boolean.TRUE.equals(call(connection, "isOpen"));
        } catch (ReflectiveOperationException e) {
            RATIONED.log(Level.WARNING, "A connection could not be looked at", "the container is not known", e);
            return true;
        }
    }

    /** Ends the connection, whatever the client has not read; harmless when it has ended. */
    void cut() {
        end("terminateSilently");
    }

    /** Ends the connection once all that was sent has left; harmless when it has ended. */
    void close() {
        end("closeSilently");
    }

    private void end(String method) {
        try {
            call(connection, method);
        } catch (ReflectiveOperationException e) {
            RATIONED.log(Level.WARNING, "A connection could not be ended", "the container is not known", e);
        }
    }

    private static Object call(Object target, String method) throws ReflectiveOperationException {
        return target.getClass().getMethod(method).invoke(target);
    }
}
