package dev.osprey.socket;

import jakarta.servlet.http.WebConnection;
import jakarta.websocket.CloseReason;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.BiConsumer;
import org.glassfish.tyrus.servlet.TyrusHttpUpgradeHandler;
import org.glassfish.tyrus.spi.Connection;
import org.glassfish.tyrus.spi.ReadHandler;
import org.glassfish.tyrus.spi.WebSocketEngine.UpgradeInfo;
import org.glassfish.tyrus.spi.WebSocketEngine.UpgradeStatus;
import org.glassfish.tyrus.spi.Writer;
import org.jspecify.annotations.Nullable;

/**
 * Tyrus's WebSocket connections, which read their frames through {@link Unmasking} and have a {@link LateEnd}. The container makes
 * them.
 */
public class UnmaskedUpgrade extends TyrusHttpUpgradeHandler {

    private Runnable wire = () -> {};
    private BiConsumer<Duration, Runnable> later = (delay, work) -> work.run();

    /** The connection, once there is one. */
    private @Nullable LateEnd open;

    /** Who opens the connection, while it does. */
    private @Nullable Thread opening;

    /** There was something to read before there was somebody to read it. */
    private boolean early;

    /** What {@link LateEnd} is given; before the connection begins. */
    void endsBy(Runnable wire, BiConsumer<Duration, Runnable> later) {
        this.wire = wire;
        this.later = later;
    }

    @Override
    public void preInit(UpgradeInfo info, Writer writer, boolean authenticated) {
        super.preInit(new Unmasked(info), writer, authenticated);
    }

    @Override
    public void init(WebConnection connection) {
        LateEnd late = new LateEnd(connection, wire, later);
        open = late;
        opening = Thread.currentThread();
        super.init(late);
        opening = null;
        if (early) {
            super.onDataAvailable();
        }
    }

    /**
     * Where a client's first message came together with its handshake, the container tells so while it opens the connection, and Tyrus
     * would wait, for ever, until the same thread has opened it.
     */
    @Override
    public void onDataAvailable() {
        if (Thread.currentThread().equals(opening)) {
            early = true;
        } else {
            super.onDataAvailable();
        }
    }

    /** Tyrus would go on with what was read together with the message at which the connection was closed. */
    private void read(Unmasking frames, ByteBuffer data) {
        if (open != null && open.isClosed()) {
            data.position(data.limit());
        } else {
            frames.handle(data);
        }
    }

    private final class Unmasked implements UpgradeInfo {

        private final UpgradeInfo info;

        Unmasked(UpgradeInfo info) {
            this.info = info;
        }

        @Override
        public UpgradeStatus getStatus() {
            return info.getStatus();
        }

        @Override
        public Connection createConnection(Writer writer, Connection.CloseListener closeListener) {
            Connection connection = info.createConnection(writer, closeListener);
            Unmasking frames = new Unmasking(connection.getReadHandler());
            return new UnmaskedConnection(connection, data -> read(frames, data));
        }
    }

    private record UnmaskedConnection(Connection connection, ReadHandler readHandler) implements Connection {

        @Override
        public ReadHandler getReadHandler() {
            return readHandler;
        }

        @Override
        public Writer getWriter() {
            return connection.getWriter();
        }

        @Override
        public CloseListener getCloseListener() {
            return connection.getCloseListener();
        }

        @Override
        public void close(CloseReason reason) {
            connection.close(reason);
        }
    }
}
