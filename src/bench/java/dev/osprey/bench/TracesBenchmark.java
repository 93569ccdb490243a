package dev.osprey.bench;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What traces cost: servers with none, with one frame of a hundred and with every frame traced live side by side on one processor,
 * as in {@link RoundTripBenchmark}, and take turns of a few frames. The spans go to a collector that throws them away.
 */
final class TracesBenchmark {

    /** The smallest of the shipped models, next to which what the server adds shows best. */
    private static final String MODEL = "person";

    private static final int WARM_UP_ROUNDS = Integer.getInteger("osprey.benchmark.warm-up-rounds", 12);
    private static final int ROUNDS = Integer.getInteger("osprey.benchmark.rounds", 20);
    private static final int TURNS = 10;
    private static final int FRAMES = Integer.getInteger("osprey.benchmark.frames", 10);

    private enum Way {
        OFF("off"),
        SOME("1 of 100 frames"),
        ALL("every frame");

        private final String title;

        Way(String title) {
            this.title = title;
        }

        private List<String> settings() {
            return switch (this) {
                case OFF -> List.of();
                case SOME -> List.of("-Dotel.sdk.disabled=false", "-Dotel.traces.sampler.arg=0.01");
                case ALL -> List.of("-Dotel.sdk.disabled=false", "-Dotel.traces.sampler.arg=1");
            };
        }
    }

    private final Benchmark benchmark;
    private final Map<Way, Samples> rounds = new EnumMap<>(Way.class);

    TracesBenchmark(Benchmark benchmark) {
        this.benchmark = benchmark;
        for (Way way : Way.values()) {
            rounds.put(way, new Samples());
        }
    }

    private record Side(PayaraServer server, Worker client) implements AutoCloseable {

        @Override
        public void close() throws IOException {
            client.close();
            server.close();
        }
    }

    void run() throws IOException, InterruptedException {
        HttpServer collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
        String endpoint = "-Dotel.exporter.otlp.endpoint=http://127.0.0.1:"
                + collector.getAddress().getPort();
        try (Side off = side(Way.OFF, endpoint);
                Side some = side(Way.SOME, endpoint);
                Side all = side(Way.ALL, endpoint)) {
            measure(new EnumMap<>(Map.of(Way.OFF, off, Way.SOME, some, Way.ALL, all)));
        } finally {
            collector.stop(0);
        }
        Page.replace(Benchmark.PAGE, "traces", report());
    }

    private Side side(Way way, String endpoint) throws IOException, InterruptedException {
        List<String> settings = new ArrayList<>(way.settings());
        settings.add(endpoint);
        settings.add("-Dosprey.segmentation.balanced-model=" + MODEL);
        PayaraServer server = benchmark.server(settings.toArray(String[]::new));
        Worker client = benchmark.client();
        client.ask("rehearse 10");
        client.ask("connect " + server.port() + " 1");
        return new Side(server, client);
    }

    private void measure(Map<Way, Side> sides) throws IOException {
        List<Way> order = new ArrayList<>(Arrays.asList(Way.values()));
        for (int round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
            Map<Way, Samples> taken = new EnumMap<>(Way.class);
            Map<Way, Double> processorMillis = new EnumMap<>(Way.class);
            for (int turn = 0; turn < TURNS; turn++) {
                Collections.rotate(order, 1);
                for (Way way : order) {
                    Side side = side(sides, way);
                    Process process = side.server().process();
                    double before = RoundTripBenchmark.processorMillis(process);
                    taken.computeIfAbsent(way, unused -> new Samples())
                            .addAll(side.client().ask("binary " + FRAMES));
                    processorMillis.merge(way, RoundTripBenchmark.processorMillis(process) - before, Double::sum);
                }
            }
            if (round >= 0) {
                taken.forEach((way, samples) -> {
                    Samples medians = samples.medians();
                    medians.add(Figures.PROCESSOR, processorMillis.getOrDefault(way, 0.0) / (TURNS * FRAMES));
                    samples(way).addAll(medians);
                });
            }
        }
    }

    private static Side side(Map<Way, Side> sides, Way way) {
        Side side = sides.get(way);
        if (side == null) {
            throw new IllegalStateException("Every way has a server");
        }
        return side;
    }

    private Samples samples(Way way) {
        return rounds.getOrDefault(way, new Samples());
    }

    private String report() throws IOException {
        StringBuilder report = new StringBuilder(Page.machine(benchmark.pinned()));
        report.append("- %d rounds of %d frames each way, one client, binary\n\n".formatted(ROUNDS, TURNS * FRAMES))
                .append("| traces | round trip | × off | min … max | processor time | × off | min … max |\n")
                .append("| --- | --- | --- | --- | --- | --- | --- |\n");
        for (Way way : Way.values()) {
            report.append("| %s | %s ms | %s | %s ms | %s |\n"
                    .formatted(
                            way.title,
                            Page.decimals(2, samples(way).median(Samples.ROUND_TRIP)),
                            ratio(way, Samples.ROUND_TRIP),
                            Page.decimals(2, samples(way).median(Figures.PROCESSOR)),
                            ratio(way, Figures.PROCESSOR)));
        }
        return report.toString();
    }

    private String ratio(Way way, String name) {
        if (way == Way.OFF) {
            return "1 | ";
        }
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            ratios.add(
                    samples(way).of(name).get(round) / samples(Way.OFF).of(name).get(round));
        }
        return "**%s** | %s … %s"
                .formatted(
                        Page.decimals(3, Samples.median(ratios)),
                        Page.decimals(3, Collections.min(ratios)),
                        Page.decimals(3, Collections.max(ratios)));
    }
}
