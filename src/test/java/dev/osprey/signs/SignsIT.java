package dev.osprey.signs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.RawPolling;
import dev.osprey.RawSocketIo;
import dev.osprey.RawWebSocket;
import dev.osprey.RealServer;
import dev.osprey.StreamClient;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The protocol's conformance checklist against the real server and the shipped model, by its numbers in brackets. */
class SignsIT extends RealServer {

    private static final List<String> WORDS = List.of(
            "book",
            "chair",
            "clothes",
            "computer",
            "drink",
            "drum",
            "family",
            "football",
            "go",
            "hat",
            "hello",
            "kiss",
            "like",
            "play",
            "school",
            "street",
            "table",
            "university",
            "violin",
            "wall");

    private static final int MAX_CLIENTS = 100;
    private static final int HALF_OF_CLIENTS = MAX_CLIENTS / 2;
    private static final int CLIP_FRAMES = 10;
    private static final long HEAP_TOLERANCE_MIB = 64;

    /** Compiled code, and what the system keeps for native threads: all but the heap, which is taken from the start. */
    private static final long RESIDENT_TOLERANCE_MIB = 250;

    private static final String NOTHING_KNOWN = "42[\"prediction\",{\"label\":\"none\",\"score\":0.0}]";

    /** What carries no picture. */
    private static final List<String> BAD_FRAMES = List.of(
            "[\"frame\"]",
            "[\"frame\",null]",
            "[\"frame\",5]",
            "[\"frame\",\"image\"]",
            "[\"frame\",[\"image\"]]",
            "[\"frame\",{}]",
            "[\"frame\",{\"picture\":\"aaaa\"}]",
            "[\"frame\",{\"image\":null}]",
            "[\"frame\",{\"image\":5}]",
            "[\"frame\",{\"image\":\"\"}]",
            "[\"frame\",{\"image\":\"no base64!\"}]",
            "[\"frame\",{\"image\":\"data:image/jpeg;base64,\"}]",
            "[\"frame\",{\"image\":\"" + base64("a text, not a picture".getBytes(UTF_8)) + "\"}]");

    private int loggedBefore;

    @BeforeEach
    void lookBefore() {
        loggedBefore = logged().size();
    }

    @AfterEach
    void lookAfter() throws Exception {
        await("Nobody who has left is counted", () -> connections("signs") == 0 && connections("socketio") == 0);
        assertEquals(List.of(), warnings(loggedBefore, "dev.osprey.", "org.jboss.weld."));
    }

    private static RawSocketIo joined() throws IOException {
        return joined("");
    }

    /** @param features behind the address */
    private static RawSocketIo joined(String features) throws IOException {
        return RawSocketIo.joined(webSocket(RawSocketIo.PATH + features));
    }

    private static int signsClients() throws Exception {
        return StreamClient.json(get("/health").body()).getJsonObject("signs").getInt("active_connections");
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static byte[] photograph() throws IOException {
        return Files.readAllBytes(Path.of("src/main/webapp/samples/grace-hopper.jpg"));
    }

    private static byte[] picture(Color colour) throws IOException {
        BufferedImage image = new BufferedImage(160, 120, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(colour);
        graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
        graphics.dispose();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "jpg", bytes);
        return bytes.toByteArray();
    }

    private static byte[] grey() throws IOException {
        return picture(Color.GRAY);
    }

    private static String frame(byte[] picture) {
        return RawSocketIo.event("frame", RawSocketIo.image(picture));
    }

    /** Sends a frame and takes its prediction. */
    private static JsonObject shown(RawSocketIo client, byte[] picture) throws IOException {
        client.send(frame(picture));
        return client.nextEvent("prediction");
    }

    /** Shows a picture again and again until the model has looked at a clip of nothing else; the prediction of that. */
    private static JsonObject recognised(RawSocketIo client, byte[] picture) throws Exception {
        JsonObject[] last = {shown(client, picture)};
        int clean = last[0].getJsonObject("receipt").getInt("frame") + CLIP_FRAMES;
        await("The model has looked at it", () -> {
            last[0] = shown(client, picture);
            JsonValue recognition = last[0].getJsonObject("receipt").get("recognition");
            return recognition instanceof JsonObject done && done.getInt("last_frame") >= clean;
        });
        return last[0];
    }

    private static double score(JsonObject prediction) {
        return prediction.getJsonNumber("score").doubleValue();
    }

    private static void assertIsPrediction(JsonObject prediction) {
        String label = prediction.getString("label");
        double score = score(prediction);
        assertTrue(label.equals("none") ? score <= 0.5 : WORDS.contains(label) && score > 0.5, prediction::toString);
        assertTrue(score >= 0 && score <= 1, prediction::toString);
        assertEquals((float) score, score, prediction::toString);
    }

    @Test
    void isHealthyExactlyAsThePageAsksIt() throws Exception { // [1]
        assertEquals(200, get("/healthz").statusCode());
        JsonObject health = StreamClient.json(get("/healthz").body());
        assertEquals("ok", health.getString("status"));
        assertTrue(health.get("model") instanceof JsonString);
    }

    @Test
    void tellsItsVocabularyByIndex() throws Exception { // [2]
        assertEquals(200, get("/labels").statusCode());
        JsonObject labels = StreamClient.json(get("/labels").body());
        assertEquals(WORDS.size(), labels.size());
        for (int i = 0; i < WORDS.size(); i++) {
            assertEquals(WORDS.get(i), labels.getString(Integer.toString(i)));
        }
    }

    @Test
    void knowsNothingBeforeItsFirstClipAndAnswersEveryFrame() throws Exception { // [4] [10] [12]
        byte[] photograph = photograph();
        try (RawSocketIo client = joined()) {
            for (int i = 1; i < CLIP_FRAMES; i++) {
                client.send(frame(photograph));
                assertEquals(NOTHING_KNOWN, client.next());
            }
            client.assertQuiet();
            assertEquals(1, signsClients());
            await("The model has looked at a clip", () -> {
                JsonObject prediction = shown(client, photograph);
                assertEquals(2, prediction.size());
                assertIsPrediction(prediction);
                return score(prediction) > 0;
            });
        }
    }

    @Test
    void answersAClientThatOnlyPolls() throws Exception { // [5]
        byte[] photograph = photograph();
        try (RawPolling client = RawPolling.joined(http(RawPolling.PATH))) {
            client.send(frame(photograph), frame(photograph));
            client.send(frame(photograph));
            for (int i = 0; i < 3; i++) {
                assertEquals(NOTHING_KNOWN, client.next());
            }
            await("The model has looked at a clip", () -> {
                client.send(frame(photograph));
                return score(client.nextEvent("prediction")) > 0;
            });
        }
    }

    @Test
    void saysNothingToBadFramesAndKeepsItsClip() throws Exception { // [20]
        try (RawSocketIo client = joined("&features=receipt")) {
            int refused = 0;
            for (String bad : BAD_FRAMES) {
                client.send("42" + bad);
                client.send("425" + bad);
                client.assertQuiet();
                refused += 2;
                JsonObject receipt = shown(client, grey()).getJsonObject("receipt");
                assertEquals(refused, receipt.getInt("frames_refused"), bad);
                assertEquals(refused / 2, receipt.getInt("frame"), bad);
                assertEquals(Math.min(CLIP_FRAMES, refused / 2), receipt.getInt("clip_frames"), bad);
            }
        }
    }

    @Test
    void looksAtPicturesInEveryForm() throws Exception { // [21]
        byte[] png = Files.readAllBytes(Path.of("src/main/webapp/samples/world-truth-0.png"));
        try (RawSocketIo client = joined()) {
            for (String image : List.of(
                    "data:image/jpeg;base64," + base64(photograph()),
                    "data:image/png;base64," + base64(png),
                    base64(photograph()),
                    base64(png))) {
                client.send(RawSocketIo.event(
                        "frame", Json.createObjectBuilder().add("image", image).build()));
                assertEquals(NOTHING_KNOWN, client.next());
            }
            client.send("451-[\"frame\",{\"image\":{\"_placeholder\":true,\"num\":0}}]");
            client.send(photograph());
            assertEquals(NOTHING_KNOWN, client.next());
        }
    }

    @Test
    void acknowledgesAfterThePrediction() throws Exception { // [22]
        try (RawSocketIo client = joined()) {
            for (String number : List.of("0", "3", "42", "2147483647")) {
                client.send(RawSocketIo.event("frame", number, RawSocketIo.image(grey())));
                assertEquals(NOTHING_KNOWN, client.next());
                assertEquals("43" + number + "[]", client.next());
            }
        }
    }

    @Test
    void answersNoOtherEvent() throws Exception { // [23]
        try (RawSocketIo client = joined()) {
            for (String event : List.of("42[\"pong\"]", "421[\"time\",{\"time\":1}]", "42[\"train\",{}]", "42[\"\"]")) {
                client.send(event);
                client.assertQuiet();
            }
            shown(client, grey());
        }
    }

    @Test
    void servesAsManyClientsAsItMayAndTellsTheNext() throws Exception { // [24]
        byte[] grey = grey();
        List<RawSocketIo> clients = new ArrayList<>();
        try (RawSocketIo onlyJoined = joined();
                RawPolling polling = RawPolling.joined(http(RawPolling.PATH))) {
            for (int i = 0; i < MAX_CLIENTS; i++) {
                RawSocketIo client = joined();
                clients.add(client);
                shown(client, grey);
            }
            assertEquals(MAX_CLIENTS, signsClients());
            onlyJoined.assertQuiet();
            onlyJoined.send(frame(grey));
            assertAtCapacity(onlyJoined.nextEvent("error"));
            assertEquals("41", onlyJoined.next());
            assertEquals(1000, onlyJoined.closeCode());
            polling.send(frame(grey));
            assertAtCapacity(polling.nextEvent("error"));
            assertEquals("41", polling.next());
            String end = polling.next();
            assertEquals("1", end.equals("6") ? polling.next() : end);
            clients.forEach(SignsIT::assertServed);
            clients.get(0).close();
            clients.get(1).send("41");
            await("Two have left", () -> signsClients() == MAX_CLIENTS - 2);
            try (RawSocketIo next = joined();
                    RawSocketIo second = joined()) {
                assertServed(next);
                assertServed(second);
                assertEquals(MAX_CLIENTS, signsClients());
            }
        } finally {
            for (RawSocketIo client : clients) {
                client.close();
            }
        }
    }

    private static void assertAtCapacity(JsonObject error) {
        assertTrue(error.getString("message").startsWith("Server at capacity"), error::toString);
    }

    private static void assertServed(RawSocketIo client) {
        try {
            shown(client, grey());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void keepsClientsApart() throws Exception { // [25]
        byte[] photograph = photograph();
        byte[] grey = grey();
        try (RawSocketIo one = joined("&features=topk,receipt");
                RawSocketIo other = joined("&features=topk,receipt");
                RawSocketIo third = joined("&features=topk,receipt")) {
            JsonArray ofOne = recognised(one, photograph).getJsonArray("topk");
            JsonArray ofOther = recognised(other, grey).getJsonArray("topk");
            assertNotEquals(ofOne, ofOther);
            // While others' clips are in the same batches.
            JsonArray ofThird = recognised(third, grey).getJsonArray("topk");
            assertIsNear(ofOther, ofThird);
            assertIsNear(ofOne, recognised(one, photograph).getJsonArray("topk"));
        }
    }

    private static void assertIsNear(JsonArray expected, JsonArray actual) {
        for (int i = 0; i < expected.size(); i++) {
            assertEquals(score(expected.getJsonObject(i)), score(actual.getJsonObject(i)), 1e-4);
        }
    }

    @Test
    void keepsNothingOfThoseWhoHaveLeft() throws Exception { // [26]
        comeAndGo(200);
        Memory before = memory();
        double threadsBefore = metric("base", "thread_count");
        comeAndGo(1_000);
        Memory after = memory();
        assertIsFlat(before, after);
        double threads = metric("base", "thread_count");
        assertTrue(threads <= threadsBefore + 10, () -> threadsBefore + " threads before, " + threads + " after");
    }

    private static void assertIsFlat(Memory before, Memory after) {
        assertTrue(
                after.heapMib() <= before.heapMib() + HEAP_TOLERANCE_MIB
                        && after.residentMib() <= before.residentMib() + RESIDENT_TOLERANCE_MIB,
                () -> "before " + before + ", after " + after);
    }

    /** Every fifth vanishes while its clip is looked at; the others leave in the ways that there are. */
    private static void comeAndGo(int times) throws Exception {
        String frame = frame(grey());
        for (int i = 0; i < times; i++) {
            if (i % HALF_OF_CLIENTS == 0) {
                await("There is room", () -> connections("signs") < HALF_OF_CLIENTS);
            }
            if (i % 5 == 0) {
                RawSocketIo vanishing = joined();
                for (int sent = 0; sent < CLIP_FRAMES + 2; sent++) {
                    vanishing.send(frame);
                }
                vanishing.vanish();
            } else if (i % 5 == 1) {
                try (RawPolling polling = RawPolling.joined(http(RawPolling.PATH))) {
                    polling.send(frame);
                    polling.next();
                }
            } else {
                try (RawSocketIo client = joined()) {
                    client.send(frame);
                    client.next();
                    if (i % 5 == 2) {
                        client.send("41");
                    }
                }
            }
        }
        await("They have left", () -> connections("signs") == 0 && connections("socketio") == 0);
    }

    @Test
    void forgetsTwoHundredClientsThatVanishDuringARecognition() throws Exception { // [26]
        vanishDuringARecognition(50);
        Memory before = memory();
        double threadsBefore = metric("base", "thread_count");
        vanishDuringARecognition(200);
        assertIsFlat(before, memory());
        assertTrue(metric("base", "thread_count") <= threadsBefore + 10);
        try (RawSocketIo client = joined("&features=receipt")) {
            recognised(client, grey());
        }
    }

    private static void vanishDuringARecognition(int clients) throws Exception {
        String frame = frame(photograph());
        for (int i = 0; i < clients; i++) {
            if (i % HALF_OF_CLIENTS == 0) {
                await("There is room", () -> connections("signs") < HALF_OF_CLIENTS);
            }
            RawSocketIo client = joined();
            for (int sent = 0; sent < CLIP_FRAMES; sent++) {
                client.send(frame);
            }
            for (int answered = 0; answered < CLIP_FRAMES; answered++) {
                client.nextEvent("prediction");
            }
            client.vanish();
        }
        await("They have left", () -> connections("signs") == 0);
    }

    @Test
    void answersEveryFrameOfACamera() throws Exception { // [27]
        int frames = 250;
        String frame = frame(photograph());
        AtomicInteger sent = new AtomicInteger();
        ScheduledExecutorService camera = Executors.newSingleThreadScheduledExecutor();
        try (RawSocketIo client = joined()) {
            Future<?> stream = camera.scheduleAtFixedRate(
                    () -> {
                        if (sent.getAndIncrement() < frames) {
                            sendUnchecked(client, frame);
                        }
                    },
                    0,
                    40,
                    TimeUnit.MILLISECONDS);
            for (int i = 0; i < frames; i++) {
                assertIsPrediction(client.nextEvent("prediction"));
            }
            stream.cancel(false);
            client.assertQuiet();
        } finally {
            camera.shutdownNow();
        }
    }

    private static void sendUnchecked(RawSocketIo client, String packet) {
        try {
            client.send(packet);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void holdsNoMoreOfAClientThatSendsFasterThanItDecodes() throws Exception { // [28]
        int frames = 1_500;
        String frame = frame(Files.readAllBytes(Path.of("src/main/webapp/samples/world.jpg")));
        ExecutorService camera = Executors.newSingleThreadExecutor();
        Memory before = memory();
        try (RawSocketIo client = joined("&features=receipt")) {
            Future<?> stream = camera.submit(() -> {
                for (int i = 0; i < frames; i++) {
                    if (i == frames / 2) {
                        assertIsFlat(before, memory());
                    }
                    client.send(frame);
                }
                return null;
            });
            JsonObject receipt = client.nextEvent("prediction").getJsonObject("receipt");
            while (receipt.getInt("frame") < frames) {
                receipt = client.nextEvent("prediction").getJsonObject("receipt");
            }
            stream.get(1, TimeUnit.MINUTES);
            assertEquals(CLIP_FRAMES, receipt.getInt("clip_frames"));
            assertIsFlat(before, memory());
        } finally {
            camera.shutdownNow();
        }
    }

    @Test
    void keepsServingWhereAClientNeverReads() throws Exception {
        byte[] frame = RawWebSocket.text(frame(grey()));
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (RawWebSocket client = new RawWebSocket(webSocket(RawSocketIo.PATH + "&features=topk,receipt"), 4_096);
                RawSocketIo good = joined()) {
            RawSocketIo.joined(client);
            AtomicBoolean enough = new AtomicBoolean();
            Future<?> flood = thread.submit(() -> {
                try {
                    while (!enough.get()) {
                        client.send(frame);
                    }
                } catch (IOException closed) {
                    // The server has had enough first.
                }
            });
            for (int i = 0; i < 100; i++) {
                shown(good, grey());
            }
            enough.set(true);
            client.vanish();
            flood.get(1, TimeUnit.MINUTES);
        }
        thread.shutdown();
    }

    @Test
    void tellsTheFiveBestClassesToWhoAsks() throws Exception {
        try (RawSocketIo client = joined("&features=topk,receipt")) {
            JsonObject first = shown(client, photograph());
            assertEquals("[]", first.getJsonArray("topk").toString());
            assertEquals(JsonValue.NULL, first.getJsonObject("receipt").get("recognition"));
            JsonObject prediction = recognised(client, photograph());
            JsonArray best = prediction.getJsonArray("topk");
            assertEquals(5, best.size());
            for (int i = 0; i < best.size(); i++) {
                JsonObject each = best.getJsonObject(i);
                assertEquals(WORDS.get(each.getInt("index")), each.getString("label"));
                assertTrue(i == 0 || score(each) <= score(best.getJsonObject(i - 1)), best::toString);
            }
            assertEquals(best.getJsonObject(0).getInt("index"), prediction.getInt("index"));
            assertEquals(score(best.getJsonObject(0)), score(prediction));
            assertEquals(0.5, prediction.getJsonNumber("threshold").doubleValue());
        }
    }

    @Test
    void tellsWhatBecameOfTheFramesToWhoAsks() throws Exception {
        try (RawSocketIo client = joined("&features=receipt")) {
            for (int i = 1; i <= 2 * CLIP_FRAMES; i++) {
                JsonObject receipt = shown(client, grey()).getJsonObject("receipt");
                assertEquals(i, receipt.getInt("frame"));
                assertEquals(Math.min(i, CLIP_FRAMES), receipt.getInt("clip_frames"));
                assertEquals(0, receipt.getInt("frames_refused"));
            }
            JsonObject recognition =
                    recognised(client, grey()).getJsonObject("receipt").getJsonObject("recognition");
            assertTrue(recognition.getInt("number") >= 1);
            assertEquals("CPU", recognition.getString("provider"));
            for (String duration : List.of("age_ms", "queue_ms", "inference_ms")) {
                assertTrue(recognition.getJsonNumber(duration).doubleValue() >= 0, recognition::toString);
            }
        }
    }

    @Test
    void speaksTheOlderDialectOverAPlainWebSocket() throws Exception { // [32]
        String picture = base64(photograph());
        try (RawWebSocket client = new RawWebSocket(webSocket("/signs"), 0)) {
            assertEquals(
                    "{\"type\":\"info\",\"message\":\"ready\"}",
                    client.nextData().text());
            for (int i = 1; i < CLIP_FRAMES; i++) {
                client.send(RawWebSocket.text("{\"type\":\"frame\",\"data\":\"%s\"}".formatted(picture)));
                assertEquals(
                        "{\"type\":\"prediction\",\"label\":\"none\",\"score\":0.0}",
                        client.nextData().text());
            }
            for (String bad : List.of(
                    "{\"type\":\"picture\",\"data\":\"%s\"}".formatted(picture),
                    "{\"data\":\"%s\"}".formatted(picture),
                    "{\"type\":\"frame\"}",
                    "{\"type\":\"frame\",\"data\":5}",
                    "{\"type\":5,\"data\":\"\"}",
                    "{\"type\":\"frame\",\"data\":\"aaaa\"} and more",
                    "[]",
                    "5",
                    "no JSON",
                    "",
                    "{\"x\":" + "[".repeat(100_000))) {
                client.send(RawWebSocket.text(bad));
                assertIsError("invalid payload:", client.nextData().text());
            }
            client.send(RawWebSocket.frame(RawWebSocket.BINARY, photograph()));
            assertIsError("invalid payload:", client.nextData().text());
            for (String bad : List.of("", "$", "aaaa", base64("a text".getBytes(UTF_8)))) {
                client.send(RawWebSocket.text("{\"type\":\"frame\",\"data\":\"%s\"}".formatted(bad)));
                assertIsError("decode/preprocess error:", client.nextData().text());
            }
            client.send(RawWebSocket.text(
                    "{\"type\":\"frame\",\"data\":\"data:image/jpeg;base64,%s\"}".formatted(picture)));
            assertEquals(
                    "prediction", StreamClient.json(client.nextData().text()).getString("type"));
            await("The model has looked at a clip", () -> {
                client.send(RawWebSocket.text("{\"type\":\"frame\",\"data\":\"%s\"}".formatted(picture)));
                JsonObject prediction = StreamClient.json(client.nextData().text());
                assertEquals("prediction", prediction.getString("type"));
                assertIsPrediction(prediction);
                return score(prediction) > 0;
            });
            assertEquals(1, signsClients());
        }
    }

    private static void assertIsError(String beginning, String message) {
        JsonObject error = StreamClient.json(message);
        assertEquals("error", error.getString("type"), message);
        assertTrue(error.getString("message").startsWith(beginning), message);
    }

    @Test
    void tellsMoreOverAPlainWebSocketToWhoAsks() throws Exception {
        try (RawWebSocket client = new RawWebSocket(webSocket("/signs?features=topk,receipt"), 0)) {
            client.nextData();
            client.send(RawWebSocket.text("{\"type\":\"frame\",\"data\":\"%s\"}".formatted(base64(grey()))));
            JsonObject prediction = StreamClient.json(client.nextData().text());
            assertEquals("[]", prediction.getJsonArray("topk").toString());
            assertEquals(1, prediction.getJsonObject("receipt").getInt("frame"));
        }
    }

    @Test
    void takesNoLargerMessageOverAPlainWebSocketThanItSays() throws Exception { // [29]
        try (RawWebSocket other = new RawWebSocket(webSocket("/signs"), 0)) {
            other.nextData();
            try (RawWebSocket client = new RawWebSocket(webSocket("/signs"), 0)) {
                client.nextData();
                client.send(
                        RawWebSocket.text("{\"type\":\"frame\",\"data\":\"%s\"}".formatted("A".repeat(10_485_760))));
                RawWebSocket.Frame end = client.nextData();
                assertEquals(RawWebSocket.CLOSE, end.opcode());
                assertEquals(1009, end.closeCode());
            }
            other.send(RawWebSocket.text("{\"type\":\"frame\",\"data\":\"%s\"}".formatted(base64(grey()))));
            assertEquals(
                    "prediction", StreamClient.json(other.nextData().text()).getString("type"));
        }
    }

    @Test
    void isEveryPathOfItsOwnPortButSocketIos() throws Exception {
        int port = Integer.getInteger("osprey.test.signs-port", 0);
        for (String path : List.of("/ws", "/", "/signs", "/any/thing")) {
            try (RawWebSocket client = new RawWebSocket(URI.create("ws://127.0.0.1:" + port + path), 0)) {
                assertEquals(
                        "{\"type\":\"info\",\"message\":\"ready\"}",
                        client.nextData().text(),
                        path);
            }
        }
        URI socketIo = URI.create("ws://127.0.0.1:" + port + "/socket.io/?EIO=4&transport=websocket");
        try (RawWebSocket client = new RawWebSocket(socketIo, 0)) {
            assertTrue(client.nextData().text().startsWith("0{"));
        }
    }
}
