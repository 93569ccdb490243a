package dev.osprey.bench;

import dev.osprey.access.Caller;
import dev.osprey.access.Credential;
import dev.osprey.access.Scope;
import dev.osprey.bench.echo.EchoEndpoint;
import dev.osprey.fault.RationedLog;
import dev.osprey.socket.WebSocketPeer;
import dev.osprey.stream.Peer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * How much longer a client waits for its picture than the bare loop takes to make it.
 *
 * <p>The bare loop and the server are processes that live side by side on one processor; their client has the other. The ways
 * take turns of a few frames, each time in another order, so that whatever else the machine does falls on all of them; a
 * round is some turns of each, and a ratio is always of two medians from the same round.
 */
final class RoundTripBenchmark {

    /** The smallest of the shipped models, next to which what the server adds shows best. */
    private static final String MODEL = "person";

    private static final int WARM_UP_ROUNDS = Integer.getInteger("osprey.benchmark.warm-up-rounds", 12);
    private static final int ROUNDS = Integer.getInteger("osprey.benchmark.rounds", 20);
    private static final int TURNS = 10;
    private static final int FRAMES = Integer.getInteger("osprey.benchmark.frames", 10);
    private static final int CONNECTIONS = 100;

    private final Benchmark benchmark;

    RoundTripBenchmark(Benchmark benchmark) {
        this.benchmark = benchmark;
    }

    void run() throws IOException, InterruptedException {
        try (Worker client = benchmark.client()) {
            client.ask("rehearse " + 10 * CONNECTIONS);
            // With what it reads and sends by.
            Path echo = WebArchive.write(
                    Benchmark.FOLDER.resolve("echo.war"),
                    List.of(EchoEndpoint.class, WebSocketPeer.class, Peer.class, RationedLog.class),
                    List.of(Caller.class, Scope.class, Credential.class));
            try (PayaraServer server = benchmark.server(
                    List.of(PayaraServer.OSPREY, echo), "-Dosprey.segmentation.balanced-model=" + MODEL)) {
                // Asked before anything else, since this is about a server that has just become ready.
                Samples connections = client.ask("connect " + server.port() + " " + CONNECTIONS);
                System.out.println("The server is process " + server.process().pid());
                try (Worker bare = benchmark.bareLoop(MODEL)) {
                    Figures figures = new Figures(
                            benchmark.pinned(), Files.size(benchmark.picture()), TURNS * FRAMES, connections);
                    measure(bare, client, server.process(), figures);
                    new Report(figures).write(Benchmark.PAGE);
                }
            }
        }
    }

    private static void measure(Worker bare, Worker client, Process server, Figures figures) throws IOException {
        for (int round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
            Map<Figures.Way, Samples> taken = new EnumMap<>(Figures.Way.class);
            Map<Figures.Way, Double> processorMillis = new EnumMap<>(Figures.Way.class);
            List<Figures.Way> order = new ArrayList<>(List.of(Figures.Way.values()));
            for (int turn = 0; turn < TURNS; turn++) {
                Collections.rotate(order, 1);
                for (Figures.Way way : order) {
                    Process working = way == Figures.Way.BARE ? bare.process() : server;
                    double before = processorMillis(working);
                    Samples samples =
                            switch (way) {
                                case BARE -> bare.ask("bare " + FRAMES);
                                case TEXT -> client.ask("text " + FRAMES);
                                case BINARY -> client.ask("binary " + FRAMES);
                                case ECHO_TEXT -> client.ask("echo-text " + FRAMES);
                                case ECHO_BINARY -> client.ask("echo-binary " + FRAMES);
                            };
                    processorMillis.merge(way, processorMillis(working) - before, Double::sum);
                    taken.computeIfAbsent(way, unused -> new Samples()).addAll(samples);
                }
            }
            if (round >= 0) {
                taken.forEach((way, samples) -> {
                    Samples medians = samples.medians();
                    // A mean, since the system counts it in hundredths of a second.
                    medians.add(Figures.PROCESSOR, processorMillis.getOrDefault(way, 0.0) / (TURNS * FRAMES));
                    figures.add(way, medians);
                });
            }
        }
    }

    static double processorMillis(Process process) {
        return process.info().totalCpuDuration().map(Duration::toNanos).orElse(0L) / 1e6;
    }
}
