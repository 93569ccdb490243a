package dev.osprey.bench;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Applications on the Payara Micro that Osprey is delivered with, with its settings, in a process of its own. */
final class PayaraServer implements AutoCloseable {

    /** The WAR as it was built. */
    static final Path OSPREY = Path.of("target/osprey.war");

    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Process process;
    private final int port;

    private final double readyMillis;

    private PayaraServer(Process process, int port, double readyMillis) {
        this.process = process;
        this.port = port;
        this.readyMillis = readyMillis;
    }

    /**
     * Returns when the server says that it is ready.
     *
     * @param wars the first is served at the root, others under their file's name
     */
    static PayaraServer start(@Nullable Core core, List<String> javaOptions, List<Path> wars)
            throws IOException, InterruptedException {
        int port = freePort();
        List<String> command = new ArrayList<>(core == null ? List.of() : core.prefix());
        command.add(Worker.java());
        command.addAll(javaOptions);
        command.addAll(List.of(
                "-Dosprey.server.address=127.0.0.1",
                "-Dosprey.server.port=" + port,
                "-Dosprey.jobs.folder=" + Benchmark.FOLDER.resolve("data"),
                "-jar",
                "target/server/payara-micro.jar",
                "--contextroot",
                "/",
                "--addlibs",
                "target/server/lib-" + System.getProperty("osprey.benchmark.onnxruntime"),
                "--port",
                Integer.toString(port),
                "--prebootcommandfile",
                "server-config/preboot.asadmin",
                "--systemproperties",
                "server-config/osprey.properties",
                "--logproperties",
                "server-config/logging.properties",
                "--nohazelcast",
                "--disablephonehome"));
        wars.forEach(war -> command.addAll(List.of("--deploy", war.toString())));
        File log = Benchmark.FOLDER.resolve("server.log").toFile();
        long start = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
        try {
            await(process, port, "/health/ready", log);
            double readyMillis = (System.nanoTime() - start) / 1e6;
            for (Path war : wars.subList(1, wars.size())) {
                String name = String.valueOf(war.getFileName());
                await(process, port, "/" + name.substring(0, name.lastIndexOf('.')) + "/index.html", log);
            }
            return new PayaraServer(process, port, readyMillis);
        } catch (IOException | InterruptedException e) {
            stop(process);
            throw e;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void await(Process process, int port, String path, File log)
            throws IOException, InterruptedException {
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest question = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(5))
                .build();
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < giveUp && process.isAlive()) {
            try {
                if (client.send(question, BodyHandlers.discarding()).statusCode() == 200) {
                    return;
                }
            } catch (IOException e) {
                // It does not listen yet.
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        throw new IOException("The server did not answer " + path + "; see " + log);
    }

    int port() {
        return port;
    }

    Process process() {
        return process;
    }

    /** From the start of its process. */
    double readyMillis() {
        return readyMillis;
    }

    @Override
    public void close() {
        stop(process);
    }

    /** Also for other processes of the benchmark: asks it to end, and ends it where it does not. */
    static void stop(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
