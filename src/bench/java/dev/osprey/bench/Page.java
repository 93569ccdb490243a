package dev.osprey.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A page with figures in Markdown that the benchmark writes between others' words. */
final class Page {

    private Page() {}

    /** Prints the figures and puts them in the place of those between the section's two comments. */
    static void replace(Path page, String section, String figures) throws IOException {
        System.out.println(figures);
        String begin = "<!-- " + section + ": written by the benchmark -->";
        String end = "<!-- end of " + section + " -->";
        String before = Files.readString(page);
        int first = before.indexOf(begin);
        int last = before.indexOf(end);
        if (first < 0 || last < first) {
            throw new IOException(page + " has no place for " + section);
        }
        Files.writeString(page, before.substring(0, first) + begin + "\n\n" + figures + "\n" + before.substring(last));
    }

    /** What the figures were measured on, as a list. */
    static String machine(boolean pinned) throws IOException {
        return """
            - Machine: %s, %d processors%s
            - Java: %s %s; Payara Micro %s; ONNX Runtime %s, CPU, one thread
            - Commit: %s
            """.formatted(
                        processor(),
                        Runtime.getRuntime().availableProcessors(),
                        pinned
                                ? "; server and bare loop held to the first, the client to the second"
                                : "; **not pinned**: there is no `taskset` or there are no two processors, so the"
                                        + " ratios mean less",
                        System.getProperty("java.vm.name"),
                        Runtime.version(),
                        System.getProperty("osprey.benchmark.payara-version"),
                        System.getProperty("osprey.benchmark.onnxruntime-version"),
                        commit());
    }

    static String decimals(int decimals, double value) {
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    private static String processor() throws IOException {
        Path cpuinfo = Path.of("/proc/cpuinfo");
        if (!Files.isReadable(cpuinfo)) {
            return System.getProperty("os.arch");
        }
        try (Stream<String> lines = Files.lines(cpuinfo)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        }
    }

    private static String commit() throws IOException {
        Process git =
                new ProcessBuilder("git", "describe", "--always", "--dirty=, with changes", "--exclude=*").start();
        String answer = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        try {
            return git.waitFor(10, TimeUnit.SECONDS) && git.exitValue() == 0 ? answer : "unknown";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "unknown";
        }
    }
}
