package dev.osprey.start;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Finds the process that listens on a TCP port. The JDK cannot say; each system is asked in its own way. */
final class PortHolder {

    private PortHolder() {}

    /** Empty when nobody holds the port, or a process that this user may not look into. */
    static Optional<ProcessHandle> of(int port) {
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        try {
            if (system.contains("linux")) {
                return onLinux(port);
            }
            return system.contains("windows") ? onWindows(port) : onUnix(port);
        } catch (IOException unanswered) {
            return Optional.empty();
        }
    }

    static String describe(ProcessHandle process) {
        String command = process.info()
                .command()
                .map(path -> String.valueOf(Path.of(path).getFileName()))
                .orElse("process");
        return command + " (process " + process.pid() + ")";
    }

    /** From {@code /proc}, because containers often have neither ss nor lsof: socket inodes first, then whose they are. */
    private static Optional<ProcessHandle> onLinux(int port) throws IOException {
        Set<String> sockets = new HashSet<>();
        String localPort = ":%04X".formatted(port);
        for (Path table : List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"))) {
            if (!Files.exists(table)) {
                continue;
            }
            for (String line : Files.readAllLines(table, StandardCharsets.US_ASCII)) {
                List<String> columns = columns(line);
                boolean listening = columns.get(3).equals("0A");
                if (listening && columns.get(1).endsWith(localPort)) {
                    sockets.add("socket:[" + columns.get(9) + "]");
                }
            }
        }
        return ProcessHandle.allProcesses()
                .filter(process -> hasOpen(process, sockets))
                .findFirst();
    }

    private static boolean hasOpen(ProcessHandle process, Set<String> sockets) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("/proc/" + process.pid() + "/fd"))) {
            for (Path file : files) {
                if (sockets.contains(Files.readSymbolicLink(file).toString())) {
                    return true;
                }
            }
        } catch (IOException goneOrForeign) {
            return false;
        }
        return false;
    }

    private static Optional<ProcessHandle> onUnix(int port) throws IOException {
        return output("lsof", "-nP", "-t", "-iTCP:" + port, "-sTCP:LISTEN").stream()
                .findFirst()
                .flatMap(PortHolder::process);
    }

    /** Lines such as {@code TCP 127.0.0.1:8080 0.0.0.0:0 LISTENING 4711}; the state's name is translated, its peer is not. */
    private static Optional<ProcessHandle> onWindows(int port) throws IOException {
        return output("netstat", "-ano", "-p", "TCP").stream()
                .map(PortHolder::columns)
                .filter(columns -> columns.size() == 5
                        && columns.get(1).endsWith(":" + port)
                        && columns.get(2).endsWith(":0"))
                .findFirst()
                .flatMap(columns -> process(columns.get(4)));
    }

    private static Optional<ProcessHandle> process(String id) {
        return ProcessHandle.of(Long.parseLong(id));
    }

    private static List<String> columns(String line) {
        return List.of(line.strip().split("\\s+", -1));
    }

    private static List<String> output(String... command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (var lines = process.inputReader(Charset.defaultCharset())) {
            return lines.lines().toList();
        }
    }
}
