package dev.osprey.segmentation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.stream.FakePeer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames that fail and clients that ask for too much. */
class StreamFaultsTest {

    private static final String TEXT =
            Base64.getEncoder().encodeToString("this is text".getBytes(StandardCharsets.UTF_8));

    private final Path folder;

    private final List<Stage> stages = new ArrayList<>();

    StreamFaultsTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @AfterEach
    void close() {
        stages.forEach(Stage::close);
    }

    @Test
    void answersABrokenFrameWithAnErrorInItsPlace() {
        Stage stage = stage("stream.max-frames-waiting", "3");
        Client client = stage.connect();
        client.frame(1, 40);
        client.send("{\"type\":\"frame\",\"data\":\"\"}");
        client.send("{\"type\":\"frame\",\"data\":\"" + TEXT + "\"}");
        client.frame(4, 80);
        for (int i = 0; i < 3; i++) {
            stage.turn("a");
        }
        List<String> story = client.story();
        assertEquals("1 balanced: 40", story.get(1));
        assertEquals("INFERENCE_FAILED: Empty frame data received", story.get(2));
        assertTrue(story.get(3).startsWith("INFERENCE_FAILED: Failed to decode frame: "), story.get(3));
        assertEquals("4 balanced: 80", story.get(4));
        assertEquals(2, stage.meters.counts().get("failed INFERENCE_FAILED"));
    }

    @Test
    void refusesAPictureBeyondTheLimitBeforeItIsDecoded() {
        Stage stage = stage("imaging.max-width", "15");
        Client client = stage.connect();
        client.frame(1, 40);
        stage.turn("a");
        assertEquals(
                "INFERENCE_FAILED: Failed to decode frame: image of 16x16 pixels, limit 15x4096",
                client.story().get(1));
    }

    @Test
    void saysThatTheModelIsNotLoaded() {
        Stage stage = stage();
        Client client = stage.connect();
        client.frame(1, 40);
        stage.models.unload("a");
        stage.turn("a");
        stage.models.load("a");
        client.frame(2, 80);
        stage.turn("a");
        assertEquals(
                List.of("connected", "INFERENCE_FAILED: The model \"a\" is not loaded", "2 balanced: 80"),
                client.story());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void goesOnAfterAFrameThatFailedAsNobodyExpected(boolean outOfMemory) {
        Stage stage = stage();
        Client client = stage.connect();
        stage.meters.whenAnswered(() -> {
            stage.meters.whenAnswered(() -> {});
            if (outOfMemory) {
                throw new OutOfMemoryError("for this frame");
            }
            throw new IllegalStateException("for this frame");
        });
        client.frame(1, 40);
        client.frame(2, 80);
        stage.turn("a");
        stage.turn("a");
        assertEquals(
                List.of("connected", "INFERENCE_FAILED: The frame could not be processed", "2 balanced: 80"),
                client.story());
    }

    @Test
    void sendsAFailedFrameBackWhereItIsToldTo() {
        Stage stage = stage("segmentation.answer-failed-frames", "true");
        Client client = stage.connect();
        client.frame(1, 40);
        stage.models.unload("a");
        stage.turn("a");
        assertEquals(
                List.of("connected", "INFERENCE_FAILED: The model \"a\" is not loaded", "1 balanced: 40"),
                client.story());
        assertEquals(
                "{\"inference_time_ms\":0.00,\"total_time_ms\":0.00,\"model_mode\":\"balanced\",\"fps\":0.0,"
                        + "\"avg_inference_ms\":0.00,\"detected_classes\":[],\"model\":\"a\"}",
                client.last().getJsonObject("metadata").toString());
    }

    @Test
    void sendsNothingBackOfAFrameThatCannotBeDecoded() {
        Stage stage = stage("segmentation.answer-failed-frames", "true");
        Client client = stage.connect();
        client.send("{\"type\":\"frame\",\"data\":\"" + TEXT + "\"}");
        stage.turn("a");
        assertEquals(2, client.story().size());
    }

    @Test
    void sendsNoFrameBackToWhoWantsMasks() {
        Stage stage = stage("segmentation.answer-failed-frames", "true");
        Client client = stage.connect(Feature.MASK);
        client.frame(1, 1);
        stage.models.unload("a");
        stage.turn("a");
        assertEquals(List.of("connected", "INFERENCE_FAILED: The model \"a\" is not loaded"), client.story());
    }

    @Test
    void answersEveryReplacedFrameThoughTheirPictureFails() {
        Stage stage = stage("segmentation.answer-failed-frames", "true", "stream.max-frames-waiting", "1");
        Client client = stage.connect();
        client.frame(1, 40);
        client.frame(2, 80);
        stage.models.unload("a");
        stage.turn("a");
        String error = "INFERENCE_FAILED: The model \"a\" is not loaded";
        assertEquals(List.of("connected", error, "1 balanced: 80", error, "2 balanced: 80"), client.story());
    }

    @Test
    void refusesTheFramesOfAServerThatStops() {
        Stage stage = stage();
        Client client = stage.connect();
        client.frame(1, 40);
        client.frame(2, 80);
        stage.scheduler.close();
        client.frame(3, 120);
        String error = "INFERENCE_FAILED: The server is stopping";
        assertEquals(List.of("connected", error, error, error), client.story());
    }

    @Test
    void endsAClientAfterTooManyMalformedMessages() {
        Client client = stage("stream.max-malformed-messages", "2").connect();
        for (String message : List.of("[]", "{", "nonsense", "{")) {
            client.send(message);
        }
        String error = "INVALID_MESSAGE: The message is not a JSON object";
        assertEquals(List.of("connected", error, error), client.story());
        assertEquals(List.of("1008 3 malformed messages, the limit is 2"), client.peer.closed());
    }

    @Test
    void endsAClientWithTooManyMessagesUnanswered() {
        Stage stage = stage("stream.max-unanswered", "3");
        Client client = stage.connect(FakePeer.thatReadsWhenTold());
        client.frame(1, 40);
        client.send("{\"type\":\"get_stats\"}");
        client.send("{\"type\":\"init\"}");
        client.frame(2, 80);
        assertEquals(List.of(), client.peer.closed());
        client.send("{\"type\":\"get_stats\"}");
        assertEquals(List.of("1008 3 messages are unanswered, the limit is 3"), client.peer.closed());
        assertEquals(0, stage.segmentation.connectionCount());
        client.frame(3, 120);
        stage.turn("a");
        assertEquals(List.of("connected"), client.story());
        assertEquals(1, client.peer.closed().size());
    }

    @Test
    void ignoresWhatWantsNoAnswer() {
        Client client = stage().connect();
        client.send("{\"type\":\"hello\"}");
        client.send("{}");
        client.send("{\"type\":\"init\"}");
        assertEquals(List.of("connected"), client.story());
    }

    @Test
    void endsAClientWhoseAnswerIsLost() {
        Stage stage = stage();
        Client client = stage.connect(FakePeer.thatReadsWhenTold());
        client.frame(1, 40);
        client.peer.lose();
        assertEquals(0, stage.segmentation.connectionCount());
        stage.turn("a");
        assertEquals(List.of("connected"), client.story());
        assertEquals(0, stage.meters.counts().size(), "its frame was not even run");
    }

    private Stage stage(String... changes) {
        Stage stage = new Stage(folder, changes).byTurns();
        stages.add(stage);
        return stage;
    }
}
