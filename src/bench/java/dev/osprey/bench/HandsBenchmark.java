package dev.osprey.bench;

import dev.osprey.config.DefaultConfig;
import dev.osprey.config.OspreyConfig;
import dev.osprey.imaging.ImageLimits;
import dev.osprey.imaging.Picture;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How many pictures a second one processor takes from JPEG to letter while a hand is followed, as a ratio to the networks
 * alone. The ways take turns in one process; a ratio is of two means from the same round.
 */
final class HandsBenchmark {

    /** A photograph of one open hand, 640 × 480. */
    private static final Path PHOTOGRAPH = Path.of("../shared/data/images/hand-open.png");

    /** As the clients encode their pictures. */
    private static final int QUALITY = 50;

    private static final double TARGET = 0.9;
    private static final int ROUNDS = Integer.getInteger("osprey.benchmark.rounds", 20);
    private static final int WARM_UP_ROUNDS = 4;
    private static final int TURNS = 5;

    /** A multiple of how often the detector looks for a second hand. */
    private static final int FRAMES = 20;

    private static final String NETWORKS = "networks";
    private static final Map<String, String> WAYS = ways();

    private final Benchmark benchmark;

    HandsBenchmark(Benchmark benchmark) {
        this.benchmark = benchmark;
    }

    private static Map<String, String> ways() {
        Map<String, String> ways = new LinkedHashMap<>();
        ways.put(NETWORKS, "the networks alone");
        ways.put("one", "a picture, at most one hand: the detector rests");
        ways.put("two", "a picture, at most two hands: the detector looks for the second now and then");
        return ways;
    }

    void run() throws IOException {
        if (!Files.exists(PHOTOGRAPH)) {
            System.out.println("Skipped: the photograph of a hand is not there: " + PHOTOGRAPH);
            return;
        }
        Path picture = Benchmark.FOLDER.resolve("hand.jpg");
        Files.write(picture, jpeg());
        Map<String, Samples> means = new LinkedHashMap<>();
        WAYS.keySet().forEach(way -> means.put(way, new Samples()));
        try (Worker loop = benchmark.handLoop(picture)) {
            for (int round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
                Map<String, Samples> taken = round(loop);
                if (round >= 0) {
                    taken.forEach((way, samples) -> of(means, way).addAll(samples.means()));
                }
            }
        }
        Page.replace(Benchmark.PAGE, "hands", table(Files.size(picture), means));
    }

    private static Samples of(Map<String, Samples> means, String way) {
        Samples samples = means.get(way);
        if (samples == null) {
            throw new IllegalStateException("Every way has samples");
        }
        return samples;
    }

    private static byte[] jpeg() throws IOException {
        OspreyConfig config = DefaultConfig.read();
        ImageLimits limits = new ImageLimits(
                config.stream().maxMessageBytes(),
                config.imaging().maxWidth(),
                config.imaging().maxHeight());
        try (Picture picture = Picture.decode(ByteBuffer.wrap(Files.readAllBytes(PHOTOGRAPH)), limits)) {
            return picture.jpeg(QUALITY);
        }
    }

    private static Map<String, Samples> round(Worker loop) throws IOException {
        Map<String, Samples> taken = new LinkedHashMap<>();
        List<String> order = new ArrayList<>(WAYS.keySet());
        for (int turn = 0; turn < TURNS; turn++) {
            Collections.rotate(order, 1);
            for (String way : order) {
                taken.computeIfAbsent(way, unused -> new Samples()).addAll(loop.ask(way + " " + FRAMES));
            }
        }
        return taken;
    }

    private String table(long bytes, Map<String, Samples> means) throws IOException {
        StringBuilder table = new StringBuilder(Page.machine(benchmark.pinned()));
        table.append("- Frame: one hand, 640 × 480, JPEG of %d bytes; %d rounds of %d frames each way\n\n"
                        .formatted(bytes, ROUNDS, TURNS * FRAMES))
                .append(
                        "| one picture | decode | hands | letters | together | pictures a second | × networks | min … max"
                                + " | target |\n")
                .append("| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
        WAYS.forEach((way, name) -> {
            Samples samples = of(means, way);
            List<Double> ratios = ratios(of(means, NETWORKS), samples);
            boolean networks = way.equals(NETWORKS);
            table.append("| %s | %s | %s | %s | %s ms | %s | %s | %s | %s |\n"
                    .formatted(
                            name,
                            networks ? "" : millis(samples, "decode_ms"),
                            millis(samples, networks ? "landmarks_ms" : "track_ms"),
                            millis(samples, "letters_ms"),
                            Page.decimals(2, samples.median(Samples.ROUND_TRIP)),
                            Page.decimals(0, 1_000 / samples.median(Samples.ROUND_TRIP)),
                            networks ? "1" : "**" + Page.decimals(2, Samples.median(ratios)) + "**",
                            networks
                                    ? ""
                                    : Page.decimals(2, Collections.min(ratios)) + " … "
                                            + Page.decimals(2, Collections.max(ratios)),
                            networks ? "" : "at least " + TARGET));
        });
        return table.toString();
    }

    private static String millis(Samples samples, String name) {
        return Page.decimals(2, samples.median(name)) + " ms";
    }

    /** Of each round, how many times as many pictures a second. */
    private static List<Double> ratios(Samples networks, Samples samples) {
        List<Double> alone = networks.of(Samples.ROUND_TRIP);
        List<Double> whole = samples.of(Samples.ROUND_TRIP);
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < alone.size(); round++) {
            ratios.add(alone.get(round) / whole.get(round));
        }
        return ratios;
    }
}
