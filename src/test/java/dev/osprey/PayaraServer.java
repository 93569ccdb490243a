package dev.osprey;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A Payara Server with a domain of a test's own, as operators prepare it: by {@code server-config/payara-server.sh}. */
final class PayaraServer implements AutoCloseable {

    static final String USER = "admin";
    static final String PASSWORD = "of-this-test-alone";

    /** The application's name in the domain. */
    static final String APPLICATION = "osprey";

    private final Path domain;
    private final int port;
    private final int adminPort;

    /** What a command printed. */
    private record Run(int status, String output) {}

    /**
     * Prepares a domain and starts it; nothing is deployed. The test is skipped where the distribution is not there and cannot be
     * had.
     *
     * @param home for its files; the test's
     */
    PayaraServer(Path home) throws Exception {
        domain = home.resolve("domain");
        port = StartedServer.freePort();
        adminPort = StartedServer.freePort();
        Run fetched = run("fetch");
        if (fetched.status != 0) {
            throw Requires.missing("Payara Server cannot be had (%s)"
                    .formatted(fetched.output
                            .lines()
                            .filter(line -> !line.isBlank())
                            .findFirst()
                            .orElse("no reason given")));
        }
        script("prepare");
        script("start");
    }

    /** Deploys the WAR, or deploys it again, and waits until it is ready. */
    void deploy() throws IOException, InterruptedException {
        script("deploy");
    }

    /** One of Payara's own commands; what it printed. */
    String asadmin(String... command) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("asadmin"));
        arguments.addAll(List.of(command));
        return script(arguments.toArray(String[]::new));
    }

    URI http(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    URI webSocket(String path) {
        return URI.create("ws://127.0.0.1:" + port + path);
    }

    URI console() {
        return URI.create("http://127.0.0.1:" + adminPort + "/");
    }

    int port() {
        return port;
    }

    int adminPort() {
        return adminPort;
    }

    Path log() {
        return domain.resolve("logs/server.log");
    }

    long pid() throws IOException {
        return Long.parseLong(Files.readString(domain.resolve("config/pid")).strip());
    }

    private String script(String... arguments) throws IOException, InterruptedException {
        Run run = run(arguments);
        assertEquals(0, run.status, () -> String.join(" ", arguments) + ": " + run.output);
        return run.output;
    }

    private Run run(String... arguments) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of(Requires.program("bash", "bash").toString(), "server-config/payara-server.sh"));
        command.addAll(List.of(arguments));
        // A file, because the server inherits what the script has open.
        Path output = Files.createTempFile("payara-server", ".txt");
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
            builder.environment()
                    .putAll(Map.of(
                            "OSPREY_DOMAIN",
                            domain.toString(),
                            "OSPREY_PORT",
                            Integer.toString(port),
                            "OSPREY_ADMIN_PORT",
                            Integer.toString(adminPort),
                            "OSPREY_ADMIN_PASSWORD",
                            PASSWORD));
            int status = builder.start().waitFor();
            return new Run(status, Files.readString(output, StandardCharsets.UTF_8));
        } finally {
            Files.delete(output);
        }
    }

    /** Stops the domain, and ends its process where that does not. */
    @Override
    public void close() throws IOException {
        ProcessHandle process = ProcessHandle.of(pid()).orElse(null);
        try {
            run("stop");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (process != null) {
                process.destroyForcibly();
            }
        }
    }
}
