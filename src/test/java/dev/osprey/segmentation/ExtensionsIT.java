package dev.osprey.segmentation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.RealServer;
import dev.osprey.SharesServer;
import dev.osprey.StreamClient;
import dev.osprey.StreamClient.Arrival.Message;
import dev.osprey.model.ModelManifest;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What {@code docs/protocol-extensions.md} promises. */
@SharesServer
class ExtensionsIT extends RealServer {

    private static final List<String> STEPS =
            List.of("queue_ms", "decode_ms", "resize_ms", "run_ms", "render_ms", "encode_ms");

    private static StreamClient connect(String features) throws Exception {
        return StreamClient.greeted(webSocket("/ws?features=" + features));
    }

    @Test
    void givesAClientThatAsksForNothingTheOriginalProtocolAndTheModel() throws Exception {
        for (String query : List.of("", "?features=", "?features=telepathy", "?other=receipt")) {
            try (StreamClient client = StreamClient.connect(webSocket("/ws" + query))) {
                assertEquals(
                        Set.of("type", "status", "available_models", "class_labels", "current_model", "model"),
                        client.next("connected").keySet());
                JsonObject metadata = client.segment(Pictures.portrait()).json().getJsonObject("metadata");
                assertFalse(metadata.containsKey("receipt"));
                assertEquals(ServedModels.first().name(), metadata.getString("model"));
            }
        }
    }

    @Test
    void grantsTheFeaturesItKnowsAndSaysWhatItHoldsTheClientTo() throws Exception {
        try (StreamClient client = StreamClient.connect(webSocket("/ws?features=receipt,telepathy,mask,binary"))) {
            JsonObject greeting = client.next("connected");
            assertEquals(
                    List.of("binary", "mask", "receipt"),
                    greeting.getJsonArray("features").getValuesAs(JsonString::getString));
            assertEquals(ServedModels.first().name(), greeting.getString("model"));
            assertEquals(
                    StreamClient.json("{\"max_message_bytes\":16777216,\"max_image_width\":4096,"
                            + "\"max_image_height\":4096,\"max_frames_waiting\":2}"),
                    greeting.get("limits"));
            assertEquals(
                    colours(ServedModels.first()),
                    greeting.getJsonArray("class_colors").toString());
            client.changeMode("fast");
            JsonObject changed = client.next("mode_changed");
            assertEquals(
                    colours(ServedModels.in("fast")),
                    changed.getJsonArray("class_colors").toString());
            assertEquals(ServedModels.in("fast").name(), changed.getString("model"));
        }
    }

    private static String colours(ModelManifest model) {
        return Arrays.deepToString(ServedModels.colours(model)).replace(" ", "");
    }

    @Test
    void answersEachFrameInTheFormItCameIn() throws Exception {
        byte[] frame = Pictures.portrait();
        try (StreamClient client = connect("binary")) {
            for (int i = 0; i < 4; i++) {
                client.sendFrame(frame, 2 * i);
                client.sendBinaryFrame(frame, 2 * i + 1);
                Message text = client.nextMessage("segmentation");
                Message binary = client.nextMessage("segmentation");
                assertFalse(text.binary());
                assertTrue(binary.binary());
                assertEquals(2 * i, text.json().getInt("timestamp"));
                assertEquals(2 * i + 1, binary.json().getInt("timestamp"));
                assertFalse(binary.json().containsKey("data"));
                assertArrayEquals(text.picture(), binary.picture());
            }
            client.stats();
        }
    }

    @Test
    void saysWhereTheTimeWent() throws Exception {
        try (StreamClient client = connect("receipt,binary")) {
            for (int i = 0; i < 20; i++) {
                client.sendBinaryFrame(Pictures.portrait(), i);
                JsonObject metadata = client.next("segmentation").getJsonObject("metadata");
                JsonObject receipt = metadata.getJsonObject("receipt");
                double sum = 0;
                for (String step : STEPS) {
                    double millis = receipt.getJsonNumber(step).doubleValue();
                    assertTrue(millis >= 0, () -> step + " in " + receipt);
                    sum += millis;
                }
                double server = receipt.getJsonNumber("server_ms").doubleValue();
                // Each of the seven figures is rounded to a microsecond.
                assertTrue(sum <= server + 0.004, receipt::toString);
                assertEquals(
                        receipt.getJsonNumber("run_ms").doubleValue(),
                        metadata.getJsonNumber("inference_time_ms").doubleValue(),
                        0.006);
                assertEquals(1, receipt.getInt("batch_size"));
                assertEquals(0, receipt.getInt("frames_replaced"));
                assertTrue(Set.of("CPU", "CUDA").contains(receipt.getString("provider")));
                assertEquals(ServedModels.first().name(), receipt.getString("model"));
                assertEquals(ServedModels.first().version(), receipt.getInt("model_version"));
                assertEquals(STEPS.size() + 6, receipt.size());
            }
        }
    }

    @Test
    void givesTheMaskItselfToWhoAsksForIt() throws Exception {
        byte[] frame = Pictures.table(333, 217, "png");
        ModelManifest model = ServedModels.first();
        try (StreamClient masks = connect("mask,binary");
                StreamClient pictures = connect("binary")) {
            pictures.visualize("{\"overlay_opacity\":1}");
            BufferedImage drawn = Pictures.decoded(pictures.segment(frame).picture());
            // Confirmed, and without effect.
            masks.visualize("{\"visualization_mode\":\"side-by-side\",\"class_filter\":[]}");
            Message text = masks.segment(frame);
            masks.sendBinaryFrame(frame, 2);
            Message binary = masks.nextMessage("segmentation");
            assertTrue(binary.binary());
            assertArrayEquals(text.picture(), binary.picture());
            Raster mask = Pictures.decoded(text.picture()).getRaster();
            assertEquals(1, mask.getNumBands());
            assertEquals(333, mask.getWidth());
            assertEquals(217, mask.getHeight());
            int[] ids = mask.getSamples(0, 0, 333, 217, 0, (int[]) null);
            assertEquals(
                    Arrays.stream(ids)
                            .distinct()
                            .sorted()
                            .filter(id -> id > 0)
                            .mapToObj(model.labels()::get)
                            .toList(),
                    text.json()
                            .getJsonObject("metadata")
                            .getJsonArray("detected_classes")
                            .getValuesAs(JsonString::getString));
            int[][] colours = ServedModels.colours(model);
            long alike = IntStream.range(0, ids.length)
                    .filter(i -> Pictures.isNear(drawn.getRGB(i % 333, i / 333), colours[ids[i]]))
                    .count();
            assertTrue(alike > 0.95 * ids.length, () -> alike + " of " + ids.length);
        }
    }

    @Test
    void answersFramesItReplacedWithTheNewerPictureAndCountsThem() throws Exception {
        List<byte[]> frames = List.of(Pictures.portrait(640, 480, "jpg"), Pictures.portrait(480, 640, "jpg"));
        int count = 60;
        try (StreamClient client = connect("receipt,binary")) {
            for (int i = 0; i < count; i++) {
                client.sendBinaryFrame(frames.get(i % 2), i);
            }
            List<byte[]> pictures = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                Message answer = client.nextMessage("segmentation");
                assertEquals(i, answer.json().getInt("timestamp"));
                JsonObject metadata = answer.json().getJsonObject("metadata");
                int replaced = metadata.getJsonObject("receipt").getInt("frames_replaced");
                assertEquals(replaced, metadata.getInt("frames_replaced", 0));
                for (byte[] sameAsThis : pictures.subList(i - replaced, i)) {
                    assertArrayEquals(answer.picture(), sameAsThis);
                }
                pictures.add(answer.picture());
            }
            client.stats();
        }
    }

    @Test
    void saysThatABinaryMessageIsMalformedAndStaysOpen() throws Exception {
        byte[] frame = Pictures.portrait();
        try (StreamClient client = connect("binary")) {
            for (ByteBuffer message : List.of(
                    ByteBuffer.allocate(0),
                    ByteBuffer.allocate(3),
                    ByteBuffer.allocate(8).putInt(5).rewind(),
                    ByteBuffer.allocate(70_000).putInt(65_537).rewind(),
                    ByteBuffer.allocate(8).putInt(-1).rewind(),
                    StreamClient.binary("[]", frame),
                    StreamClient.binary("{\"type\":\"fra", frame))) {
                client.send(message);
                client.nextError("INVALID_MESSAGE");
            }
            client.send(StreamClient.binary("{\"type\":\"frame\"}", new byte[0]));
            assertEquals(
                    "Empty frame data received",
                    client.nextError("INFERENCE_FAILED").getString("message"));
            client.sendBinaryFrame(frame, 1);
            assertTrue(client.nextMessage("segmentation").binary());
        }
    }

    @Test
    void takesBinaryMessagesOnlyFromClientsThatAskedForThem() throws Exception {
        try (StreamClient client = connect("receipt")) {
            client.sendBinaryFrame(Pictures.portrait(), 1);
            client.nextError("INVALID_MESSAGE");
            client.segment(Pictures.portrait());
        }
    }

    /** A selector, of which the first group is the metric and the second what is in its braces. */
    private static final Pattern SELECTOR = Pattern.compile("\\b((?:osprey|memory)_\\w+)(?:\\{([^}]*)})?");

    private static final Pattern MATCHER = Pattern.compile("(\\w+)\\s*(?:=~|!~|!=|=)");
    private static final Pattern GROUPING = Pattern.compile("\\bby\\s*\\(([^)]*)\\)");
    private static final Pattern SAMPLE = Pattern.compile("(\\w+)\\{(.*)} \\S+");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"");

    @Test
    void publishesEveryMetricAndLabelThatTheDashboardAndTheAlertsAskFor() throws Exception {
        byte[] frame = Pictures.portrait(1_600, 1_200, "jpg");
        try (StreamClient client = connect("binary")) {
            for (int i = 0; i < 40; i++) {
                client.sendBinaryFrame(frame, i);
            }
            for (int i = 0; i < 40; i++) {
                client.nextMessage("segmentation");
            }
            client.send("malformed");
            client.nextError("INVALID_MESSAGE");
            try {
                client.send(ByteBuffer.allocate((16 << 20) + 1));
            } catch (ExecutionException closed) {
                // The server has had enough before the last of it.
            }
            client.end();
        }
        await("All have left", () -> activeConnections() == 0);
        Map<String, Set<String>> published = new TreeMap<>();
        for (String line : get("/metrics").body().lines().toList()) {
            Matcher sample = SAMPLE.matcher(line);
            if (sample.matches()) {
                Set<String> labels = published.computeIfAbsent(sample.group(1), name -> new TreeSet<>());
                LABEL.matcher(sample.group(2)).results().forEach(label -> labels.add(label.group(1)));
            }
        }
        List<String> missing = new ArrayList<>();
        List<String> queries = queries();
        for (String query : queries) {
            Set<String> labels = new TreeSet<>();
            List<String> named = new ArrayList<>();
            for (MatchResult selector : SELECTOR.matcher(query).results().toList()) {
                Set<String> its = published.getOrDefault(selector.group(1), Set.of());
                if (its.isEmpty()) {
                    missing.add(selector.group(1) + " in " + query);
                }
                labels.addAll(its);
                if (selector.group(2) != null) {
                    MATCHER.matcher(selector.group(2))
                            .results()
                            .map(label -> label.group(1))
                            .forEach(named::add);
                }
            }
            for (MatchResult grouping : GROUPING.matcher(query).results().toList()) {
                Arrays.stream(grouping.group(1).split(",", -1))
                        .map(String::strip)
                        .forEach(named::add);
            }
            named.stream()
                    .filter(label -> !labels.contains(label))
                    .forEach(label -> missing.add(label + " in " + query));
        }
        assertEquals(List.of(), missing);
        assertTrue(queries.size() > 20, () -> "Only " + queries);
    }

    /** Those of the dashboard and of the alert rules; {@code up} is Prometheus's own metric. */
    private static List<String> queries() throws IOException {
        List<String> queries = new ArrayList<>();
        JsonObject dashboard = StreamClient.json(Files.readString(Path.of("server-config/grafana-dashboard.json")));
        for (JsonObject panel : dashboard.getJsonArray("panels").getValuesAs(JsonObject.class)) {
            for (JsonObject target : panel.getJsonArray("targets").getValuesAs(JsonObject.class)) {
                queries.add(target.getString("expr"));
            }
        }
        Files.readAllLines(Path.of("server-config/alerts.yml")).stream()
                .map(String::strip)
                .filter(line -> line.startsWith("expr: "))
                .map(line -> line.substring("expr: ".length()))
                .filter(query -> !query.startsWith("up{"))
                .forEach(queries::add);
        return queries;
    }
}
