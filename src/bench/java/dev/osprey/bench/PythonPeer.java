package dev.osprey.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One of the programs in {@code bench/peers}, in a process of its own. */
final class PythonPeer implements AutoCloseable {

    private static final Path PEERS = Path.of("bench/peers");
    private static final Path ENVIRONMENT = Path.of("target/peers");

    private final Process process;
    private final int port;

    private PythonPeer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * A Python that has what the peers need: the one named by {@code osprey.benchmark.python}, else one in {@code target/peers}
     * that is made at the first time.
     *
     * @throws IOException where there is no {@code python3} or its packages cannot be had
     */
    static Path python() throws IOException, InterruptedException {
        String named = System.getProperty("osprey.benchmark.python", "");
        if (!named.isEmpty()) {
            return Path.of(named);
        }
        Path python = ENVIRONMENT.resolve("bin/python");
        Path done = ENVIRONMENT.resolve("installed");
        if (!Files.exists(done)) {
            run("python3", "-m", "venv", ENVIRONMENT.toString());
            run(python.toString(), "-m", "pip", "install", "--quiet", "-r", PEERS + "/requirements.txt");
            Files.createFile(done);
        }
        return python;
    }

    private static void run(String... command) throws IOException, InterruptedException {
        if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
            throw new IOException("Failed: " + String.join(" ", command));
        }
    }

    /**
     * Returns when the program says that it is ready, by its first line.
     *
     * @param program a file in {@code bench/peers}; it gets {@code --port} beside the arguments
     */
    static PythonPeer start(@Nullable Core core, Path python, String program, String... arguments) throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        List<String> command = new ArrayList<>(core == null ? List.of() : core.prefix());
        command.addAll(List.of(python.toString(), PEERS.resolve(program).toString(), "--port", Integer.toString(port)));
        command.addAll(List.of(arguments));
        Path log = Benchmark.FOLDER.resolve(program + ".log");
        Process process =
                new ProcessBuilder(command).redirectError(log.toFile()).start();
        BufferedReader output = process.inputReader();
        if (output.readLine() == null) {
            throw new IOException(program + " ended; see " + log);
        }
        return new PythonPeer(process, port);
    }

    int port() {
        return port;
    }

    @Override
    public void close() {
        PayaraServer.stop(process);
    }
}
