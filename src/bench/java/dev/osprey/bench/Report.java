package dev.osprey.bench;

import dev.osprey.bench.Figures.Way;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;

/** The figures as a page shows them, in Markdown. */
final class Report {

    private static final double RATIO_TARGET = 1.35;
    private static final double TEXT_FLOOR_TARGET = 1.15;
    private static final double BINARY_FLOOR_TARGET = 1.10;
    private static final double CONNECTED_TARGET_MILLIS = 20;

    /** What both the bare loop and a receipt tell. */
    private static final List<String> STEPS = List.of("decode_ms", "resize_ms", "run_ms", "render_ms", "encode_ms");

    private final String text;

    Report(Figures figures) throws IOException {
        this.text = machine(figures) + roundTrips(figures) + steps(figures) + connections(figures);
    }

    /** Prints the figures and writes them into the page. */
    void write(Path page) throws IOException {
        Page.replace(page, "figures", text);
    }

    private static String machine(Figures figures) throws IOException {
        return Page.machine(figures.pinned())
                + "- Frame: 640 × 480, JPEG of %d bytes; %d rounds of %d frames each way\n\n"
                        .formatted(
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
                            Page.decimals(2, samples.median(Samples.ROUND_TRIP)),
                            ratio(figures, way, Samples.ROUND_TRIP),
                            way == Way.TEXT || way == Way.BINARY ? "at most " + RATIO_TARGET : "",
                            Page.decimals(2, samples.median(Figures.PROCESSOR)),
                            ratio(figures, way, Figures.PROCESSOR)));
        }
        table.append("\n| × (bare loop + echo) | median | min … max | target |\n| --- | --- | --- | --- |\n")
                .append(floor(figures, Way.TEXT, Way.ECHO_TEXT, TEXT_FLOOR_TARGET))
                .append(floor(figures, Way.BINARY, Way.ECHO_BINARY, BINARY_FLOOR_TARGET));
        return table.append('\n').toString();
    }

    private static String floor(Figures figures, Way way, Way echo, double target) {
        List<Double> ratios = figures.ratiosToFloor(way, echo);
        return "| %s | **%s** | %s … %s | at most %s |\n"
                .formatted(
                        name(way),
                        Page.decimals(2, Samples.median(ratios)),
                        Page.decimals(2, Collections.min(ratios)),
                        Page.decimals(2, Collections.max(ratios)),
                        Page.decimals(2, target));
    }

    /** Two cells: the median of the rounds' ratios, the least and the greatest. */
    private static String ratio(Figures figures, Way way, String name) {
        if (way == Way.BARE) {
            return "1 | ";
        }
        List<Double> ratios = figures.ratios(way, name);
        return "**%s** | %s … %s"
                .formatted(
                        Page.decimals(2, Samples.median(ratios)),
                        Page.decimals(2, Collections.min(ratios)),
                        Page.decimals(2, Collections.max(ratios)));
    }

    private static String name(Way way) {
        return switch (way) {
            case BARE -> "bare loop";
            case TEXT -> "server, base64 in JSON";
            case BINARY -> "server, binary";
            case ECHO_TEXT -> "echo on the same server, text as large";
            case ECHO_BINARY -> "echo on the same server, binary as large";
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
                    .formatted(step, Page.decimals(3, bare.median(step)), Page.decimals(3, binary.median(step))));
        }
        for (String step : List.of("queue_ms", "server_ms")) {
            table.append("| `%s` | | %s |\n".formatted(step, Page.decimals(3, binary.median(step))));
        }
        double outside = binary.median(Samples.ROUND_TRIP) - binary.median("server_ms");
        return table.append(
                        "| outside `server_ms`: message in and out | | %s |\n\n".formatted(Page.decimals(3, outside)))
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
                        Page.decimals(1, figures.connectedMillis(1)),
                        Page.decimals(0, CONNECTED_TARGET_MILLIS),
                        Page.decimals(1, figures.connectedMillis(2)),
                        Page.decimals(0, CONNECTED_TARGET_MILLIS),
                        Page.decimals(1, figures.connectedMillis(100)),
                        Page.decimals(0, CONNECTED_TARGET_MILLIS),
                        Page.decimals(1, figures.slowestConnectedMillis()));
    }
}
