package dev.osprey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server as operators start it, told to stop as systems do (SIGTERM). */
class StopIT {

    @Test
    void saysGoodbyeToEveryClientAndEnds(@TempDir Path home) throws Exception {
        Path bash = Requires.program("bash", "bash");
        int port = freePort();
        Path log = home.resolve("server.log");
        ProcessBuilder start = new ProcessBuilder(bash.toString(), "server-config/start.sh")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        start.environment().put("OSPREY_PORT", Integer.toString(port));
        start.environment().put("OSPREY_HOME", home.toString());
        Process server = start.start();
        try {
            RealServer.await("The server is ready", () -> {
                assertTrue(server.isAlive(), () -> "It ended: " + log);
                return Files.readString(log).contains("Osprey is ready at");
            });
            try (RawWebSocket learner = new RawWebSocket(URI.create("ws://127.0.0.1:" + port + "/"), 0);
                    RawWebSocket viewer = new RawWebSocket(URI.create("ws://127.0.0.1:" + port + "/ws"), 0)) {
                assertEquals(RawWebSocket.TEXT, viewer.nextData().opcode());
                server.destroy();
                for (RawWebSocket client : new RawWebSocket[] {learner, viewer}) {
                    RawWebSocket.Frame last = client.nextData();
                    assertEquals(RawWebSocket.CLOSE, last.opcode());
                    assertEquals(1001, last.closeCode());
                }
            }
            assertTrue(server.waitFor(30, TimeUnit.SECONDS));
        } finally {
            server.destroyForcibly().waitFor();
        }
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
