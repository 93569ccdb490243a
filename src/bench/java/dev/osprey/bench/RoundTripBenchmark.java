package dev.osprey.bench;

import dev.osprey.segmentation.BareLoop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * How much longer a client waits for its picture than the bare loop takes to make it.
 *
 * <p>The bare loop and the server are processes that live side by side on one processor; their client has the other. The three
 * ways take turns of a few frames, each time in another order, so that whatever else the machine does falls on all of them; a
 * round is some turns of each, and a ratio is always of two medians from the same round.
 */
public final class RoundTripBenchmark {

    /** Where the benchmark leaves its picture and the processes their logs. */
    static final Path FOLDER = Path.of("target/benchmark");

    private static final int WARM_UP_ROUNDS = Integer.getInteger("osprey.benchmark.warm-up-rounds", 12);
    private static final int ROUNDS = Integer.getInteger("osprey.benchmark.rounds", 20);
    private static final int TURNS = 10;
    private static final int FRAMES = Integer.getInteger("osprey.benchmark.frames", 10);
    private static final int CONNECTIONS = 100;

    private RoundTripBenchmark() {}

    /** Run by {@code mvn -Pbench}, from the project's folder. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Files.createDirectories(FOLDER);
        Path picture = FOLDER.resolve("frame.jpg");
        SamplePicture.write(picture);
        List<Core> cores = Core.available();
        boolean pinned = cores.size() >= 2;
        Core work = pinned ? cores.get(0) : null;
        Core wait = pinned ? cores.get(1) : null;
        List<String> options = List.of(
                "@server-config/jvm.options",
                "-Donnxruntime.native.path=" + System.getProperty("onnxruntime.native.path"),
                "-Dosprey.runtime.provider=cpu",
                "-Dosprey.runtime.intra-op-threads=1");
        List<String> serverOptions = new ArrayList<>(options);
        serverOptions.addAll(Arrays.stream(System.getProperty("osprey.benchmark.server-options", "")
                        .split(" ", -1))
                .filter(option -> !option.isEmpty())
                .toList());
        try (Worker client = Worker.start("client", wait, List.of(), StreamClient.class, picture.toString())) {
            client.ask("rehearse " + 10 * CONNECTIONS);
            try (PayaraServer server = PayaraServer.start(work, serverOptions)) {
                // Asked before anything else, since this is about a server that has just become ready.
                Samples connections = client.ask("connect " + server.port() + " " + CONNECTIONS);
                System.out.println("The server is process " + server.process().pid());
                try (Worker bare = Worker.start("bare", work, options, BareLoop.class, picture.toString())) {
                    Figures figures = new Figures(pinned, Files.size(picture), TURNS * FRAMES, connections);
                    measure(bare, client, server.process(), figures);
                    Report report = new Report(figures);
                    System.out.println(report.text());
                    report.write(Path.of("docs/benchmarks.md"));
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

    private static double processorMillis(Process process) {
        return process.info().totalCpuDuration().map(Duration::toNanos).orElse(0L) / 1e6;
    }
}
