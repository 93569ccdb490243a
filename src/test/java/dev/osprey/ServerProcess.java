package dev.osprey;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** The server's process as the operating system and its log show it. */
final class ServerProcess {

    private static final Path LOG = Path.of(System.getProperty("osprey.server.log", "target/server.log"));
    private static final Pattern ENTRY = Pattern.compile("(?m)^(?=\\[\\d{4}-)");
    private static final Pattern NOTABLE = Pattern.compile("\\[levelValue: (9|1\\d)\\d\\d]");

    private final ProcessHandle process;

    private ServerProcess(ProcessHandle process) {
        this.process = process;
    }

    /** The one Payara Micro that this process has started. */
    static ServerProcess find() {
        return ProcessHandle.current()
                .descendants()
                .filter(child -> child.info().commandLine().orElse("").contains("payara-micro.jar"))
                .findFirst()
                .map(ServerProcess::new)
                .orElseThrow(() -> new IllegalStateException("No server runs below this process"));
    }

    /** Has the server collect its garbage, all of it. */
    void collectGarbage() throws IOException, InterruptedException {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        Path commands = Files.createTempFile("garbage", ".jcmd");
        try {
            // From a file, because to start jcmd takes longer than what it is to have done.
            Files.writeString(commands, "GC.run\n".repeat(3));
            new ProcessBuilder(jcmd, Long.toString(process.pid()), "-f", commands.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor(60, TimeUnit.SECONDS);
        } finally {
            Files.delete(commands);
        }
    }

    /** What it holds of the machine's memory; nothing where the system does not say. */
    OptionalLong residentMib() throws IOException {
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        if (!Files.isReadable(status)) {
            return OptionalLong.empty();
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1_024)
                .findFirst();
    }

    /** Entries of the log so far. */
    static List<String> log() {
        try {
            return ENTRY.splitAsStream(Files.readString(LOG, StandardCharsets.UTF_8))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Entries of the log from the given one on that are warnings or worse. */
    static List<String> warnings(int from) {
        List<String> log = log();
        return log.subList(Math.min(from, log.size()), log.size()).stream()
                .filter(entry -> NOTABLE.matcher(entry).find())
                .toList();
    }
}
