package dev.osprey.jobs;

import dev.osprey.Requires;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A PostgreSQL server of a test's own in a temporary folder; or the one that {@code OSPREY_TEST_POSTGRES} names by its JDBC URL, user
 * and password in it, whose tables the test then fills.
 */
final class PostgreSql implements AutoCloseable {

    private static final int PATIENCE_SECONDS = 120;

    private final String url;
    private final Optional<Path> folder;
    private final List<String> user;
    private final String control;

    private PostgreSql(String url, Optional<Path> folder, List<String> user, String control) {
        this.url = url;
        this.folder = folder;
        this.user = user;
        this.control = control;
    }

    /** Skips the test where there is none. */
    static PostgreSql start() throws IOException, InterruptedException {
        Optional<String> given = Optional.ofNullable(System.getenv("OSPREY_TEST_POSTGRES"));
        if (given.isPresent()) {
            return new PostgreSql(given.get(), Optional.empty(), List.of(), "");
        }
        Path programs = programs();
        List<String> user = new ArrayList<>();
        Path folder = Files.createTempDirectory("osprey-postgresql");
        if ("root".equals(System.getProperty("user.name"))) {
            // PostgreSQL does not run as root.
            user.addAll(List.of(Requires.program("runuser", "runuser").toString(), "-u", "postgres", "--"));
            run(List.of("chown", "postgres", folder.toString()));
        }
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        String data = folder.resolve("data").toString();
        run(
                user,
                programs.resolve("initdb").toString(),
                "-D",
                data,
                "-U",
                "osprey",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--no-sync");
        String control = programs.resolve("pg_ctl").toString();
        PostgreSql started =
                new PostgreSql("jdbc:postgresql://127.0.0.1:" + port + "/postgres", Optional.of(folder), user, control);
        run(
                user,
                control,
                "-D",
                data,
                "-w",
                "-l",
                folder.resolve("log").toString(),
                "-o",
                "-p " + port + " -c listen_addresses=127.0.0.1 -c fsync=off -c unix_socket_directories=" + folder,
                "start");
        return started;
    }

    private static Path programs() throws IOException {
        Path debian = Path.of("/usr/lib/postgresql");
        if (Files.isDirectory(debian)) {
            try (Stream<Path> versions = Files.list(debian)) {
                Optional<Path> newest = versions.map(version -> version.resolve("bin"))
                        .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
                        .max(Comparator.naturalOrder());
                if (newest.isPresent()) {
                    return newest.get();
                }
            }
        }
        return Optional.ofNullable(
                        Requires.program("PostgreSQL", "initdb").toRealPath().getParent())
                .orElseThrow();
    }

    private static void run(List<String> user, String... command) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(user);
        all.addAll(List.of(command));
        run(all);
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        // Into a file: the server that pg_ctl starts would keep a pipe open.
        File output = File.createTempFile("postgresql", ".log");
        try {
            Process process = new ProcessBuilder(command)
                    .directory(new File("/"))
                    .redirectErrorStream(true)
                    .redirectOutput(output)
                    .start();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IllegalStateException("%s failed: %s".formatted(command, Files.readString(output.toPath())));
            }
        } finally {
            Files.deleteIfExists(output.toPath());
        }
    }

    String url() {
        return url;
    }

    @Override
    public void close() throws IOException {
        if (folder.isEmpty()) {
            return;
        }
        try {
            run(user, control, "-D", folder.get().resolve("data").toString(), "-m", "immediate", "-w", "stop");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try (Stream<Path> files = Files.walk(folder.get())) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
