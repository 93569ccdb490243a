package dev.osprey.referee;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.RealServer;
import dev.osprey.StartedServer;
import dev.osprey.StreamClient;
import dev.osprey.imaging.VideoFrame;
import dev.osprey.imaging.VideoLimits;
import dev.osprey.imaging.VideoReader;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Limits and switches by the variables of the first implementation, and servers that are killed: as operators start them. */
class RefereeStartedIT {

    private static final Path SAMPLE = Path.of("src/main/webapp/samples/bouts/attack-and-counter-left-1.mp4");
    private static final byte[] JPEG = Streamer.image("jpg", 64, 48);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path home;

    private StartedServer server(String... environment) throws Exception {
        Map<String, String> all = new java.util.HashMap<>();
        for (int i = 0; i < environment.length; i += 2) {
            all.put(environment[i], environment[i + 1]);
        }
        all.put("REFEREE_OUTPUT_DIR", home.resolve("data").toString());
        return new StartedServer(home, StartedServer.freePort(), all);
    }

    private static JsonObject stats(StartedServer server) throws IOException, InterruptedException {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(server.http("/streaming/stats")).build(), BodyHandlers.ofString());
        return StreamClient.json(answer.body());
    }

    private long spools() throws IOException {
        Path folder = home.resolve("data").resolve("referee");
        if (!Files.exists(folder)) {
            return 0;
        }
        try (Stream<Path> folders = Files.list(folder)) {
            return folders.count();
        }
    }

    /** [20, 35, 36] and the limit of bytes. */
    @Test
    void endsASessionThatIsSilent() throws Exception {
        try (StartedServer server = server(
                "REFEREE_STREAMING_SESSION_TIMEOUT", "3",
                "REFEREE_MAX_STREAMING_SESSIONS", "2",
                "REFEREE_MAX_STREAMING_MEMORY_MB", "1",
                "OSPREY_REFEREE_MAX_UPLOAD_MIB", "1")) {
            try (Streamer silent = new Streamer(server.webSocket("/stream"));
                    Streamer other = new Streamer(server.webSocket("/stream"))) {
                silent.start("silent");
                silent.frame("silent", 0, JPEG);
                other.start("other");
                JsonObject error = silent.next("error");
                assertEquals("SESSION_TIMEOUT", error.getString("error_code"));
                assertTrue(
                        error.getString("error_message").matches("Session timeout: no activity for [34]\\.\\ds"),
                        error::toString);
                assertFalse(error.getBoolean("recoverable"));
                silent.closed(1001);
                assertEquals("SESSION_TIMEOUT", other.next("error").getString("error_code"));
            }
            RealServer.await("nothing is left", () -> spools() == 0);
            try (Streamer full = new Streamer(server.webSocket("/stream"))) {
                full.start("full");
                full.announce("full", 0, ",\"encoding\":\"raw\"");
                full.send(Streamer.raw(1920, 1080));
                full.refused("FRAME_PROCESSING_FAILED", "Maximum memory limit reached (1.0 MB)", 1013);
            }
            RealServer.await("nobody is counted", () -> stats(server).getInt("active_sessions") == 0);
            refusesAnUploadThatIsTooLarge(server);
            try (Streamer next = new Streamer(server.webSocket("/stream"))) {
                next.start("next");
                assertEquals("received", next.frame("next", 0, JPEG));
            }
            assertFalse(
                    server.log().contains("WARNING") && server.log().contains("dev.osprey.referee"), server::toString);
        }
    }

    /** Whether its length was announced or not. */
    private static void refusesAnUploadThatIsTooLarge(StartedServer server) throws Exception {
        byte[] part = new byte[2 << 20];
        byte[] head = "--b\r\nContent-Disposition: form-data; name=\"video\"; filename=\"a.mp4\"\r\n\r\n"
                .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        System.arraycopy(head, 0, part, 0, head.length);
        for (BodyPublisher body : List.of(
                BodyPublishers.ofByteArray(part),
                BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(part)))) {
            HttpResponse<String> answer = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .build()
                    .send(
                            HttpRequest.newBuilder(server.http("/analyze"))
                                    .header("Content-Type", "multipart/form-data; boundary=b")
                                    .POST(body)
                                    .build(),
                            BodyHandlers.ofString());
            assertEquals(413, answer.statusCode(), answer::body);
            assertEquals(
                    "The upload is larger than the limit of 1 MiB",
                    StreamClient.json(answer.body()).getString("detail"));
        }
    }

    /** [39] */
    @Test
    void streamsNothingWhereThatIsSwitchedOff() throws Exception {
        try (StartedServer server = server("REFEREE_STREAMING_ENABLED", "No")) {
            try (Streamer client = new Streamer(server.webSocket("/stream"))) {
                client.refused(
                        "STREAMING_DISABLED",
                        "Real-time streaming is disabled. Please upload a complete video via /analyze.",
                        1008);
            }
            assertEquals(
                    "{\"streaming_enabled\":false,\"message\":\"Streaming disabled. Use POST /analyze uploads.\"}",
                    stats(server).toString());
        }
    }

    /** As kill -9 ends it: a session whose frames come goes on, a bout whose signal was acknowledged is decided; with its lens corrected. */
    @Test
    void losesNothingWhenItIsKilled() throws Exception {
        int port = StartedServer.freePort();
        Map<String, String> environment =
                Map.of("REFEREE_OUTPUT_DIR", home.resolve("data").toString(), "REFEREE_FISHEYE_ENABLED", "1");
        String signal = Files.readString(SAMPLE.resolveSibling("attack-and-counter-left-1.txt"));
        try (StartedServer server = new StartedServer(home, port, environment);
                Streamer sending = new Streamer(server.webSocket("/stream"));
                Streamer waiting = new Streamer(server.webSocket("/stream"))) {
            int frames = stream(waiting, "bout");
            assertTrue(waiting.end("bout", frames).getBoolean("valid"));
            sending.start("killed");
            for (int i = 0; i < 5; i++) {
                sending.frame("killed", i, JPEG);
            }
            sending.announce("killed", 5, "");
            sending.sendHalf(JPEG);
            waiting.signal("bout", "bout.txt", signal);
            JsonObject progress = waiting.next("process_progress");
            while (!progress.getString("stage").equals("yolo")) {
                progress = waiting.next("process_progress");
            }
            server.process().destroyForcibly().waitFor();
        }
        try (StartedServer server = new StartedServer(home, port, environment);
                Streamer sending = new Streamer(server.webSocket("/stream"));
                Streamer waiting = new Streamer(server.webSocket("/stream"))) {
            assertTrue(waiting.start("bout", ",\"resume\":true").getBoolean("signal_received"));
            assertEquals(5, sending.start("killed", ",\"resume\":true").getInt("next_frame"));
            assertEquals("received", sending.frame("killed", 5, JPEG));
            assertEquals(6, sending.end("killed", 6).getInt("frame_count"));
            JsonObject complete = waiting.processed(new ArrayList<>());
            assertEquals("process_complete", complete.getString("type"), complete::toString);
            JsonObject result = complete.getJsonObject("result");
            assertEquals("left", result.getString("winner"), result::toString);
            assertEquals(45, result.getJsonObject("streaming_stats").getInt("frames_received"));
            sending.signal("killed", "phrase.txt", Streamer.SINGLE);
            assertEquals(
                    "process_complete", sending.processed(new ArrayList<>()).getString("type"));
        }
    }

    /** Sends the sample's pictures; tells how many they are. */
    private static int stream(Streamer client, String id) throws IOException {
        try (VideoReader reader =
                new VideoReader(SAMPLE, new VideoLimits(4_096, 4_096, java.time.Duration.ofMinutes(1), 1_000))) {
            client.send("{\"type\":\"session_start\",\"session_id\":\"%s\",\"fps\":15,\"width\":%d,\"height\":%d}"
                    .formatted(id, reader.width(), reader.height()));
            client.next("session_started");
            int number = 0;
            for (Optional<VideoFrame> next = reader.next(); next.isPresent(); next = reader.next()) {
                try (VideoFrame frame = next.get()) {
                    client.frame(id, number++, frame.picture().jpeg(85));
                }
            }
            return number;
        }
    }
}
