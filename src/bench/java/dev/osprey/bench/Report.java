package dev.osprey.bench;

import dev.osprey.bench.Figures.Way;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The figures as a page shows them, in Markdown. */
final class Report {

    private static final String BEGIN = "<!-- figures: written by the benchmark -->";
    private static final String END = "<!-- end of figures -->";
    private static final double RATIO_TARGET = 1.35;
    private static final double CONNECTED_TARGET_MILLIS = 20;

    /** What both the bare loop and a receipt tell. */
    private static final List<String> STEPS = List.of("decode_ms", "resize_ms", "run_ms", "render_ms", "encode_ms");

    private final String text;

    Report(Figures figures) throws IOException {
        this.text = machine(figures) + roundTrips(figures) + steps(figures) + connections(figures);
    }

    String text() {
        return text;
    }

    /** Replaces the figures in a page, everything around them stays. */
    void write(Path page) throws IOException {
        String before = Files.readString(page);
        int begin = before.indexOf(BEGIN);
        int end = before.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IOException(page + " has no place for figures");
        }
        Files.writeString(page, before.substring(0, begin) + BEGIN + "\n\n" + text + "\n" + before.substring(end));
    }

    private static String machine(Figures figures) throws IOException {
        return """
            - Machine: %s, %d processors%s
            - Java: %s %s; Payara Micro %s; ONNX Runtime %s, CPU, one thread
            - Commit: %s
            - Frame: 640 × 480, JPEG of %d bytes; %d rounds of %d frames each way

            """.formatted(
                        processor(),
                        Runtime.getRuntime().availableProcessors(),
                        figures.pinned()
                                ? "; server and bare loop held to the first, the client to the second"
                                : "; **not pinned**: there is no `taskset` or there are no two processors, so the"
                                        + " ratios mean less",
                        System.getProperty("java.vm.name"),
                        Runtime.version(),
                        System.getProperty("osprey.benchmark.payara-version"),
                        System.getProperty("osprey.benchmark.onnxruntime-version"),
                        commit(),
                        figures.pictureBytes(),
                        figures.of(Way.BARE).of(Samples.ROUND_TRIP).size(),
                        figures.framesPerRound());
    }

    private static String roundTrips(Figures figures) {
        StringBuilder table = new StringBuilder();
        table.append("| one frame | round trip | × bare loop | min … max | target | processor time | × bare loop |"
                        + " min … max |\n")
                .append("| --- | --- | --- | --- | --- | --- | --- | --- |\n");
        for (Way way : Way.values()) {
            Samples samples = figures.of(way);
            table.append("| %s | %s ms | %s | %s | %s ms | %s |\n"
                    .formatted(
                            name(way),
                            decimals(2, samples.median(Samples.ROUND_TRIP)),
                            ratio(figures, way, Samples.ROUND_TRIP),
                            way == Way.BARE ? "" : "at most " + RATIO_TARGET,
                            decimals(2, samples.median(Figures.PROCESSOR)),
                            ratio(figures, way, Figures.PROCESSOR)));
        }
        return table.append('\n').toString();
    }

    /** Two cells: the median of the rounds' ratios, the least and the greatest. */
    private static String ratio(Figures figures, Way way, String name) {
        if (way == Way.BARE) {
            return "1 | ";
        }
        List<Double> ratios = figures.ratios(way, name);
        return "**%s** | %s … %s"
                .formatted(
                        decimals(2, Samples.median(ratios)),
                        decimals(2, Collections.min(ratios)),
                        decimals(2, Collections.max(ratios)));
    }

    private static String name(Way way) {
        return switch (way) {
            case BARE -> "bare loop";
            case TEXT -> "server, base64 in JSON";
            case BINARY -> "server, binary";
        };
    }

    private static String steps(Figures figures) {
        Samples bare = figures.of(Way.BARE);
        Samples binary = figures.of(Way.BINARY);
        StringBuilder table = new StringBuilder();
        table.append("| where the time goes, medians in ms | bare loop | server, from the receipts of the binary"
                        + " frames |\n")
                .append("| --- | --- | --- |\n");
        for (String step : STEPS) {
            table.append("| `%s` | %s | %s |\n"
                    .formatted(step, decimals(3, bare.median(step)), decimals(3, binary.median(step))));
        }
        for (String step : List.of("queue_ms", "server_ms")) {
            table.append("| `%s` | | %s |\n".formatted(step, decimals(3, binary.median(step))));
        }
        double outside = binary.median(Samples.ROUND_TRIP) - binary.median("server_ms");
        return table.append("| outside `server_ms`: message in and out | | %s |\n\n".formatted(decimals(3, outside)))
                .toString();
    }

    private static String connections(Figures figures) {
        return """
            | from connecting to `connected`, right after readiness | ms | target |
            | --- | --- | --- |
            | first connection | %s | under %s |
            | second | %s | under %s |
            | hundredth, ninety-nine open | %s | under %s |
            | slowest of the hundred | %s | |
            """.formatted(
                        decimals(1, figures.connectedMillis(1)),
                        decimals(0, CONNECTED_TARGET_MILLIS),
                        decimals(1, figures.connectedMillis(2)),
                        decimals(0, CONNECTED_TARGET_MILLIS),
                        decimals(1, figures.connectedMillis(100)),
                        decimals(0, CONNECTED_TARGET_MILLIS),
                        decimals(1, figures.slowestConnectedMillis()));
    }

    private static String decimals(int decimals, double value) {
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
