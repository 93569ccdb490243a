package dev.osprey.bench;

import dev.osprey.config.DefaultConfig;
import dev.osprey.config.OspreyConfig;
import dev.osprey.model.Catalogue;
import dev.osprey.model.ModelManifest;
import dev.osprey.runtime.NetworkFacts;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the models of the four modes cost on one processor, in a bare loop and through the server: the shipped ones, and
 * the networks that the modes are named after where another repository has them.
 */
final class ModesBenchmark {

    private static final Path SHIPPED = Path.of("models");
    private static final Path RESULTS = SHIPPED.resolve("training").resolve("results.json");

    /** How the exporters begin what they say of weights that {@link #RESULTS} is about. */
    private static final String TRAINED_HERE = "trained on Osprey's";

    /** Enough for all networks at once, whatever a server is allowed by default. */
    private static final String BUDGET = "-Dosprey.runtime.memory-budget-mib=65536";

    private static final int TURNS = Integer.getInteger("osprey.benchmark.turns", 5);

    /** How long each way is warmed up, and how long a turn takes, at least a frame. */
    private static final double WARM_UP_MILLIS = 6_000;

    private static final double TURN_MILLIS = 2_000;

    private static final int MOST_FRAMES = 400;

    /** The client does not read while the bare loop has its turn, which with the largest network takes minutes. */
    private static final String PATIENCE = "-Dosprey.stream.ping-interval=PT24H";

    private final Benchmark benchmark;

    ModesBenchmark(Benchmark benchmark) {
        this.benchmark = benchmark;
    }

    void run() throws IOException, InterruptedException {
        StringBuilder table = new StringBuilder(Page.machine(benchmark.pinned()));
        table.append("- Frame: 640 × 480, JPEG of %d bytes\n\n".formatted(Files.size(benchmark.picture())))
                .append(
                        "| mode | network | weights | parameters | input | mean IoU held out | model alone | bare loop |"
                                + " server, binary | memory, manifest | measured |\n")
                .append("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
        measure(SHIPPED, table);
        String architectures = System.getProperty("osprey.benchmark.architectures", "");
        if (!architectures.isEmpty()) {
            measure(Path.of(architectures), table);
        }
        Page.replace(Benchmark.PAGE, "modes", table.toString());
    }

    private void measure(Path repository, StringBuilder table) throws IOException, InterruptedException {
        Catalogue catalogue = Catalogue.read(repository);
        String location = "-Dosprey.model.repository=" + repository;
        try (Worker client = benchmark.client();
                PayaraServer server = benchmark.server(location, BUDGET, PATIENCE)) {
            client.ask("rehearse 1");
            client.ask("connect " + server.port() + " 1");
            for (Map.Entry<String, String> mode : models().entrySet()) {
                try (Worker bare = benchmark.bareLoop(mode.getValue(), location, BUDGET)) {
                    client.ask("mode " + mode.getKey());
                    table.append(row(mode.getKey(), catalogue, mode.getValue(), compare(bare, client)));
                }
            }
        }
    }

    /** The model behind each mode, by the settings. */
    private static Map<String, String> models() {
        OspreyConfig.Segmentation settings = DefaultConfig.read().segmentation();
        Map<String, String> models = new LinkedHashMap<>();
        models.put("fast", settings.fastModel());
        models.put("balanced", settings.balancedModel());
        models.put("accurate", settings.accurateModel());
        models.put("sota", settings.sotaModel());
        return models;
    }

    private record Cost(Samples bare, Samples server) {}

    /** By turns, so that whatever else the machine does falls on both. */
    private static Cost compare(Worker bare, Worker client) throws IOException {
        double millis = bare.ask("bare 1").median(Samples.ROUND_TRIP);
        bare.ask("bare " + frames(WARM_UP_MILLIS, millis));
        client.ask("binary " + frames(WARM_UP_MILLIS, millis));
        int frames = frames(TURN_MILLIS, millis);
        Cost cost = new Cost(new Samples(), new Samples());
        for (int turn = 0; turn < TURNS; turn++) {
            cost.bare().addAll(bare.ask("bare " + frames));
            cost.server().addAll(client.ask("binary " + frames));
        }
        return cost;
    }

    private static int frames(double budgetMillis, double frameMillis) {
        return (int) Math.max(1, Math.min(MOST_FRAMES, budgetMillis / frameMillis));
    }

    private static String row(String mode, Catalogue catalogue, String model, Cost cost) throws IOException {
        ModelManifest manifest = catalogue.manifest(model);
        Map<String, String> facts = NetworkFacts.read(catalogue.verifiedFile(model, manifest.version()));
        String weights = facts.getOrDefault("weights", "");
        return "| `%s` | %s | %s | %s | %d × %d | %s | %s ms | %s ms | %s ms | %d MiB | %s MiB |\n"
                .formatted(
                        mode,
                        facts.getOrDefault("network", ""),
                        weights,
                        parameters(facts.get("parameters")),
                        manifest.pictures().width(),
                        manifest.pictures().height(),
                        weights.startsWith(TRAINED_HERE) ? meanIou(mode) : "—",
                        millis(cost.bare().median("run_ms")),
                        millis(cost.bare().median(Samples.ROUND_TRIP)),
                        millis(cost.server().median(Samples.ROUND_TRIP)),
                        manifest.memoryMib(),
                        Page.decimals(0, cost.bare().median("memory_mib")));
    }

    private static String millis(double millis) {
        return Page.decimals(millis < 100 ? 1 : 0, millis);
    }

    private static String parameters(@Nullable String count) {
        return count == null ? "" : Page.decimals(2, Long.parseLong(count) / 1e6) + " M";
    }

    /** Mean, least and greatest over the seeds the network was trained with. */
    private static String meanIou(String mode) throws IOException {
        if (!Files.exists(RESULTS)) {
            return "—";
        }
        try (InputStream file = Files.newInputStream(RESULTS);
                JsonReader reader = Json.createReader(file)) {
            JsonObject trained = reader.readObject().getJsonObject("modes").getJsonObject(mode);
            DoubleSummaryStatistics seeds = trained.getJsonArray("seeds").getValuesAs(JsonValue::asJsonObject).stream()
                    .mapToDouble(seed -> seed.getJsonNumber("meanIou").doubleValue())
                    .summaryStatistics();
            return "%s (%s … %s)"
                    .formatted(
                            Page.decimals(3, seeds.getAverage()),
                            Page.decimals(3, seeds.getMin()),
                            Page.decimals(3, seeds.getMax()));
        }
    }
}
