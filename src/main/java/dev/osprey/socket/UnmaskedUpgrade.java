package dev.osprey.socket;

import jakarta.websocket.CloseReason;
import org.glassfish.tyrus.servlet.TyrusHttpUpgradeHandler;
import org.glassfish.tyrus.spi.Connection;
import org.glassfish.tyrus.spi.ReadHandler;
import org.glassfish.tyrus.spi.WebSocketEngine.UpgradeInfo;
import org.glassfish.tyrus.spi.WebSocketEngine.UpgradeStatus;
import org.glassfish.tyrus.spi.Writer;

/** Tyrus's WebSocket connections, which read their frames through {@link Unmasking}. The container makes them. */
public class UnmaskedUpgrade extends TyrusHttpUpgradeHandler {

    @Override
    public void preInit(UpgradeInfo info, Writer writer, boolean authenticated) {
        super.preInit(new Unmasked(info), writer, authenticated);
    }

    private record Unmasked(UpgradeInfo info) implements UpgradeInfo {

        @Override
        public UpgradeStatus getStatus() {
            return info.getStatus();
        }

        @Override
        public Connection createConnection(Writer writer, Connection.CloseListener closeListener) {
            Connection connection = info.createConnection(writer, closeListener);
            return new UnmaskedConnection(connection, new Unmasking(connection.getReadHandler()));
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
