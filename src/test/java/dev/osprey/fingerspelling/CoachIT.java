package dev.osprey.fingerspelling;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.Python;
import dev.osprey.RawWebSocket;
import dev.osprey.RealServer;
import dev.osprey.Requires;
import dev.osprey.SharesServer;
import dev.osprey.StreamClient;
import jakarta.json.JsonObject;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The protocol's conformance checklist against the real server, by its numbers in brackets. */
@SharesServer
class CoachIT extends RealServer {

    private static final int COACH_PORT = Integer.getInteger("osprey.test.coach-port", 0);
    private static final int MAX_MESSAGE_BYTES = 8_388_608;
    private static final long HEAP_TOLERANCE_MIB = 64;

    /** Compiled code, and what the system keeps for native threads: all but the heap, which is taken from the start. */
    private static final long RESIDENT_TOLERANCE_MIB = 250;

    private static final Set<String> FIELDS =
            Set.of("maxarg_letter", "target_arg_prob", "detected_word_letter", "target_lettr_prob", "target_word_prob");
    private static final String RESET =
            "{\"maxarg_letter\":\"A\",\"target_arg_prob\":0.0,\"detected_word_letter\":\"A\","
                    + "\"target_lettr_prob\":0.0,\"target_word_prob\":0.0}";

    // A field, because Arquillian lays claim to every parameter.
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private int loggedBefore;

    @BeforeEach
    void lookBefore() {
        loggedBefore = logged().size();
    }

    @AfterEach
    void lookAfter() throws Exception {
        await("Nobody who has left is counted", () -> openConnections() == 0);
        assertEquals(List.of(), ospreysWarnings(loggedBefore));
    }

    private static int openConnections() throws Exception {
        return StreamClient.json(get("/health").body())
                .getJsonObject("fingerspelling")
                .getInt("active_connections");
    }

    private static double statistic(String name) throws Exception {
        return metric("application", "osprey_fingerspelling_" + name);
    }

    /** A client that sees everything it is sent, in order. */
    private static final class Learner implements AutoCloseable {

        private final RawWebSocket socket;
        private final List<String> seen = new ArrayList<>();
        private int timestamp;

        Learner(String address) throws IOException {
            this(webSocket(address));
        }

        Learner(URI address) throws IOException {
            socket = new RawWebSocket(address, 0);
        }

        void send(String text) throws IOException {
            socket.send(RawWebSocket.text(text));
        }

        /** What comes next, which is kept. */
        String next() throws IOException {
            RawWebSocket.Frame frame = socket.nextData();
            assertEquals(RawWebSocket.TEXT, frame.opcode(), frame::text);
            seen.add(frame.text());
            return frame.text();
        }

        /** Sends a picture and waits until it has been looked at; asked for with {@code features=hands}. */
        JsonObject show(byte[] picture) throws IOException {
            return show("\"" + base64(picture) + "\"");
        }

        /** @param blob in JSON */
        JsonObject show(String blob) throws IOException {
            send("{\"jpeg_blob\":%s,\"timestamp\":%d}".formatted(blob, ++timestamp));
            JsonObject message = StreamClient.json(next());
            while (message.getInt("timestamp", 0) != timestamp) {
                message = StreamClient.json(next());
            }
            return message;
        }

        /** What came so far and says a letter. */
        List<JsonObject> results() {
            return seen.stream()
                    .map(StreamClient::json)
                    .filter(message -> message.containsKey("maxarg_letter"))
                    .toList();
        }

        /** Everything that came before the answer to a ping. */
        List<String> untilPong() throws IOException {
            byte[] payload = "still there?".getBytes(UTF_8);
            socket.send(RawWebSocket.frame(RawWebSocket.PING, payload));
            RawWebSocket.Frame frame = socket.nextData();
            List<String> before = new ArrayList<>();
            while (frame.opcode() != RawWebSocket.PONG) {
                before.add(frame.text());
                frame = socket.nextData();
            }
            assertTrue(Arrays.equals(payload, frame.payload()));
            return before;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static byte[] black() throws IOException {
        return jpeg(new BufferedImage(640, 480, BufferedImage.TYPE_INT_RGB), 0.5F);
    }

    /** A photograph of a hand. */
    private static byte[] hand() throws IOException {
        return Files.readAllBytes(handFile());
    }

    private static Path handFile() {
        return Requires.existing("the photograph of a hand", Path.of("../shared/data/images/hand-open.png"));
    }

    private static byte[] jpeg(BufferedImage image, float quality) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ImageWriteParam settings = writer.getDefaultWriteParam();
        settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        settings.setCompressionQuality(quality);
        try (var output = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(output);
            writer.write(null, new IIOImage(image, null, null), settings);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    /** Noise, which does not compress. */
    private static byte[] large() throws IOException {
        BufferedImage image = new BufferedImage(1_600, 1_400, BufferedImage.TYPE_INT_RGB);
        Random random = new Random(1);
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                image.setRGB(x, y, random.nextInt());
            }
        }
        return jpeg(image, 1);
    }

    @Test
    void saysNothingUnasked() throws Exception { // [1]
        try (StreamClient client = StreamClient.connect(webSocket("/"))) {
            assertTrue(client.isQuietFor(Duration.ofSeconds(1)));
        }
    }

    @Test
    void answersAtItsTwoAddressesBesideThePageAndTheOtherStream() throws Exception {
        for (String path : List.of("/", "/fingerspelling", "/fingerspelling?model=letter")) {
            try (Learner learner = new Learner(path)) {
                learner.send("{\"jpeg_blob\":null,\"new_letter\":\"B\"}");
                assertEquals(RESET, learner.next(), path);
            }
        }
        StreamClient.greeted(webSocket("/ws")).close();
        assertTrue(get("/", "Accept", "text/html").body().contains("<html"));
        assertEquals(404, get("/fingerspelling").statusCode());
    }

    @Test
    void answersAtEveryPathOfItsOwnPort() throws Exception { // [2]
        for (String path : List.of("/", "/ws", "/anything", "/any/thing")) {
            try (Learner learner = new Learner(URI.create("ws://127.0.0.1:" + COACH_PORT + path))) {
                learner.send("{\"jpeg_blob\":null,\"new_letter\":\"B\"}");
                assertEquals(RESET, learner.next(), path);
            }
        }
        HttpURLConnection plain = (HttpURLConnection)
                URI.create("http://127.0.0.1:" + COACH_PORT + "/").toURL().openConnection();
        assertEquals(426, plain.getResponseCode());
    }

    @Test
    void answersATargetUnderEitherNameExactlyOnce() throws Exception { // [3] [4] [5]
        String blob = "\"" + base64(black()) + "\"";
        for (String message : List.of(
                "{\"jpeg_blob\":%s,\"new_letter\":\"B\"}".formatted(blob),
                "{\"jpeg_blob\":%s,\"new_word_letter\":\"B\"}".formatted(blob),
                "{\"jpeg_blob\":null,\"new_word_letter\":\"B\"}")) {
            try (Learner learner = new Learner("/?features=hands")) {
                learner.send(message);
                assertEquals(RESET, learner.next());
                learner.show(black());
                learner.show(black());
                assertEquals(1, learner.results().size());
            }
        }
    }

    @Test
    void saysNothingOfABlackPicture() throws Exception { // [6]
        double before = statistic("processed_frames");
        try (Learner learner = new Learner("/")) {
            learner.send("{\"jpeg_blob\":\"%s\",\"new_letter\":null}".formatted(base64(black())));
            await("The picture was looked at", () -> statistic("processed_frames") == before + 1);
            assertEquals(List.of(), learner.untilPong());
        }
    }

    @Test
    void saysALetterOnTheFifthFrameOfOneHand() throws Exception { // [8] [20] [21]
        byte[] hand = hand();
        try (Learner learner = new Learner("/?features=hands&model=letter")) {
            for (int i = 1; i <= 4; i++) {
                assertEquals(i, learner.show(hand).getInt("distributions"));
            }
            assertEquals(List.of(), learner.results());
            learner.show(hand);
            learner.show(hand);
            assertEquals(1, learner.results().size());
            assertIsResult(learner.results().get(0));
            learner.send("{\"jpeg_blob\":null,\"new_letter\":\"B\"}");
            assertEquals(RESET, learner.next());
            for (int i = 1; i <= 4; i++) {
                assertEquals(i, learner.show(hand).getInt("distributions"));
            }
            assertEquals(2, learner.results().size());
        }
    }

    @Test
    void saysALetterOnTheThirtySixthFrameOfAClip() throws Exception { // [7] [9]
        byte[] hand = hand();
        try (Learner learner = new Learner("/?features=hands")) {
            for (int i = 1; i <= 31; i++) {
                assertEquals(i, learner.show(hand).getInt("clip_frames"));
            }
            for (int i = 0; i < 3; i++) {
                JsonObject empty = learner.show(black());
                assertEquals(0, empty.getJsonArray("hands").size());
                assertEquals(31, empty.getInt("clip_frames"));
                assertEquals(0, empty.getInt("distributions"));
            }
            for (int i = 1; i <= 4; i++) {
                JsonObject shown = learner.show(hand);
                assertEquals(32, shown.getInt("clip_frames"));
                assertEquals(i, shown.getInt("distributions"));
            }
            assertEquals(List.of(), learner.results());
            learner.show(hand);
            learner.show(hand);
            assertEquals(1, learner.results().size());
            assertIsResult(learner.results().get(0));
        }
    }

    private static void assertIsResult(JsonObject result) {
        assertEquals(FIELDS, result.keySet());
        assertTrue(result.getString("maxarg_letter").matches("[A-Z]"));
        assertEquals(result.getString("maxarg_letter"), result.getString("detected_word_letter"));
        assertEquals(result.get("target_arg_prob"), result.get("target_lettr_prob"));
        for (String name : List.of("target_arg_prob", "target_lettr_prob", "target_word_prob")) {
            double probability = result.getJsonNumber(name).doubleValue();
            assertTrue(probability >= 0 && probability <= 1, name);
        }
    }

    @Test
    void showsWhereTheHandIs() throws Exception {
        try (Learner learner = new Learner("/?features=hands&model=letter")) {
            JsonObject seen = learner.show(hand());
            assertEquals("letter", seen.getString("model"));
            assertEquals(1, seen.getInt("clip_length"));
            JsonObject hand = seen.getJsonArray("hands").getJsonObject(0);
            assertEquals("right", hand.getString("side"));
            assertTrue(hand.getJsonNumber("presence").doubleValue() > 0.9);
            assertEquals(21, hand.getJsonArray("landmarks").size());
            assertTrue(IntStream.range(0, 21)
                    .mapToObj(hand.getJsonArray("landmarks")::getJsonArray)
                    .allMatch(point -> point.size() == 3
                            && inside(point.getJsonNumber(0).doubleValue())
                            && inside(point.getJsonNumber(1).doubleValue())));
        }
    }

    private static boolean inside(double part) {
        return part > 0 && part < 1;
    }

    @Test
    void livesOnAfterEveryBadMessage() throws Exception { // [23]
        for (byte[] message : List.of(
                RawWebSocket.text("no JSON"),
                RawWebSocket.text("{\"new_letter\":\"B\"}"),
                RawWebSocket.text("{\"jpeg_blob\":5}"),
                RawWebSocket.text("{\"jpeg_blob\":null,\"new_letter\":5}"),
                RawWebSocket.text("{\"jpeg_blob\":\"$\"}"),
                RawWebSocket.text("{\"x\":["),
                RawWebSocket.text("{\"x\":{\"y\":[}"),
                RawWebSocket.text("{\"timestamp\":{"),
                RawWebSocket.text("{\"x\":" + "[".repeat(100_000)),
                RawWebSocket.text("5"),
                RawWebSocket.text("[]"),
                RawWebSocket.text("{\"jpeg_blob\":null}"),
                RawWebSocket.text("{\"jpeg_blob\":\"aaaa\"}"),
                RawWebSocket.frame(RawWebSocket.BINARY, new byte[] {1, 2, 3}))) {
            try (Learner learner = new Learner("/")) {
                learner.socket.send(message);
                learner.send("{\"jpeg_blob\":null,\"new_letter\":\"B\"}");
                List<String> said = new ArrayList<>(List.of(learner.next()));
                while (!said.get(said.size() - 1).equals(RESET)) {
                    said.add(learner.next());
                }
                assertTrue(said.size() <= 2, said::toString);
                assertTrue(said.size() == 1 || said.get(0).matches("\\{\"error\":\"[^\"]*.*\"}"), said::toString);
                assertEquals(List.of(), learner.untilPong());
            }
        }
    }

    @Test
    void looksAtPicturesInEveryForm() throws Exception { // [24]
        byte[] black = black();
        try (Learner learner = new Learner("/?features=hands")) {
            learner.show(black);
            learner.show("\"data:image/jpeg;base64," + base64(black) + "\"");
            learner.show(IntStream.range(0, black.length)
                    .mapToObj(i -> Integer.toString(Byte.toUnsignedInt(black[i])))
                    .collect(Collectors.joining(",", "[", "]")));
            learner.socket.send(RawWebSocket.frame(RawWebSocket.BINARY, black));
            assertEquals(
                    0, StreamClient.json(learner.next()).getJsonArray("hands").size());
        }
    }

    @Test
    void keepsLearnersApart() throws Exception { // [25]
        byte[] hand = hand();
        List<Learner> learners = new ArrayList<>();
        try {
            for (String target : List.of("1", "B", "C", "")) {
                Learner learner = new Learner("/?features=hands&model=letter");
                learners.add(learner);
                learner.send("{\"jpeg_blob\":null,\"new_letter\":\"%s\"}".formatted(target));
            }
            for (int i = 1; i <= 4; i++) {
                for (Learner learner : learners) {
                    assertEquals(i, learner.show(hand).getInt("distributions"));
                }
            }
            learners.get(1).send("{\"jpeg_blob\":null,\"new_letter\":\"D\"}");
            for (Learner learner : learners) {
                assertEquals(
                        learner == learners.get(1) ? 1 : 5, learner.show(hand).getInt("distributions"));
                learner.show(hand);
            }
            assertEquals(2, learners.get(1).results().size());
            JsonObject unasked = learners.get(3).results().get(0);
            String letter = unasked.getString("maxarg_letter");
            for (Learner learner : List.of(learners.get(0), learners.get(2))) {
                // Whether a second result follows depends on the target's probability; the first is that of the reset.
                learner.results().stream()
                        .skip(1)
                        .forEach(result -> assertEquals(letter, result.getString("maxarg_letter")));
            }
            learners.get(0)
                    .results()
                    .forEach(result -> assertEquals(
                            0.0, result.getJsonNumber("target_arg_prob").doubleValue()));
            assertNotEquals(0.0, unasked.getJsonNumber("target_arg_prob").doubleValue());
        } finally {
            for (Learner learner : learners) {
                learner.close();
            }
        }
    }

    @Test
    void servesOnAfterAClientThatVanishes() throws Exception { // [26]
        byte[] black = black();
        for (int i = 0; i < 20; i++) {
            Learner learner = new Learner("/");
            learner.send("{\"jpeg_blob\":\"%s\",\"new_letter\":\"B\"}".formatted(base64(black)));
            learner.socket.vanish();
        }
        try (Learner learner = new Learner("/?features=hands")) {
            learner.show(black);
        }
    }

    @Test
    void takesALargePictureAndNoLargerMessageThanItSays() throws Exception { // [27]
        byte[] large = large();
        assertTrue(large.length > 2_000_000, () -> String.format(Locale.ROOT, "%d bytes", large.length));
        try (Learner learner = new Learner("/?features=hands")) {
            learner.show(large);
            learner.send("{\"jpeg_blob\":\"%s\"}".formatted("A".repeat(MAX_MESSAGE_BYTES)));
            RawWebSocket.Frame end = learner.socket.nextData();
            assertEquals(RawWebSocket.CLOSE, end.opcode());
            assertEquals(1009, end.closeCode());
        }
    }

    @Test
    void asksForTheLettersOfAWord() throws Exception { // [29]
        try (Learner learner = new Learner("/?features=hands&model=letter")) {
            learner.send("{\"jpeg_blob\":null,\"new_word\":\"AB\"}");
            JsonObject reset = StreamClient.json(learner.next());
            assertEquals("", reset.getString("maxarg_word"));
            assertEquals("A", reset.getString("detected_word_letter"));
            learner.show(black());
            assertEquals(1, learner.results().size());
        }
    }

    @Test
    void keepsNothingOfThoseWhoHaveLeft() throws Exception { // [30]
        String frame = "{\"jpeg_blob\":\"%s\",\"new_letter\":\"B\"}".formatted(base64(black()));
        comeAndGo(frame, 200);
        Memory before = memory();
        double threadsBefore = metric("base", "thread_count");
        comeAndGo(frame, 1_000);
        Memory after = memory();
        assertTrue(
                after.heapMib() <= before.heapMib() + HEAP_TOLERANCE_MIB
                        && after.residentMib() <= before.residentMib() + RESIDENT_TOLERANCE_MIB,
                () -> "before " + before + ", after " + after);
        assertTrue(metric("base", "thread_count") <= threadsBefore + 10);
    }

    private static void comeAndGo(String frame, int times) throws Exception {
        for (int i = 0; i < times; i++) {
            try (Learner learner = new Learner("/")) {
                learner.send(frame);
                assertEquals(RESET, learner.next());
            }
        }
        await("They have left", () -> openConnections() == 0);
    }

    @Test
    void saysWhichModelItDoesNotHave() throws Exception {
        try (Learner learner = new Learner("/?model=digits")) {
            learner.send("{\"jpeg_blob\":\"%s\"}".formatted(base64(black())));
            assertEquals("{\"error\":\"The model \\\"digits\\\" is not loaded\"}", learner.next());
        }
        try (Learner learner = new Learner("/?model=fast")) {
            learner.send("{\"jpeg_blob\":\"%s\"}".formatted(base64(black())));
            assertEquals(
                    "{\"error\":\"The model \\\"fast\\\" is of the kind segmentation, expected letters\"}",
                    learner.next());
        }
    }

    @Test
    void goesOnWithoutItsModelAndSaysSo() throws Exception {
        assertEquals(200, operate("DELETE", "/api/models/letter", "").statusCode() / 100 * 100);
        try (Learner learner = new Learner("/?model=letter&features=hands")) {
            learner.send("{\"jpeg_blob\":\"%s\"}".formatted(base64(black())));
            assertEquals("{\"error\":\"The model \\\"letter\\\" is not loaded\"}", learner.next());
            learner.send("{\"jpeg_blob\":null,\"new_letter\":\"B\"}");
            assertEquals(RESET, learner.next());
            serve("letter", 1);
            learner.show(black());
        }
        assertEquals(
                "ok",
                StreamClient.json(get("/health").body())
                        .getJsonObject("fingerspelling")
                        .getString("status"));
    }

    @Test
    void servesARealClientInPython() throws Exception { // [31]
        Python python = Python.with("websockets", "bench/peers/requirements.txt");
        Path empty = Files.write(folder.resolve("black.jpg"), black());
        for (String path : List.of("/", "/fingerspelling")) {
            Python.Run run = python.run(List.of(
                    "src/test/python/fingerspelling_client.py",
                    webSocket(path).toString(),
                    empty.toString(),
                    handFile().toString()));
            System.out.println(run.output());
            assertEquals(0, run.status(), run::output);
        }
    }
}
