package dev.osprey.bench;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The WAR as it was built, on the Payara Micro it is delivered with, in a process of its own. */
final class PayaraServer implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Process process;
    private final int port;

    private PayaraServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Returns when the server says that it is ready. */
    static PayaraServer start(@Nullable Core core, List<String> javaOptions) throws IOException, InterruptedException {
        int port = freePort();
        List<String> command = new ArrayList<>(core == null ? List.of() : core.prefix());
        command.add(Worker.java());
        command.addAll(javaOptions);
        command.addAll(List.of(
                "-Dosprey.server.address=127.0.0.1",
                "-Dosprey.server.port=" + port,
                "-jar",
                "target/server/payara-micro.jar",
                "--deploy",
                "target/osprey.war",
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
        File log = Benchmark.FOLDER.resolve("server.log").toFile();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
        PayaraServer server = new PayaraServer(process, port);
        try {
            server.awaitReady(log);
        } catch (IOException | InterruptedException e) {
            server.close();
            throw e;
        }
        return server;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void awaitReady(File log) throws IOException, InterruptedException {
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest question = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health/ready"))
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
            TimeUnit.MILLISECONDS.sleep(100);
        }
        throw new IOException("The server did not become ready; see " + log);
    }

    int port() {
        return port;
    }

    Process process() {
        return process;
    }

    @Override
    public void close() {
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
