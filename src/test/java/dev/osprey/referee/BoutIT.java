package dev.osprey.referee;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.Python;
import dev.osprey.RealServer;
import dev.osprey.SharesServer;
import dev.osprey.StreamClient;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole bouts, from the video to the decision, by clients as they are in use; the numbers are of the conformance checklist. */
@SharesServer
class BoutIT extends RealServer {

    private static final Path BOUTS = Path.of("src/main/webapp/samples/bouts");
    private static final String END = "--b--\r\n";
    private static final String LEFT = "attack-and-counter-left-1";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private int loggedBefore;

    @BeforeEach
    void lookBefore() {
        loggedBefore = logged().size();
    }

    @AfterEach
    void lookAfter() {
        assertEquals(List.of(), ospreysWarnings(loggedBefore));
    }

    private static Path video(String bout) {
        return BOUTS.resolve(bout + ".mp4");
    }

    private static Path signal(String bout) {
        return BOUTS.resolve(bout + ".txt");
    }

    /** What a client in Python printed last. */
    private static JsonObject said(Python.Run run) {
        assertEquals(0, run.status(), run::output);
        return StreamClient.json(
                run.output().lines().reduce((first, last) -> last).orElseThrow());
    }

    private static Python.Run streamed(String bout, String session) throws IOException, InterruptedException {
        return Python.with("cv2, websockets", "src/test/python/requirements.txt")
                .run(List.of(
                        "src/test/python/referee_client.py",
                        webSocket("").toString(),
                        video(bout).toString(),
                        signal(bout).toString(),
                        "--session",
                        session));
    }

    private static Python.Run uploaded(Path video, Path signal, String... fields)
            throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(
                List.of("src/test/python/referee_upload.py", http("").toString(), video.toString(), signal.toString()));
        for (String field : fields) {
            arguments.add("--field");
            arguments.add(field);
        }
        return Python.with("requests", "src/test/python/requirements.txt").run(arguments);
    }

    /** [13, 14, 26, 38] and that the rendered bouts are decided as they were made. */
    @ParameterizedTest
    @CsvSource({"attack-and-counter-left-1,left", "attack-on-a-stop-right-2,right", "parry-and-riposte-right-4,right"})
    void decidesARenderedBoutForWhomItWasMade(String bout, String winner) throws Exception {
        Python.Run run = streamed(bout, bout);
        assertTrue(run.output().contains("video_reconstruction 100%"), run::output);
        assertTrue(run.output().contains("analysis 0% Starting YOLO analysis"), run::output);
        JsonObject result = said(run);
        assertEquals("success", result.getString("status"));
        JsonObject decision = result.getJsonObject("decision");
        assertEquals(winner, decision.getString("winner"), decision::toString);
        assertFalse(decision.getString("reason").isEmpty());
        assertEquals("priority", decision.getString("rule"));
        assertTrue(result.getJsonNumber("wall_time_seconds").doubleValue() > 0);
        assertEquals(
                result.getInt("frames_processed"),
                result.getJsonObject("streaming_stats").getInt("frames_received"));
        assertEquals(15, result.getJsonObject("phrase").getInt("fps"));
    }

    /** [31, 33] */
    @Test
    void decidesAnUploadAsItDecidesTheStream() throws Exception {
        JsonObject streamed = said(streamed(LEFT, "both ways"));
        JsonObject uploaded = said(uploaded(video(LEFT), signal(LEFT), "include_keypoints=on", "include_excel=true"));
        assertEquals(streamed.getString("winner"), uploaded.getString("winner"));
        assertEquals(streamed.getString("reason"), uploaded.getString("reason"));
        assertFalse(uploaded.containsKey("streaming_stats"));
        JsonArray frontFoot = uploaded.getJsonObject("left_xdata").getJsonArray("16");
        assertEquals(uploaded.getInt("frames_processed"), frontFoot.size(), 2);
        assertTrue(frontFoot.stream()
                .allMatch(x -> x == JsonValue.NULL || x.getValueType() == JsonValue.ValueType.NUMBER));
        seeks(uploaded.getJsonObject("artifacts").getString("overlay_video"));
    }

    /** The overlay is a video that a browser can seek in. */
    private static void seeks(String location) throws Exception {
        HttpResponse<byte[]> part = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(http(location))
                                .header("Range", "bytes=4-7")
                                .build(),
                        BodyHandlers.ofByteArray());
        assertEquals(206, part.statusCode());
        assertEquals("video/mp4", part.headers().firstValue("Content-Type").orElse(""));
        assertEquals("ftyp", new String(part.body(), java.nio.charset.StandardCharsets.US_ASCII));
    }

    /** [27] on the other way. */
    @Test
    void hasNothingToDecideWhereOneHit() throws Exception {
        Path single = Files.writeString(folder.resolve("single.txt"), Streamer.SINGLE);
        JsonObject result = said(uploaded(video(LEFT), single));
        assertEquals("skipped", result.getString("status"));
        assertEquals("Right", result.getString("declared_winner"));
    }

    @Test
    void saysWhatIsWrongWithAnUpload() throws Exception {
        Path nothing = Files.writeString(folder.resolve("nothing.mp4"), "no video");
        Python.Run run = uploaded(nothing, signal(LEFT));
        assertEquals(422 % 256, run.status(), run::output);
        assertTrue(run.output().contains("\"detail\""), run::output);
        Path start = Files.writeString(folder.resolve("start.txt"), "Scores -> Fencer 1: HIT, Fencer 2: HIT\n");
        run = uploaded(video(LEFT), start);
        assertEquals(422 % 256, run.status(), run::output);
        assertTrue(run.output().contains("Could not find start time in start.txt"), run::output);
        run = uploaded(video(LEFT), signal(LEFT), "save_overlay=perhaps");
        assertEquals(400 % 256, run.status(), run::output);
    }

    private static String part(String name, String fileName) {
        return String.join(
                "\r\n", "--b", "Content-Disposition: form-data; name=\"%s\"%s".formatted(name, fileName), "", "x", "");
    }

    private static HttpResponse<String> post(String type, String body) throws Exception {
        return send("POST", "/analyze", body, "Content-Type", type);
    }

    /** [32] */
    @Test
    void saysWhichPartIsMissing() throws Exception {
        String video = part("video", "; filename=\"a.mp4\"");
        HttpResponse<String> answer = post("multipart/form-data; boundary=b", video + END);
        assertEquals(422, answer.statusCode(), answer::body);
        assertEquals(
                "{\"detail\":[{\"loc\":[\"body\",\"signal\"],\"msg\":\"Field required\",\"type\":\"missing\"}]}",
                answer.body());
        answer = post(
                "multipart/form-data; boundary=b", part("video", "") + part("signal", "; filename=\"a.txt\"") + END);
        assertEquals(400, answer.statusCode(), answer::body);
        assertEquals(
                "Video file must have a filename",
                StreamClient.json(answer.body()).getString("detail"));
    }

    /** For a page, which follows the job. */
    @Test
    void answersAtOnceWithTheJobWhereThatIsWanted() throws Exception {
        String video = part("video", "; filename=\"a.mp4\"");
        HttpResponse<String> answer = send(
                "POST",
                "/api/referee/bouts",
                video + part("signal", "; filename=\"a.txt\"") + END,
                "Content-Type",
                "multipart/form-data; boundary=b");
        assertEquals(202, answer.statusCode(), answer::body);
        String job = "/api/jobs/" + StreamClient.json(answer.body()).getString("job_id");
        assertEquals(
                http(job).toString(), answer.headers().firstValue("Location").orElse(""));
        await("The job has failed", () -> get(job).body().contains("\"state\":\"failed\""));
        assertEquals(
                "Could not find start time in a.txt",
                StreamClient.json(get(job).body()).getJsonObject("failure").getString("detail"));
        answer = send("POST", "/api/referee/bouts", video + END, "Content-Type", "multipart/form-data; boundary=b");
        assertEquals(422, answer.statusCode(), answer::body);
    }

    /** The command-line client of the README. */
    @Test
    void decidesWhatTheCommandLineSends() throws Exception {
        Path output = folder.resolve("result.json");
        Process client = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-jar",
                        "target/osprey-referee.jar",
                        video(LEFT).toString(),
                        signal(LEFT).toString(),
                        "--server",
                        http("").toString(),
                        "--output",
                        output.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(client.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertTrue(client.waitFor(1, TimeUnit.MINUTES));
        assertEquals(0, client.exitValue(), said);
        assertEquals("left", StreamClient.json(Files.readString(output)).getString("winner"));
    }
}
