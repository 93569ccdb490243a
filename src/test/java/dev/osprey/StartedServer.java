package dev.osprey;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A server of a test's own, as operators start it, with settings of its own. */
public final class StartedServer implements AutoCloseable {

    /** As long as the script waits that starts one in the background. */
    private static final int START_MINUTES = 5;

    private final int port;
    private final Path log;
    private final Process process;

    /**
     * Starts one and waits until it is ready.
     *
     * @param home for its files; the test's
     * @param port where it is to listen, see {@link #freePort}
     * @param environment with the settings that are not as they are by default
     */
    public StartedServer(Path home, int port, Map<String, String> environment) throws Exception {
        this.port = port;
        this.log = home.resolve("server.log");
        Path bash = Requires.program("bash", "bash");
        ProcessBuilder start = new ProcessBuilder(bash.toString(), "server-config/start.sh")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        start.environment().put("OSPREY_PORT", Integer.toString(port));
        start.environment().put("OSPREY_HOME", home.toString());
        start.environment().put("OSPREY_JOBS_FOLDER", home.resolve("data").toString());
        start.environment().putAll(environment);
        process = start.start();
        boolean ready = false;
        try {
            RealServer.await("The server is ready", START_MINUTES, () -> {
                assertTrue(process.isAlive(), () -> "It ended: " + log);
                return log().contains("Osprey is ready at");
            });
            ready = true;
        } finally {
            if (!ready) {
                close();
            }
        }
    }

    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    public URI http(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    public URI webSocket(String path) {
        return URI.create("ws://127.0.0.1:" + port + path);
    }

    /** Everything it has logged. */
    public String log() throws IOException {
        return Files.readString(log);
    }

    public Process process() {
        return process;
    }

    @Override
    public void close() throws IOException {
        try {
            process.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
