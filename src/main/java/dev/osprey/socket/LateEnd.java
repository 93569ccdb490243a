package dev.osprey.socket;

import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;

/**
 * A connection that is handed back to the container some time after it was closed, on a thread that does nothing else. Payara keeps
 * the request and the response of a handshake for the next request that comes to the thread which closes the connection, whoever else
 * is still at them: the one that opens it, one that reads from it, one that writes to it. What these do then happens to somebody else's
 * request ({@code docs/rationale.md}, "Nobody gets another's answer").
 */
final class LateEnd implements WebConnection {

    private static final Logger LOG = System.getLogger(LateEnd.class.getName());

    /** In which whoever closes a connection has sent what there is to say. */
    static final Duration LAST_MESSAGE = Duration.ofMillis(50);

    /** In which whoever is still at a connection is done with it, on a busy machine as well. */
    static final Duration LAST_THREAD = Duration.ofSeconds(1);

    private final WebConnection connection;
    private final Runnable wire;
    private final BiConsumer<Duration, Runnable> later;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * @param wire ends the TCP connection, so that nothing is read while the container takes apart what it would be read with
     * @param later does something after that time, on a thread that does nothing else
     */
    LateEnd(WebConnection connection, Runnable wire, BiConsumer<Duration, Runnable> later) {
        this.connection = connection;
        this.wire = wire;
        this.later = later;
    }

    /** Whether nothing is read any more. */
    boolean isClosed() {
        return closed.get();
    }

    @Override
    public ServletInputStream getInputStream() throws IOException {
        return connection.getInputStream();
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
        return connection.getOutputStream();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            later.accept(LAST_MESSAGE, wire);
            later.accept(LAST_THREAD, this::end);
        }
    }

    /** Whatever goes wrong, the connection is no longer used. */
    private void end() {
        try {
            connection.close();
        } catch (Exception e) {
            LOG.log(Level.DEBUG, "A connection did not end as it should", e);
        }
    }
}
