package dev.osprey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server as operators start it, told to stop as systems do (SIGTERM). */
class StopIT {

    @Test
    void saysGoodbyeToEveryClientAndEnds(@TempDir Path home) throws Exception {
        try (StartedServer server = new StartedServer(home, StartedServer.freePort(), Map.of())) {
            try (RawWebSocket learner = new RawWebSocket(server.webSocket("/"), 0);
                    RawWebSocket viewer = new RawWebSocket(server.webSocket("/ws"), 0)) {
                assertEquals(RawWebSocket.TEXT, viewer.nextData().opcode());
                server.process().destroy();
                for (RawWebSocket client : new RawWebSocket[] {learner, viewer}) {
                    RawWebSocket.Frame last = client.nextData();
                    assertEquals(RawWebSocket.CLOSE, last.opcode());
                    assertEquals(1001, last.closeCode());
                }
            }
            assertTrue(server.process().waitFor(30, TimeUnit.SECONDS));
        }
    }
}
