package dev.osprey.bench;

import dev.osprey.segmentation.BesideBatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What cameras get when there are more frames than the processor can answer: pictures a second against the bare loop and
 * against a Python service with the same model, how old they are, and how they are shared out.
 */
final class LoadBenchmark {

    /** The smallest of the shipped models, next to which what the server adds shows best. */
    private static final String SMALL = "person";

    private static final String LARGE = "balanced";

    private static final int ROUNDS = Integer.getInteger("osprey.benchmark.load-rounds", 7);
    private static final int TURN_SECONDS = 4;

    /** On one busy processor Java takes minutes to compile what a server needs. */
    private static final int WARM_UP_SECONDS = Integer.getInteger("osprey.benchmark.load-warm-up-seconds", 150);

    private static final int OVERLOAD_SECONDS = Integer.getInteger("osprey.benchmark.overload-seconds", 30);
    private static final int CLIENTS = 8;

    private enum Way {
        BARE_SMALL,
        BARE_LARGE,
        SERVER_SMALL_4,
        SERVER_SMALL_16,
        SERVER_LARGE_4,
        PEER_4,
        PEER_16
    }

    private final Benchmark benchmark;
    private final Map<Way, List<Double>> framesPerSecond = new EnumMap<>(Way.class);

    LoadBenchmark(Benchmark benchmark) {
        this.benchmark = benchmark;
        for (Way way : Way.values()) {
            framesPerSecond.put(way, new ArrayList<>());
        }
    }

    void run() throws IOException, InterruptedException {
        Path python = PythonPeer.python();
        try (PayaraServer server = benchmark.server("-Dosprey.segmentation.fast-model=" + SMALL);
                PythonPeer peer = PythonPeer.start(
                        benchmark.work(),
                        python,
                        "service.py",
                        "--models",
                        "models",
                        "--model",
                        SMALL,
                        "--threads",
                        "1");
                Worker small = benchmark.bareLoop(SMALL);
                Worker large = benchmark.bareLoop(LARGE);
                Worker load = benchmark.load()) {
            Sides sides = new Sides(server, peer, small, large, load);
            System.out.println("The server is process " + server.process().pid());
            load.ask(sides.server("fast", 4, 0, WARM_UP_SECONDS));
            load.ask(sides.server("balanced", 4, 0, WARM_UP_SECONDS / 5));
            load.ask(sides.peer(4, 0, WARM_UP_SECONDS / 10));
            bare(small, WARM_UP_SECONDS / 5);
            bare(large, WARM_UP_SECONDS / 10);
            List<Way> order = new ArrayList<>(List.of(Way.values()));
            for (int round = 0; round < ROUNDS; round++) {
                Collections.rotate(order, 1);
                for (Way way : order) {
                    framesPerSecond(way).add(sides.measured(way));
                }
            }
            Page.replace(Benchmark.PAGE, "load", report(sides) + besideBatch());
        }
    }

    /** Live frames beside a job, in turn with live frames alone. */
    private String besideBatch() throws IOException {
        StringBuilder report = new StringBuilder();
        report.append(
                        "\n| 4 live streams, `person`, p99 of the age | alone | beside a job | ratio | min … max | job, pictures a")
                .append(" second | target |\n| --- | --- | --- | --- | --- | --- | --- |\n");
        double capacity = Samples.median(framesPerSecond(Way.BARE_SMALL));
        try (Worker worker = benchmark.besideBatch(SMALL)) {
            worker.ask("4 0 %d beside".formatted(WARM_UP_SECONDS / 5));
            beside(report, worker, "as fast as they are answered", "4 0");
            beside(report, worker, "at half the capacity", "4 " + Page.decimals(2, capacity / 2 / 4));
        }
        return report.toString();
    }

    private static void beside(StringBuilder report, Worker worker, String name, String streams) throws IOException {
        Samples rounds = new Samples();
        for (int round = 0; round < ROUNDS; round++) {
            double alone =
                    worker.ask("%s %d alone".formatted(streams, TURN_SECONDS)).percentile(Samples.ROUND_TRIP, 99);
            Samples samples = worker.ask("%s %d beside".formatted(streams, TURN_SECONDS));
            double beside = samples.percentile(Samples.ROUND_TRIP, 99);
            rounds.add("alone", alone);
            rounds.add("beside", beside);
            rounds.add("ratio", beside / alone);
            rounds.add(BesideBatch.JOB, samples.median(BesideBatch.JOB) / TURN_SECONDS);
        }
        report.append("| %s | %s ms | %s ms | **%s** | %s … %s | %s | at most 1.2 |\n"
                .formatted(
                        name,
                        Page.decimals(1, rounds.median("alone")),
                        Page.decimals(1, rounds.median("beside")),
                        Page.decimals(2, rounds.median("ratio")),
                        Page.decimals(2, Collections.min(rounds.of("ratio"))),
                        Page.decimals(2, Collections.max(rounds.of("ratio"))),
                        Page.decimals(1, rounds.median(BesideBatch.JOB))));
    }

    private List<Double> framesPerSecond(Way way) {
        return framesPerSecond.getOrDefault(way, List.of());
    }

    /** Pictures a second, one after the other for so long. */
    private static double bare(Worker worker, int seconds) throws IOException {
        double millis = worker.ask("bare 3").median(Samples.ROUND_TRIP);
        Samples samples = worker.ask("bare " + (int) Math.max(3, seconds * 1000 / millis));
        return 1000 / samples.mean(Samples.ROUND_TRIP);
    }

    private record Sides(PayaraServer server, PythonPeer peer, Worker small, Worker large, Worker load) {

        double measured(Way way) throws IOException {
            return switch (way) {
                case BARE_SMALL -> bare(small, TURN_SECONDS);
                case BARE_LARGE -> bare(large, TURN_SECONDS);
                case SERVER_SMALL_4 -> saturated(server("fast", 4, 0, TURN_SECONDS));
                case SERVER_SMALL_16 -> saturated(server("fast", 16, 0, TURN_SECONDS));
                case SERVER_LARGE_4 -> saturated(server("balanced", 4, 0, TURN_SECONDS));
                case PEER_4 -> saturated(peer(4, 0, TURN_SECONDS));
                case PEER_16 -> saturated(peer(16, 0, TURN_SECONDS));
            };
        }

        private double saturated(String question) throws IOException {
            return checked(question).median(LoadWorker.FRAMES_PER_SECOND);
        }

        /** @throws IOException where a frame got no answer or a wrong one: such a server's speed is worth nothing */
        private Samples checked(String question) throws IOException {
            Samples samples = load.ask(question);
            if (samples.median(LoadWorker.LOST) + samples.median(LoadWorker.ERRORS) > 0) {
                throw new IOException(
                        "Frames were lost or wrong: " + question + "; see " + Benchmark.FOLDER.resolve("load.log"));
            }
            return samples;
        }

        String server(String mode, int clients, double rate, int seconds) {
            return question(server.port(), clients, Double.toString(rate), seconds) + " --mode " + mode;
        }

        String peer(int clients, double rate, int seconds) {
            return question(peer.port(), clients, Double.toString(rate), seconds);
        }
    }

    private static String question(int port, int clients, String rates, int seconds) {
        return "--url ws://127.0.0.1:%d/ws --picture %s --clients %d --rate %s --seconds %d --warm-up 1"
                .formatted(port, Benchmark.FOLDER.resolve("frame.jpg"), clients, rates, seconds);
    }

    private String report(Sides sides) throws IOException {
        double capacity = Samples.median(framesPerSecond(Way.SERVER_SMALL_4));
        double peerCapacity = Samples.median(framesPerSecond(Way.PEER_4));
        StringBuilder report = new StringBuilder(Page.machine(benchmark.pinned()));
        report.append("- Frame: 640 × 480, binary messages; %d rounds of %d seconds each way\n\n"
                .formatted(ROUNDS, TURN_SECONDS));
        report.append("| frames a second, as many as are answered | median | min … max |\n| --- | --- | --- |\n");
        row(report, "bare loop, `person`", Way.BARE_SMALL);
        row(report, "Osprey, `person`, 4 clients", Way.SERVER_SMALL_4);
        row(report, "Osprey, `person`, 16 clients", Way.SERVER_SMALL_16);
        row(report, "Python service, `person`, 4 clients", Way.PEER_4);
        row(report, "Python service, `person`, 16 clients", Way.PEER_16);
        row(report, "bare loop, `balanced`", Way.BARE_LARGE);
        row(report, "Osprey, `balanced`, 4 clients", Way.SERVER_LARGE_4);
        report.append("\n| ratio of the same round | median | min … max | target |\n| --- | --- | --- | --- |\n");
        ratio(report, "`person`, 4 clients: Osprey ÷ bare loop", Way.SERVER_SMALL_4, Way.BARE_SMALL, "at least 0.90");
        ratio(report, "`balanced`, 4 clients: Osprey ÷ bare loop", Way.SERVER_LARGE_4, Way.BARE_LARGE, "at least 0.96");
        ratio(report, "`person`, 4 clients: Osprey ÷ Python service", Way.SERVER_SMALL_4, Way.PEER_4, "at least 1.5");
        ratio(
                report,
                "`person`, 16 clients: Osprey ÷ Python service",
                Way.SERVER_SMALL_16,
                Way.PEER_16,
                "at least 1.5");
        double serviceMillis = 1000 / capacity;
        report.append("\n| %d cameras, %d s | p50 | p99 | in service times | p99, first and last fifth | Jain's index |"
                .formatted(CLIENTS, OVERLOAD_SECONDS));
        report.append(" target |\n| --- | --- | --- | --- | --- | --- | --- |\n");
        for (int times : new int[] {2, 4}) {
            Samples samples =
                    sides.checked(sides.server("fast", CLIENTS, times * capacity / CLIENTS, OVERLOAD_SECONDS));
            ages(
                    report,
                    "Osprey at %d × its capacity".formatted(times),
                    samples,
                    serviceMillis,
                    "p99 ≤ %d service times".formatted(CLIENTS + 2));
        }
        String mixed = Page.decimals(1, 6.5 * capacity / CLIENTS) + "," + Page.decimals(1, 1.5 * capacity / CLIENTS);
        Samples fair = sides.checked(question(sides.server.port(), CLIENTS, mixed, OVERLOAD_SECONDS) + " --mode fast");
        ages(
                report,
                "Osprey at 4 ×, half of the cameras four times as fast as the others",
                fair,
                serviceMillis,
                "Jain ≥ 0.98");
        for (int times : new int[] {2, 4}) {
            Samples samples = sides.load.ask(sides.peer(CLIENTS, times * peerCapacity / CLIENTS, OVERLOAD_SECONDS));
            ages(report, "Python service at %d × its own capacity".formatted(times), samples, 1000 / peerCapacity, "");
        }
        return report.toString();
    }

    private void row(StringBuilder report, String name, Way way) {
        List<Double> values = framesPerSecond(way);
        report.append("| %s | %s | %s … %s |\n"
                .formatted(
                        name,
                        Page.decimals(1, Samples.median(values)),
                        Page.decimals(1, Collections.min(values)),
                        Page.decimals(1, Collections.max(values))));
    }

    private void ratio(StringBuilder report, String name, Way upper, Way lower, String target) {
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            ratios.add(
                    framesPerSecond(upper).get(round) / framesPerSecond(lower).get(round));
        }
        report.append("| %s | **%s** | %s … %s | %s |\n"
                .formatted(
                        name,
                        Page.decimals(2, Samples.median(ratios)),
                        Page.decimals(2, Collections.min(ratios)),
                        Page.decimals(2, Collections.max(ratios)),
                        target));
    }

    private static void ages(StringBuilder report, String name, Samples samples, double serviceMillis, String target) {
        List<Double> parts = samples.of(LoadWorker.AGE_P99_PARTS);
        double p99 = samples.median(LoadWorker.AGE_P99);
        report.append("| %s | %s ms | %s ms | **%s** | %s, %s ms | **%s** | %s |\n"
                .formatted(
                        name,
                        Page.decimals(0, samples.median(LoadWorker.AGE_P50)),
                        Page.decimals(0, p99),
                        Page.decimals(1, p99 / serviceMillis),
                        Page.decimals(0, Collections.max(parts.subList(0, 2))),
                        Page.decimals(0, Collections.max(parts.subList(parts.size() - 2, parts.size()))),
                        Page.decimals(3, samples.median(LoadWorker.FAIRNESS)),
                        target));
    }
}
