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
                    RawWebSocket signer = new RawWebSocket(server.webSocket("/signs"), 0);
                    RawWebSocket caller =
                            new RawWebSocket(server.webSocket("/socket.io/?EIO=4&transport=websocket"), 0);
                    RawWebSocket viewer = new RawWebSocket(server.webSocket("/ws"), 0)) {
                for (RawWebSocket greeted : new RawWebSocket[] {viewer, signer, caller}) {
                    assertEquals(RawWebSocket.TEXT, greeted.nextData().opcode());
                }
                server.process().destroy();
                for (RawWebSocket client : new RawWebSocket[] {learner, signer, caller, viewer}) {
                    RawWebSocket.Frame last = client.nextData();
                    assertEquals(RawWebSocket.CLOSE, last.opcode());
                    assertEquals(1001, last.closeCode());
                }
            }
            assertTrue(server.process().waitFor(30, TimeUnit.SECONDS));
        }
    }
}
