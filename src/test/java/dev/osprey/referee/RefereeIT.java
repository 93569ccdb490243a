package dev.osprey.referee;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.RealServer;
import dev.osprey.SharesServer;
import dev.osprey.StreamClient;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The protocol's conformance checklist against the real server, by its numbers in brackets; bouts that are analysed are in BoutIT. */
@SharesServer
class RefereeIT extends RealServer {

    private static final byte[] JPEG = Streamer.image("jpg", 64, 48);
    private static final byte[] PNG = Streamer.image("png", 64, 48);

    private int loggedBefore;

    @BeforeEach
    void lookBefore() {
        loggedBefore = logged().size();
    }

    @AfterEach
    void lookAfter() throws Exception {
        await("Nobody who has left is counted", () -> connections("referee") == 0);
        assertEquals(List.of(), ospreysWarnings(loggedBefore));
    }

    private static Streamer streamer() throws IOException {
        return new Streamer(webSocket("/stream"));
    }

    private static JsonObject stats() throws Exception {
        return StreamClient.json(get("/streaming/stats").body());
    }

    private static JsonObject stats(String id) throws Exception {
        return stats().getJsonObject("sessions").getJsonObject(id);
    }

    private static void awaitNoSession() throws Exception {
        await("Nobody's session is counted any more", () -> stats().getInt("active_sessions") == 0);
    }

    /** [1] */
    @Test
    void saysThatItIsWell() throws Exception {
        HttpResponse<String> health = get("/health");
        assertEquals(200, health.statusCode());
        assertTrue(health.body().contains("\"status\":\"ok\""), health::body);
        assertTrue(StreamClient.json(health.body()).getBoolean("model_loaded"));
    }

    /** [2] */
    @Test
    void countsNothingWhereThereIsNothing() throws Exception {
        awaitNoSession();
        assertEquals(
                "{\"active_sessions\":0,\"max_sessions\":10,\"total_memory_mb\":0.0,\"max_memory_mb\":2048.0,"
                        + "\"total_frames\":0,\"sessions\":{},\"streaming_enabled\":true}",
                get("/streaming/stats").body());
    }

    /** [3, 4] */
    @Test
    void saysNothingUnasked() throws Exception {
        for (String path : List.of("/stream", "//stream")) {
            try (Streamer client = new Streamer(webSocket(path))) {
                client.send("{\"type\":\"ping\"}");
                assertEquals("{\"type\":\"pong\"}", client.next().toString());
            }
        }
    }

    /** [5] */
    @Test
    void startsASession() throws Exception {
        try (Streamer client = streamer()) {
            assertEquals(
                    Set.of("type", "session_id"), client.start("Ünïcode 1", "").keySet());
            JsonObject entry = stats("Ünïcode 1");
            assertEquals(0, entry.getInt("frames_received"));
            assertEquals(64, entry.getInt("width"));
        }
        awaitNoSession();
    }

    /** [6] */
    @Test
    void acknowledgesFramesThatComeBeforeTheFirstAnswerIsRead() throws Exception {
        try (Streamer client = streamer()) {
            client.start("fifty");
            for (int i = 0; i < 50; i++) {
                client.announce("fifty", i, "");
                client.send(JPEG);
            }
            for (int i = 0; i < 50; i++) {
                assertEquals("received", client.acknowledged("fifty", i));
            }
            assertEquals(50, stats("fifty").getInt("frames_received"));
        }
    }

    /** [7] */
    @Test
    void takesEveryEncoding() throws Exception {
        try (Streamer client = streamer()) {
            client.start("kinds");
            client.announce("kinds", 0, ",\"encoding\":\"jpeg\",\"size\":1");
            client.send(JPEG);
            client.announce("kinds", 1, ",\"encoding\":\"jpg\",\"quality\":85");
            client.send(JPEG);
            client.announce("kinds", 2, ",\"encoding\":\"png\"");
            client.send(PNG);
            client.announce("kinds", 3, ",\"encoding\":\"raw\"");
            client.send(Streamer.raw(64, 48));
            client.announce("kinds", 4, "");
            client.send(JPEG);
            for (int i = 0; i < 5; i++) {
                assertEquals("received", client.acknowledged("kinds", i));
            }
        }
    }

    /** [8] */
    @Test
    void answersADuplicateOnce() throws Exception {
        try (Streamer client = streamer()) {
            client.start("twice");
            for (int number : List.of(0, 7, 100)) {
                assertEquals("received", client.frame("twice", number, JPEG));
                assertEquals("duplicate", client.frame("twice", number, PNG));
            }
            JsonObject entry = stats("twice");
            assertEquals(3, entry.getInt("frames_received"));
            assertEquals(3, entry.getInt("total_frames_received"));
            assertEquals(3, entry.getInt("duplicate_frames"));
        }
    }

    /** [9] */
    @Test
    void takesFramesOutOfOrder() throws Exception {
        try (Streamer client = streamer()) {
            client.start("order");
            for (int number : List.of(0, 2, 1)) {
                assertEquals("received", client.frame("order", number, JPEG));
            }
            assertEquals(1, stats("order").getInt("out_of_order_frames"));
        }
    }

    private static JsonObject validation(String id, String more, int... numbers) throws Exception {
        try (Streamer client = streamer()) {
            client.start(id, more);
            for (int number : numbers) {
                assertEquals("received", client.frame(id, number, JPEG));
            }
            return client.end(id, numbers.length);
        }
    }

    /** [10] */
    @Test
    void findsNothingWrongWithTenFrames() throws Exception {
        assertEquals(
                "{\"valid\":true,\"issues\":[],\"frame_count\":10,\"missing_frames\":0,\"duplicate_frames\":0,"
                        + "\"out_of_order_frames\":0,\"has_signal\":false}",
                validation("ten", "", IntStream.range(0, 10).toArray()).toString());
    }

    /** [11] */
    @Test
    void namesWhatIsMissing() throws Exception {
        JsonObject validation = validation(
                "gaps", "", IntStream.range(0, 10).filter(i -> i != 3 && i != 7).toArray());
        assertFalse(validation.getBoolean("valid"));
        assertEquals(
                Json.createArrayBuilder(List.of("Missing frames: [3, 7]", "Too few frames: 8 (minimum 10)"))
                        .build(),
                validation.getJsonArray("issues"));
    }

    /** [12] */
    @Test
    void comparesWithWhatWasExpected() throws Exception {
        JsonObject validation = validation(
                "expected", ",\"expected_frames\":20", IntStream.range(0, 10).toArray());
        assertEquals(
                Json.createArrayBuilder(List.of("Expected 20 frames, received 10"))
                        .build(),
                validation.getJsonArray("issues"));
    }

    /** [15, 27] */
    @Test
    void hasNothingToDecideWhereOneHit() throws Exception {
        try (Streamer client = streamer()) {
            for (int turn = 0; turn < 2; turn++) {
                client.start("single");
                client.frame("single", 0, JPEG);
                client.end("single", 1);
                client.signal("single", "phrase.txt", Streamer.SINGLE);
                JsonObject complete = client.processed(new ArrayList<>());
                assertEquals("process_complete", complete.getString("type"), complete::toString);
                JsonObject result = complete.getJsonObject("result");
                assertEquals("skipped", result.getString("status"));
                assertEquals(
                        "Only one fencer recorded a valid hit; nothing to adjudicate.", result.getString("reason"));
                assertEquals("Right", result.getString("declared_winner"));
                assertEquals(1, result.getJsonObject("streaming_stats").getInt("frames_received"), result::toString);
            }
        }
        awaitNoSession();
    }

    /** [16] */
    @Test
    void refusesAFrameWithoutASession() throws Exception {
        try (Streamer client = streamer()) {
            client.announce("none", 0, "");
            JsonObject error = client.next("error");
            assertEquals(
                    "{\"type\":\"error\",\"session_id\":null,\"error_code\":\"NO_ACTIVE_SESSION\",\"error_message\":"
                            + "\"No active session, send SESSION_START first\",\"recoverable\":false}",
                    error.toString());
            client.closed(1008);
        }
        try (Streamer client = streamer()) {
            client.send("{\"type\":\"session_end\",\"session_id\":\"a\",\"total_frames\":0}");
            client.refused("NO_ACTIVE_SESSION", "No active session", 1008);
        }
    }

    /** [17] */
    @Test
    void refusesWhatIsNoMessage() throws Exception {
        try (Streamer client = streamer()) {
            client.send("nothing");
            client.refused("INVALID_MESSAGE", "Invalid message format: the message is no JSON", 1008);
        }
        try (Streamer client = streamer()) {
            client.send("{\"type\":\"foo\"}");
            client.refused("INVALID_MESSAGE", "Invalid message format: unknown type \"foo\"", 1008);
        }
        try (Streamer client = streamer()) {
            client.send("[]");
            client.refused("INTERNAL_ERROR", "The message is not a JSON object", 1011);
        }
    }

    /** [18] */
    @Test
    void refusesABinaryMessageThatWasNotAnnounced() throws Exception {
        try (Streamer client = streamer()) {
            client.send(JPEG);
            client.refused("PROTOCOL_ERROR", "Expected text message with metadata", 1003);
        }
    }

    /** [19] */
    @Test
    void refusesASessionThatCannotBe() throws Exception {
        try (Streamer client = streamer()) {
            client.send("{\"type\":\"session_start\",\"session_id\":\"a\",\"width\":64,\"height\":48}");
            client.refused("SESSION_START_FAILED", "fps is missing", 1008);
        }
        try (Streamer first = streamer();
                Streamer second = streamer()) {
            first.start("taken");
            second.send("{\"type\":\"session_start\",\"session_id\":\"taken\",\"fps\":1,\"width\":64,\"height\":48}");
            second.refused("SESSION_START_FAILED", "Session taken already exists", 1008);
            assertEquals("received", first.frame("taken", 0, JPEG));
        }
        try (Streamer client = streamer()) {
            client.send("{\"type\":\"session_start\",\"session_id\":\"a\",\"fps\":1,\"width\":9000,\"height\":48}");
            client.refused("SESSION_START_FAILED", "width and height are 9000x48, the limit is 4096x4096", 1008);
        }
    }

    /** [20] */
    @Test
    void refusesOneMoreThanTheLimit() throws Exception {
        List<Streamer> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 10; i++) {
                clients.add(streamer());
                clients.get(i).start("s" + i);
            }
            try (Streamer eleventh = streamer()) {
                eleventh.send("{\"type\":\"session_start\",\"session_id\":\"k\",\"fps\":1,\"width\":64,\"height\":48}");
                eleventh.refused("SESSION_START_FAILED", "Maximum concurrent sessions reached (10)", 1013);
            }
            clients.remove(0).close();
            await("A place is free", () -> stats().getInt("active_sessions") == 9);
            clients.add(streamer());
            clients.get(9).start("k");
        } finally {
            for (Streamer client : clients) {
                client.close();
            }
        }
        awaitNoSession();
    }

    /** [21] */
    @Test
    void swallowsTheBinaryOfAFaultyHeader() throws Exception {
        try (Streamer client = streamer()) {
            client.start("faulty");
            client.send("{\"type\":\"frame\",\"session_id\":\"faulty\",\"timestamp\":0}");
            client.send(JPEG);
            client.warned("FRAME_PROCESSING_FAILED", "frame_number is missing");
            client.announce("faulty", 1, ",\"encoding\":\"gif\"");
            client.send(JPEG);
            client.warned("FRAME_PROCESSING_FAILED", "Unknown encoding: gif");
            client.announce("faulty", 2, "");
            client.announce("faulty", 3, "");
            client.send(JPEG);
            client.warned("FRAME_PROCESSING_FAILED", "Expected the binary message of frame 2");
            assertEquals("received", client.acknowledged("faulty", 3));
        }
    }

    /** [22] */
    @Test
    void goesOnAfterAFrameThatIsNoPicture() throws Exception {
        try (Streamer client = streamer()) {
            client.start("garbage");
            client.frame("garbage", 0, JPEG);
            client.announce("garbage", 1, "");
            client.send(new byte[] {1, 2, 3});
            client.warned(
                    "FRAME_PROCESSING_FAILED",
                    "Failed to decode frame 1: bytes that are no JPEG, PNG, WebP, BMP, TIFF or GIF image");
            client.announce("garbage", 2, ",\"encoding\":\"raw\"");
            client.send(new byte[] {1, 2, 3});
            client.warned("FRAME_PROCESSING_FAILED", "Raw frame data too short");
            byte[] raw = Streamer.raw(64, 48);
            client.announce("garbage", 2, ",\"encoding\":\"raw\"");
            client.send(java.util.Arrays.copyOf(raw, raw.length - 1));
            client.warned("FRAME_PROCESSING_FAILED", "Raw frame size mismatch: expected 9216, got 9215");
            assertEquals("received", client.frame("garbage", 2, JPEG));
            client.signal("garbage", "phrase.txt", Streamer.SINGLE);
            assertEquals("process_complete", client.processed(new ArrayList<>()).getString("type"));
        }
    }

    /** [23] */
    @Test
    void goesOnAfterASessionThatIsGivenUp() throws Exception {
        try (Streamer client = streamer()) {
            client.start("given up");
            client.frame("given up", 0, JPEG);
            client.send("{\"type\":\"session_abort\",\"session_id\":\"given up\"}");
            assertEquals(
                    1, client.next("session_ended").getJsonObject("validation").getInt("frame_count"));
            client.send("{\"type\":\"frame_ack\"}");
            client.warned("UNKNOWN_MESSAGE_TYPE", "Unknown message type: frame_ack");
            client.start("given up");
            client.send("{\"type\":\"session_start\",\"session_id\":\"b\",\"fps\":1,\"width\":64,\"height\":48}");
            client.warned("SESSION_START_FAILED", "Session given up is active on this connection");
            assertEquals("received", client.frame("given up", 0, JPEG));
        }
    }

    /** [24, 25] */
    @Test
    void forgetsWhoLeaves() throws Exception {
        for (int turn = 0; turn < 2; turn++) {
            try (Streamer client = streamer()) {
                client.start("leaver");
                client.vanish();
            }
            awaitNoSession();
            try (Streamer client = streamer()) {
                client.start("leaver");
                client.frame("leaver", 0, JPEG);
                client.announce("leaver", 1, "");
                client.sendHalf(JPEG);
                client.vanish();
            }
            awaitNoSession();
            try (Streamer client = streamer()) {
                client.start("leaver");
                client.frame("leaver", 0, JPEG);
                client.signal("leaver", "phrase.txt", Streamer.SINGLE);
                client.vanish();
            }
            awaitNoSession();
        }
    }

    @Test
    void goesOnWithASessionWhoseClientLostItsConnection() throws Exception {
        try (Streamer client = streamer()) {
            client.start("lost");
            client.frame("lost", 0, JPEG);
            client.frame("lost", 1, JPEG);
            client.vanish();
        }
        awaitNoSession();
        try (Streamer client = streamer()) {
            JsonObject started = client.start("lost", ",\"resume\":true");
            assertEquals(2, started.getInt("next_frame"));
            assertEquals("duplicate", client.frame("lost", 1, JPEG));
            assertEquals("received", client.frame("lost", 2, JPEG));
            assertEquals(3, client.end("lost", 3).getInt("frame_count"));
            client.signal("lost", "phrase.txt", Streamer.SINGLE);
            assertEquals("process_complete", client.processed(new ArrayList<>()).getString("type"));
        }
        try (Streamer client = streamer()) {
            JsonObject started = client.start("lost", ",\"resume\":true");
            assertTrue(started.getBoolean("signal_received"), started::toString);
            assertEquals("process_complete", client.processed(new ArrayList<>()).getString("type"));
            client.start("lost");
            assertEquals("received", client.frame("lost", 0, JPEG));
        }
    }

    /** [28] */
    @Test
    void saysWhatIsWrongWithASignal() throws Exception {
        try (Streamer client = streamer()) {
            client.start("signal");
            client.frame("signal", 0, JPEG);
            client.signal("signal", "some/../where/phrase.txt", "Scores -> Fencer 1: HIT, Fencer 2: HIT\n");
            JsonObject error = client.processed(new ArrayList<>());
            assertEquals("PROCESSING_FAILED", error.getString("error_code"), error::toString);
            assertEquals("Could not find start time in phrase.txt", error.getString("error_message"));
            client.closed(1008);
        }
        try (Streamer client = streamer()) {
            client.start("empty");
            client.send("{\"type\":\"signal\",\"session_id\":\"empty\",\"filename\":\"a.txt\",\"size\":3}");
            client.send("abc".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            client.refused("PROCESSING_FAILED", "No frames received", 1008);
        }
    }

    /** Frames without anybody on them. */
    @Test
    void saysThatNobodyIsThere() throws Exception {
        try (Streamer client = streamer()) {
            client.start("nobody");
            for (int i = 0; i < 3; i++) {
                client.frame("nobody", i, JPEG);
            }
            client.signal("nobody", "phrase.txt", Streamer.SIGNAL);
            List<JsonObject> progress = new ArrayList<>();
            JsonObject error = client.processed(progress);
            assertEquals(
                    "No valid frame with keypoints for both tracks found in the video",
                    error.getString("error_message"),
                    error::toString);
            assertTrue(progress.stream()
                    .anyMatch(message -> message.getString("stage").equals("video_reconstruction")
                            && message.getJsonNumber("progress").doubleValue() == 1));
            assertTrue(progress.stream()
                    .anyMatch(message -> message.getString("stage").equals("analysis")
                            && message.getJsonNumber("progress").doubleValue() == 0));
            client.closed(1008);
        }
    }

    /** [34] */
    @Test
    void takesNoNameForAPath() throws Exception {
        try (Streamer client = streamer()) {
            client.start("../../x");
            client.frame("../../x", 0, JPEG);
            client.signal("../../x", "../../y", Streamer.SINGLE);
            JsonObject complete = client.processed(new ArrayList<>());
            assertFalse(complete.toString().contains(System.getProperty("user.dir")), complete::toString);
            assertTrue(
                    complete.getJsonObject("result").getString("artifact_dir").startsWith("/api/jobs/"));
        }
        try (Streamer client = streamer()) {
            client.send("{\"type\":\"session_start\",\"session_id\":\"%s\",\"fps\":1,\"width\":64,\"height\":48}"
                    .formatted("x".repeat(129)));
            client.refused("SESSION_START_FAILED", "session_id has 129 characters, allowed are 1 to 128", 1008);
        }
    }

    /** [37] */
    @Test
    void takesARawFrameOfFullSize() throws Exception {
        try (Streamer client = streamer()) {
            client.start("large");
            client.announce("large", 0, ",\"encoding\":\"raw\"");
            client.send(Streamer.raw(1920, 1080));
            assertEquals("received", client.acknowledged("large", 0));
            assertEquals(5.934, stats("large").getJsonNumber("memory_mb").doubleValue(), 0.001);
        }
    }
}
