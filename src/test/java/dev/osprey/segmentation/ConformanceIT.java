package dev.osprey.segmentation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.RawWebSocket;
import dev.osprey.RealServer;
import dev.osprey.StreamClient;
import dev.osprey.StreamClient.Arrival.Message;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.awt.image.BufferedImage;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** The conformance list of the segmentation stream, its numbers in the comments, as a client sees it. */
class ConformanceIT extends RealServer {

    private static final List<String> MODES = List.of("fast", "balanced", "accurate", "sota");
    private static final List<String> VISUALIZATIONS = List.of("filled", "contour", "side-by-side", "blend");
    private static final Duration A_WHILE = Duration.ofMillis(300);

    private static StreamClient connect() throws Exception {
        return StreamClient.greeted(webSocket("/ws"));
    }

    // 1
    @Test
    void describesItselfToProgrammes() throws Exception {
        HttpResponse<String> answer = get("/", "Accept", "*/*");
        assertEquals(200, answer.statusCode());
        JsonObject description = StreamClient.json(answer.body());
        assertEquals("/ws", description.getString("websocket_endpoint"));
        assertEquals(MODES, texts(description.getJsonArray("available_models")));
    }

    // 2
    @Test
    void countsConnectionsUntilTheyCloseOrVanish() throws Exception {
        HttpResponse<String> health = get("/health");
        assertEquals(200, health.statusCode());
        assertEquals("ok", StreamClient.json(health.body()).getString("status"));
        int before = activeConnections();
        StreamClient polite = connect();
        assertEquals(before + 1, activeConnections());
        RawWebSocket rude = new RawWebSocket(webSocket("/ws"), 0);
        rude.next();
        assertEquals(before + 2, activeConnections());
        polite.close();
        await("The client that closed is not counted", () -> activeConnections() == before + 1);
        rude.vanish();
        await("The client that vanished is not counted", () -> activeConnections() == before);
    }

    // 3
    @Test
    void letsPagesOfOtherOriginsReadItsAnswers() throws Exception {
        HttpResponse<String> answer = get("/", "Origin", "https://elsewhere.example");
        assertEquals(
                "*", answer.headers().firstValue("Access-Control-Allow-Origin").orElse(""));
    }

    @Test
    void letsPagesOfOtherOriginsAskFirst() throws Exception {
        HttpResponse<String> health = get("/health", "Origin", "https://elsewhere.example");
        assertEquals(
                "*", health.headers().firstValue("Access-Control-Allow-Origin").orElse(""));
        HttpResponse<String> preflight = send(
                "OPTIONS",
                "/health",
                "",
                "Origin",
                "https://elsewhere.example",
                "Access-Control-Request-Method",
                "GET",
                "Access-Control-Request-Headers",
                "X-One, X-Two");
        assertEquals(200, preflight.statusCode());
        assertEquals(
                "https://elsewhere.example",
                preflight.headers().firstValue("Access-Control-Allow-Origin").orElse(""));
        assertEquals(
                "X-One, X-Two",
                preflight.headers().firstValue("Access-Control-Allow-Headers").orElse(""));
        assertEquals(405, send("POST", "/health", "").statusCode());
    }

    // 4
    @Test
    void greetsWithExactlyOneMessage() throws Exception {
        try (StreamClient client = StreamClient.connect(webSocket("/ws"))) {
            JsonObject greeting = client.next("connected");
            assertEquals("ready", greeting.getString("status"));
            assertEquals(MODES, texts(greeting.getJsonArray("available_models")));
            assertEquals("balanced", greeting.getString("current_model"));
            assertEquals(ServedModels.first().labels(), texts(greeting.getJsonArray("class_labels")));
            assertTrue(client.isQuietFor(A_WHILE));
        }
    }

    // 5: warm-up runs are counted by the log, one line a model and process.
    @Test
    void warmsEachModelOnceAndForAll() throws Exception {
        connect().close();
        connect().close();
        assertEquals(
                ServedModels.count(),
                logged().stream()
                        .filter(entry -> entry.contains("loaded and warmed in"))
                        .count());
    }

    // 6
    @Test
    void answersAFrameThatWasSentBeforeTheGreetingWasReadAfterIt() throws Exception {
        for (int i = 0; i < 20; i++) {
            try (StreamClient client = StreamClient.connect(webSocket("/ws"))) {
                client.sendFrame(Pictures.portrait(64, 48, "jpg"), i);
                client.next("connected");
                assertEquals(i, client.next("segmentation").getInt("timestamp"));
            }
        }
    }

    // 7
    @Test
    void returnsTheTimestampAsItCame() throws Exception {
        String data = Base64.getEncoder().encodeToString(Pictures.portrait(64, 48, "jpg"));
        try (StreamClient client = connect()) {
            for (String timestamp : List.of(
                    "1730131200123", "0.1", "1730131200123.25", "\"gestern, \\\"früh\\\"\"", "null", "[1,{\"a\":2}]")) {
                client.send("{\"type\":\"frame\",\"data\":\"" + data + "\",\"timestamp\":" + timestamp + "}");
                JsonObject answer = client.next("segmentation");
                assertEquals(StreamClient.json("{\"t\":" + timestamp + "}").get("t"), answer.get("timestamp"));
            }
            client.send("{\"type\":\"frame\",\"data\":\"" + data + "\"}");
            assertEquals(0, client.next("segmentation").getInt("timestamp"));
            assertTrue(client.isQuietFor(A_WHILE));
        }
    }

    // 8
    @Test
    void takesDataUrlsAndBareBase64Alike() throws Exception {
        String data = Base64.getEncoder().encodeToString(Pictures.portrait());
        try (StreamClient client = connect()) {
            client.send(StreamClient.message("frame").add("data", data));
            byte[] bare = client.nextMessage("segmentation").picture();
            client.send(StreamClient.message("frame").add("data", "data:image/jpeg;base64," + data));
            assertArrayEquals(bare, client.nextMessage("segmentation").picture());
        }
    }

    // 9
    @Test
    void answersWithAJpegOfTheFramesSize() throws Exception {
        try (StreamClient client = connect()) {
            for (String format : List.of("jpg", "png", "bmp")) {
                byte[] picture =
                        client.segment(Pictures.portrait(333, 217, format)).picture();
                assertArrayEquals(new byte[] {(byte) 0xFF, (byte) 0xD8, (byte) 0xFF}, Arrays.copyOf(picture, 3));
                assertEquals(333, Pictures.decoded(picture).getWidth());
                assertEquals(217, Pictures.decoded(picture).getHeight());
            }
        }
    }

    // 10
    @Test
    void saysHowLongItTookAndWhatItSaw() throws Exception {
        try (StreamClient client = connect()) {
            JsonObject metadata = client.segment(Pictures.table()).json().getJsonObject("metadata");
            assertTrue(metadata.keySet()
                    .containsAll(Set.of(
                            "inference_time_ms",
                            "total_time_ms",
                            "model_mode",
                            "fps",
                            "avg_inference_ms",
                            "detected_classes")));
            assertEquals("balanced", metadata.getString("model_mode"));
            List<String> labels = ServedModels.first().labels();
            List<String> detected = texts(metadata.getJsonArray("detected_classes"));
            assertFalse(detected.isEmpty());
            // By class id, each once, the background left out.
            assertEquals(labels.stream().skip(1).filter(detected::contains).toList(), detected);
            double inference = number(metadata, "inference_time_ms");
            double total = number(metadata, "total_time_ms");
            assertTrue(inference > 0 && inference <= total, metadata::toString);
            assertEquals(1_000 / total, number(metadata, "fps"), 0.01 * 1_000 / total + 0.1);
            assertEquals(inference, number(metadata, "avg_inference_ms"), 0.01);
        }
    }

    // 11
    @Test
    void answersEveryFrameInOrderUnderTheLoadOfOthers() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        ExecutorService others = Executors.newFixedThreadPool(20);
        List<Future<Integer>> loads = new ArrayList<>();
        byte[] small = Pictures.portrait(96, 112, "jpg");
        try (StreamClient client = connect()) {
            for (int i = 0; i < 20; i++) {
                loads.add(others.submit(() -> streamUntil(over, small)));
            }
            byte[] frame = Pictures.portrait();
            streamTwoAtATime(client, frame, 60);
            over.set(true);
            streamTwoAtATime(client, frame, 140);
        } finally {
            over.set(true);
        }
        for (Future<Integer> load : loads) {
            assertTrue(load.get(1, TimeUnit.MINUTES) > 0);
        }
        others.shutdown();
    }

    private static int streamUntil(AtomicBoolean over, byte[] image) throws Exception {
        int answered = 0;
        try (StreamClient client = connect()) {
            while (!over.get()) {
                client.segment(image);
                answered++;
            }
        }
        return answered;
    }

    private static void streamTwoAtATime(StreamClient client, byte[] image, int frames) throws Exception {
        client.sendFrame(image, 0);
        for (int i = 0; i < frames; i++) {
            if (i + 1 < frames) {
                client.sendFrame(image, i + 1);
            }
            assertEquals(i, client.next("segmentation").getInt("timestamp"));
        }
    }

    // 12
    @Test
    void confirmsExactlyTheSettingsThatWereSent() throws Exception {
        Map<String, String> sent = Map.of(
                "opacity", "\"overlay_opacity\":0.35",
                "viz_mode", "\"visualization_mode\":\"blend\"",
                "class_filter", "\"class_filter\":[1]");
        List<String> names = List.copyOf(sent.keySet());
        try (StreamClient client = connect()) {
            for (int subset = 0; subset < 1 << names.size(); subset++) {
                List<String> keys = new ArrayList<>();
                List<String> settings = new ArrayList<>(List.of("\"colormap\":\"voc\""));
                for (int i = 0; i < names.size(); i++) {
                    if ((subset >> i & 1) == 1) {
                        keys.add(names.get(i));
                        settings.add(sent.get(names.get(i)));
                    }
                }
                JsonObject confirmed =
                        client.visualize("{" + String.join(",", settings) + "}").getJsonObject("settings");
                assertEquals(Set.copyOf(keys), confirmed.keySet());
            }
            JsonObject all = client.visualize(
                            "{\"overlay_opacity\":0.35,\"visualization_mode\":\"blend\",\"class_filter\":null}")
                    .getJsonObject("settings");
            assertEquals(StreamClient.json("{\"opacity\":0.35,\"viz_mode\":\"blend\",\"class_filter\":null}"), all);
            client.send(StreamClient.message("update_viz"));
            assertEquals(JsonValue.EMPTY_JSON_OBJECT, client.next("viz_updated").get("settings"));
        }
    }

    // 12: names of classes, as the older specification has them.
    @Test
    void takesNamesOfClassesInTheFilter() throws Exception {
        try (StreamClient client = connect()) {
            String name = ServedModels.first().labels().get(1);
            JsonObject confirmed = client.visualize("{\"class_filter\":[\"" + name + "\"]}");
            assertEquals(StreamClient.json("{\"class_filter\":[1]}"), confirmed.get("settings"));
        }
    }

    // 13
    @Test
    void drawsOnlyLaterFramesWithASetting() throws Exception {
        byte[] frame = Pictures.portrait(160, 120, "jpg");
        try (StreamClient client = connect()) {
            client.sendFrame(frame, 1);
            client.updateVisualization("{\"visualization_mode\":\"side-by-side\"}");
            client.sendFrame(frame, 2);
            assertEquals(
                    160,
                    Pictures.decoded(client.nextMessage("segmentation").picture())
                            .getWidth());
            client.next("viz_updated");
            assertEquals(
                    320,
                    Pictures.decoded(client.nextMessage("segmentation").picture())
                            .getWidth());
        }
    }

    // 14
    @Test
    void showsTheFrameBesideItsClasses() throws Exception {
        byte[] frame = Pictures.table(320, 240, "png");
        try (StreamClient client = connect()) {
            client.visualize("{\"visualization_mode\":\"side-by-side\"}");
            BufferedImage drawn = Pictures.decoded(client.segment(frame).picture());
            assertEquals(640, drawn.getWidth());
            assertEquals(240, drawn.getHeight());
            BufferedImage left = drawn.getSubimage(0, 0, 320, 240);
            assertEquals(0, Pictures.meanDifference(Pictures.decoded(frame), left), 6);
            BufferedImage right = drawn.getSubimage(320, 0, 320, 240);
            assertEquals(1, Pictures.share(right, ServedModels.colours(ServedModels.first())), 0.05);
        }
    }

    // 19
    @Test
    void showsTheFrameAtOpacity0AndTheColoursAtOpacity1() throws Exception {
        byte[] frame = Pictures.table(320, 240, "png");
        int[][] colours = ServedModels.colours(ServedModels.first());
        try (StreamClient client = connect()) {
            client.visualize("{\"overlay_opacity\":0}");
            BufferedImage clear = Pictures.decoded(client.segment(frame).picture());
            assertEquals(0, Pictures.meanDifference(Pictures.decoded(frame), clear), 6);
            client.visualize("{\"overlay_opacity\":1}");
            BufferedImage opaque = Pictures.decoded(client.segment(frame).picture());
            assertEquals(1, Pictures.share(opaque, colours), 0.05);
            assertTrue(Pictures.share(opaque, colours[0]) < 0.9);
        }
    }

    // 20
    @Test
    void blackensTheColoursOfClassesThatAreNotAskedFor() throws Exception {
        byte[] frame = Pictures.table(320, 240, "png");
        int[] black = {0, 0, 0};
        List<String> labels = ServedModels.first().labels();
        int[][] colours = ServedModels.colours(ServedModels.first());
        try (StreamClient client = connect()) {
            client.visualize("{\"overlay_opacity\":1}");
            Message everything = client.segment(frame);
            JsonArray detected = everything.json().getJsonObject("metadata").getJsonArray("detected_classes");
            int one = labels.indexOf(detected.getString(0));
            for (String nobody : List.of("[255]", "[]")) {
                client.visualize("{\"class_filter\":" + nobody + "}");
                Message answer = client.segment(frame);
                assertEquals(1, Pictures.share(Pictures.decoded(answer.picture()), black), 0.001);
                // The filter is about colours, not about what is there.
                assertEquals(detected, answer.json().getJsonObject("metadata").getJsonArray("detected_classes"));
            }
            client.visualize("{\"class_filter\":[" + one + "]}");
            BufferedImage onlyOne = Pictures.decoded(client.segment(frame).picture());
            assertEquals(1, Pictures.share(onlyOne, black, colours[one]), 0.05);
            assertTrue(Pictures.share(onlyOne, colours[one]) > 0.001);
            client.visualize("{\"class_filter\":null}");
            assertArrayEquals(everything.picture(), client.segment(frame).picture());
        }
    }

    // 21
    @Test
    void changesToEachModeAndSaysSo() throws Exception {
        byte[] frame = Pictures.portrait(160, 120, "jpg");
        try (StreamClient client = connect()) {
            for (String mode : MODES) {
                client.changeMode(mode);
                JsonObject changed = client.next("mode_changed");
                assertEquals(mode, changed.getString("model_mode"));
                assertEquals(ServedModels.in(mode).labels(), texts(changed.getJsonArray("class_labels")));
                assertEquals(ServedModels.in(mode).name(), changed.getString("model"));
                JsonObject metadata = client.segment(frame).json().getJsonObject("metadata");
                assertEquals(mode, metadata.getString("model_mode"));
                assertEquals(ServedModels.in(mode).name(), metadata.getString("model"));
            }
        }
    }

    // 21: within a stream of frames.
    @Test
    void answersFramesBeforeAChangeInTheOldMode() throws Exception {
        byte[] frame = Pictures.portrait(160, 120, "jpg");
        try (StreamClient client = connect()) {
            client.sendFrame(frame, 1);
            client.changeMode("fast");
            client.sendFrame(frame, 2);
            assertEquals(
                    "balanced",
                    client.next("segmentation").getJsonObject("metadata").getString("model_mode"));
            client.next("mode_changed");
            assertEquals(
                    "fast",
                    client.next("segmentation").getJsonObject("metadata").getString("model_mode"));
        }
    }

    // 22
    @Test
    void keepsTheModeWhenAnUnknownOneIsAskedFor() throws Exception {
        try (StreamClient client = connect()) {
            client.changeMode("turbo");
            assertEquals(
                    "Invalid model mode: turbo",
                    client.nextError("INVALID_MODE").getString("message"));
            client.send(StreamClient.message("change_mode"));
            assertEquals(
                    "Invalid model mode: None", client.nextError("INVALID_MODE").getString("message"));
            JsonObject metadata = client.segment(Pictures.portrait()).json().getJsonObject("metadata");
            assertEquals("balanced", metadata.getString("model_mode"));
        }
    }

    // 23
    @Test
    void saysThatAFrameIsEmptyAndGoesOn() throws Exception {
        try (StreamClient client = connect()) {
            for (String data : List.of("", ",\"data\":\"\"", ",\"data\":null", ",\"data\":0", ",\"data\":false")) {
                client.send("{\"type\":\"frame\"" + data + "}");
                assertTrue(client.nextError("INFERENCE_FAILED")
                        .getString("message")
                        .startsWith("Empty frame data"));
                client.segment(Pictures.portrait(64, 48, "jpg"));
            }
        }
    }

    // 24
    @Test
    void saysThatAFrameIsNoImageAndGoesOn() throws Exception {
        try (StreamClient client = connect()) {
            Map<String, String> starts = Map.of(
                    "\"not base64!\"",
                    "Invalid base64 encoding:",
                    "\"data:image/jpeg;base64,\"",
                    "Failed to decode frame:",
                    "\"" + Base64.getEncoder().encodeToString("a text".getBytes(UTF_8)) + "\"",
                    "Failed to decode frame:",
                    "17",
                    "Failed to decode frame:",
                    "[\"abcd\"]",
                    "Failed to decode frame:");
            for (Map.Entry<String, String> start : starts.entrySet()) {
                client.send("{\"type\":\"frame\",\"data\":" + start.getKey() + "}");
                String message = client.nextError("INFERENCE_FAILED").getString("message");
                assertTrue(message.startsWith(start.getValue()), message);
                client.segment(Pictures.portrait(64, 48, "jpg"));
            }
        }
    }

    // 25
    @Test
    void reportsTheLast30InferenceTimes() throws Exception {
        byte[] frame = Pictures.portrait(64, 48, "jpg");
        try (StreamClient client = connect()) {
            JsonObject none = client.stats();
            for (String key : List.of("avg_inference_ms", "min_inference_ms", "max_inference_ms", "avg_fps")) {
                assertEquals(0, number(none, key));
            }
            List<Double> times = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                JsonObject metadata = client.segment(frame).json().getJsonObject("metadata");
                times.add(number(metadata, "inference_time_ms"));
            }
            var last = times.subList(10, 40).stream()
                    .mapToDouble(Double::doubleValue)
                    .summaryStatistics();
            JsonObject stats = client.stats();
            assertEquals(last.getMin(), number(stats, "min_inference_ms"), 0.01);
            assertEquals(last.getAverage(), number(stats, "avg_inference_ms"), 0.02);
            assertEquals(last.getMax(), number(stats, "max_inference_ms"), 0.01);
            assertEquals(1_000 / last.getAverage(), number(stats, "avg_fps"), 0.01 * 1_000 / last.getAverage() + 0.1);
        }
    }

    // 26, 27
    @Test
    void refusesSettingsThatAreNoneAndKeepsTheOldOnes() throws Exception {
        byte[] frame = Pictures.portrait(160, 120, "jpg");
        try (StreamClient client = connect()) {
            byte[] before = client.segment(frame).picture();
            for (String settings : List.of(
                    "null",
                    "[]",
                    "\"filled\"",
                    "{\"visualization_mode\":\"x-ray\"}",
                    "{\"visualization_mode\":null}",
                    "{\"overlay_opacity\":1.01}",
                    "{\"overlay_opacity\":\"0.5\"}",
                    "{\"class_filter\":[\"unicorn\"]}",
                    "{\"class_filter\":[-1]}",
                    "{\"overlay_opacity\":0.1,\"visualization_mode\":\"x-ray\"}")) {
                client.updateVisualization(settings);
                client.nextError("VIZ_UPDATE_FAILED");
                assertArrayEquals(before, client.segment(frame).picture(), settings);
            }
        }
    }

    // 28
    @Test
    void staysSilentOnWhatItDoesNotKnow() throws Exception {
        try (StreamClient client = connect()) {
            client.send("{\"type\":\"dance\"}");
            client.send("{\"type\":17}");
            client.send("{}");
            client.send("{\"type\":\"init\",\"config\":{\"model_mode\":\"balanced\","
                    + "\"resolution\":{\"width\":640,\"height\":480}}}");
            assertTrue(client.isQuietFor(A_WHILE));
            client.stats();
        }
    }

    // 29
    @Test
    void saysThatAMessageIsMalformedAndStaysOpen() throws Exception {
        try (StreamClient client = connect()) {
            for (String message : List.of("hello", "", "[1,2]", "17", "{\"type\":\"frame\"")) {
                client.send(message);
                client.nextError("INVALID_MESSAGE");
            }
            client.segment(Pictures.portrait());
        }
    }

    // 30
    @Test
    void doesNotComplainAboutClientsThatLeaveDuringInference() throws Exception {
        int logged = logged().size();
        int before = activeConnections();
        byte[] frame = RawWebSocket.text(
                StreamClient.frame(Pictures.portrait()).build().toString());
        for (int i = 0; i < 10; i++) {
            RawWebSocket client = new RawWebSocket(webSocket("/ws"), 0);
            client.next();
            client.send(frame);
            client.send(frame);
            if (i % 2 == 0) {
                client.vanish();
            } else {
                client.close();
            }
        }
        await("All have left", () -> activeConnections() == before);
        connect().close();
        assertEquals(List.of(), ospreysWarnings(logged));
    }

    // 31
    @Test
    void keepsConnectionsApart() throws Exception {
        byte[] frame = Pictures.portrait(160, 120, "png");
        try (StreamClient one = connect();
                StreamClient other = connect()) {
            one.changeMode("fast");
            one.next("mode_changed");
            one.visualize("{\"overlay_opacity\":1,\"class_filter\":[]}");
            other.visualize("{\"overlay_opacity\":0}");
            for (int i = 0; i < 3; i++) {
                one.sendFrame(frame, i);
                other.sendFrame(frame, 10 + i);
                Message ofOne = one.nextMessage("segmentation");
                Message ofOther = other.nextMessage("segmentation");
                assertEquals(i, ofOne.json().getInt("timestamp"));
                assertEquals(10 + i, ofOther.json().getInt("timestamp"));
                assertEquals("fast", ofOne.json().getJsonObject("metadata").getString("model_mode"));
                assertEquals(
                        "balanced", ofOther.json().getJsonObject("metadata").getString("model_mode"));
                assertEquals(1, Pictures.share(Pictures.decoded(ofOne.picture()), new int[3]), 0.001);
                assertEquals(
                        0, Pictures.meanDifference(Pictures.decoded(frame), Pictures.decoded(ofOther.picture())), 8);
            }
            other.stats();
            one.stats();
        }
    }

    // 33
    @Test
    void refusesAPictureThatClaimsToBeHuge() throws Exception {
        try (StreamClient client = connect()) {
            client.send(StreamClient.frame(Pictures.pngThatClaims(30_000, 30_000)));
            String message = client.nextError("INFERENCE_FAILED").getString("message");
            assertTrue(message.contains("30000x30000") && message.contains("4096x4096"), message);
            client.segment(Pictures.portrait());
        }
    }

    // 34: what the reference page does, through all modes and renderings.
    @Test
    void servesTheReferencePage() throws Exception {
        byte[] frame = Pictures.portrait(640, 480, "jpg");
        int timestamp = 0;
        try (StreamClient client = connect()) {
            for (String mode : MODES) {
                client.changeMode(mode);
                client.next("mode_changed");
                for (String visualization : VISUALIZATIONS) {
                    client.visualize("{\"visualization_mode\":\"" + visualization + "\"}");
                    client.sendFrame(frame, timestamp);
                    for (int i = 0; i < 10; i++) {
                        client.sendFrame(frame, ++timestamp);
                        JsonObject answer = client.next("segmentation");
                        assertEquals(timestamp - 1, answer.getInt("timestamp"));
                        assertFalse(answer.getString("data").startsWith("data:"));
                        JsonObject metadata = answer.getJsonObject("metadata");
                        assertEquals(mode, metadata.getString("model_mode"));
                        assertInstanceOf(JsonNumber.class, metadata.get("fps"));
                        assertInstanceOf(JsonNumber.class, metadata.get("inference_time_ms"));
                    }
                    client.next("segmentation");
                    assertNotEquals(0, number(client.stats(), "avg_fps"));
                }
            }
        }
    }

    // 35: what the reference connection test does.
    @Test
    void passesBothTestsOfTheReferenceConnectionPage() throws Exception {
        HttpResponse<String> answer = get("/", "Origin", "http://localhost:5173");
        assertEquals(200, answer.statusCode());
        JsonObject description = StreamClient.json(answer.body());
        assertFalse(description.getJsonArray("available_models").isEmpty());
        try (StreamClient client = StreamClient.connect(webSocket(description.getString("websocket_endpoint")))) {
            assertEquals("ready", client.next("connected").getString("status"));
            assertFalse(client.segment(Pictures.portrait()).picture().length == 0);
        }
    }

    private static double number(JsonObject object, String key) {
        return object.getJsonNumber(key).doubleValue();
    }

    private static List<String> texts(JsonArray array) {
        return array.getValuesAs(JsonString::getString);
    }
}
