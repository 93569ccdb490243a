package dev.osprey.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** How long Osprey takes from its start until it is ready, its models warm, against an empty application. */
final class StartBenchmark {

    private static final int ROUNDS = Integer.getInteger("osprey.benchmark.start-rounds", 5);

    private final Benchmark benchmark;

    StartBenchmark(Benchmark benchmark) {
        this.benchmark = benchmark;
    }

    void run() throws IOException, InterruptedException {
        Path empty = WebArchive.write(Benchmark.FOLDER.resolve("empty.war"));
        List<Double> osprey = new ArrayList<>();
        List<Double> nothing = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        // The first of each finds its files in no cache.
        for (int round = -1; round < ROUNDS; round++) {
            double emptyMillis = readyMillis(empty);
            double ospreyMillis = readyMillis(PayaraServer.OSPREY);
            if (round >= 0) {
                nothing.add(emptyMillis);
                osprey.add(ospreyMillis);
                ratios.add(ospreyMillis / emptyMillis);
            }
        }
        Page.replace(
                Benchmark.PAGE,
                "start",
                Page.machine(benchmark.pinned())
                        + """

                        | from the start of the process to ready, %d starts in turn | median | min … max | target |
                        | --- | --- | --- | --- |
                        | an empty application | %s s | %s |  |
                        | Osprey, all models warm | %s s | %s |  |
                        | ratio | **%s** | %s | at most 1.6 |
                        """.formatted(
                                        ROUNDS,
                                        Page.decimals(1, Samples.median(nothing) / 1000),
                                        range(1, nothing, 1000),
                                        Page.decimals(1, Samples.median(osprey) / 1000),
                                        range(1, osprey, 1000),
                                        Page.decimals(2, Samples.median(ratios)),
                                        range(2, ratios, 1)));
    }

    private double readyMillis(Path war) throws IOException, InterruptedException {
        try (PayaraServer server = benchmark.server(List.of(war))) {
            return server.readyMillis();
        }
    }

    private static String range(int decimals, List<Double> values, double divisor) {
        return Page.decimals(decimals, Collections.min(values) / divisor) + " … "
                + Page.decimals(decimals, Collections.max(values) / divisor);
    }
}
