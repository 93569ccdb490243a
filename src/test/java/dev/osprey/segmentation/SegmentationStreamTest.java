package dev.osprey.segmentation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.stream.FakePeer;
import dev.osprey.trace.RecordedTraces;
import io.opentelemetry.sdk.trace.data.SpanData;
import jakarta.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Frames and settings, and the order of their answers. */
class SegmentationStreamTest {

    private final Path folder;

    private final List<Stage> stages = new ArrayList<>();

    SegmentationStreamTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @AfterEach
    void close() {
        stages.forEach(Stage::close);
    }

    @Test
    void greetsTheClientUnasked() {
        Client client = stage().connect();
        JsonObject greeting = client.last();
        assertEquals(List.of("connected"), client.story());
        assertEquals("balanced", greeting.getString("current_model"));
        assertEquals("a", greeting.getString("model"));
        assertFalse(greeting.containsKey("features"));
    }

    @Test
    void answersEveryFrameWithItsOwnTimestampAndPicture() {
        Stage stage = stage();
        Client client = stage.connect();
        client.frame(1, 40);
        client.frame(2, 80);
        assertEquals(List.of("connected"), client.story());
        stage.turn("a");
        assertEquals(List.of("connected", "1 balanced: 40"), client.story());
        stage.turn("a");
        assertEquals(List.of("connected", "1 balanced: 40", "2 balanced: 80"), client.story());
        assertEquals("a", Client.metadata(client.peer.sent().get(1)).getString("model"));
        assertFalse(Client.metadata(client.peer.sent().get(1)).containsKey("receipt"));
    }

    @Test
    void answersAFrameThatCameBeforeTheGreetingWasRead() {
        Stage stage = stage();
        Client client = stage.connect(FakePeer.thatReadsWhenTold());
        client.frame(1, 40);
        stage.turn("a");
        assertEquals(List.of("connected"), client.story());
        client.peer.read();
        assertEquals(List.of("connected", "1 balanced: 40"), client.story());
    }

    @Test
    void sendsAnswersInTheOrderOfRequests() {
        Stage stage = stage();
        Client client = stage.connect();
        client.frame(1, 40);
        client.send("{\"type\":\"get_stats\"}");
        client.send("{\"type\":\"init\",\"config\":{\"model_mode\":\"fast\"}}");
        client.send("{\"type\":\"update_viz\",\"settings\":{}}");
        client.send("no JSON");
        client.frame(2, 80);
        client.send("{\"type\":\"get_stats\"}");
        assertEquals(List.of("connected"), client.story());
        stage.turn("a");
        stage.turn("a");
        assertEquals(
                List.of(
                        "connected",
                        "1 balanced: 40",
                        "stats",
                        "viz_updated",
                        "INVALID_MESSAGE: The message is not a JSON object",
                        "2 balanced: 80",
                        "stats"),
                client.story());
    }

    @Test
    void appliesASettingToTheFramesAfterItOnly() {
        Stage stage = stage();
        Client client = stage.connect();
        client.frame(1, 1);
        client.send("{\"type\":\"update_viz\",\"settings\":{\"overlay_opacity\":1}}");
        client.frame(2, 1);
        stage.turn("a");
        stage.turn("a");
        List<String> story = client.story();
        assertEquals("1 balanced: 1", story.get(1));
        assertEquals("viz_updated", story.get(2));
        assertTrue(story.get(3).matches("2 balanced: 12\\d,[0-3],[0-3]"), story.get(3));
    }

    @Test
    void keepsItsSettingsWhereNewOnesAreRefused() {
        Stage stage = stage();
        Client client = stage.connect();
        client.send("{\"type\":\"update_viz\",\"settings\":{\"overlay_opacity\":1,\"visualization_mode\":\"sepia\"}}");
        client.send("{\"type\":\"update_viz\",\"settings\":null}");
        client.frame(1, 40);
        stage.turn("a");
        assertEquals(
                List.of(
                        "connected",
                        "VIZ_UPDATE_FAILED: visualization_mode is \"sepia\", expected one of filled, contour,"
                                + " side-by-side, blend",
                        "VIZ_UPDATE_FAILED: settings is null, expected an object",
                        "1 balanced: 40"),
                client.story());
        assertEquals(2, stage.meters.counts().get("failed VIZ_UPDATE_FAILED"));
    }

    @Test
    void answersReplacedFramesWithTheNewerPicture() {
        Stage stage = stage();
        Client client = stage.connect();
        for (int i = 1; i <= 5; i++) {
            client.frame(i, 40 * i);
        }
        stage.turn("a");
        List<String> first =
                List.of("connected", "1 balanced: 160", "2 balanced: 160", "3 balanced: 160", "4 balanced: 160");
        assertEquals(first, client.story());
        stage.turn("a");
        List<Object> sent = client.peer.sent();
        assertEquals("5 balanced: 200", client.story().get(5));
        for (int i = 1; i <= 5; i++) {
            assertEquals(i == 4 ? 3 : 0, Client.metadata(sent.get(i)).getInt("frames_replaced", 0));
            assertEquals(i == 4, Client.metadata(sent.get(i)).containsKey("frames_replaced"));
        }
        assertEquals(Map.of("replaced balanced", 3, "answered balanced", 2), stage.meters.counts());
    }

    @Test
    void doesNotRunAFrameWhileAnAnswerWaitsBehindTheOneInFlight() {
        Stage stage = stage();
        Client client = stage.connect(FakePeer.thatReadsWhenTold());
        for (int i = 1; i <= 3; i++) {
            client.frame(i, 40 * i);
            stage.turn("a");
        }
        assertEquals(Map.of("answered balanced", 1), stage.meters.counts());
        client.peer.read();
        stage.turn("a");
        assertEquals(Map.of("answered balanced", 2), stage.meters.counts());
        stage.turn("a");
        assertEquals(Map.of("answered balanced", 2), stage.meters.counts());
        client.peer.read();
        stage.turn("a");
        client.peer.read();
        client.peer.read();
        assertEquals(List.of("connected", "1 balanced: 40", "2 balanced: 80", "3 balanced: 120"), client.story());
    }

    @Test
    void sendsNothingToAClientThatLeftWhileItsFrameRan() {
        Stage stage = stage();
        Client client = stage.connect();
        stage.meters.whenAnswered(client.stream::end);
        client.frame(1, 40);
        client.frame(2, 80);
        stage.turn("a");
        stage.turn("a");
        assertEquals(List.of("connected"), client.story());
        assertEquals(Map.of("answered balanced", 1), stage.meters.counts());
        assertEquals(0, stage.segmentation.connectionCount());
        assertEquals(List.of(), client.peer.closed());
    }

    @Test
    void waitsForNobodyWhoHasLeft() {
        Stage stage = stage();
        Client leaving = stage.connect();
        Client staying = stage.connect();
        leaving.frame(1, 40);
        staying.frame(1, 80);
        assertEquals(2, stage.scheduler.waiting());
        leaving.stream.end();
        assertEquals(1, stage.scheduler.waiting());
        stage.turn("a");
        assertEquals(List.of("connected", "1 balanced: 80"), staying.story());
    }

    @Test
    void runsNoFrameOfAClientThatLeftBefore() {
        Stage stage = stage();
        Client client = stage.connect();
        client.frame(1, 40);
        client.stream.end();
        client.frame(2, 80);
        stage.turn("a");
        assertEquals(List.of("connected"), client.story());
        assertEquals(Map.of(), stage.meters.counts());
    }

    @Test
    void answersInTheFormOfTheRequest() {
        Stage stage = stage();
        Client client = stage.connect(Feature.BINARY);
        client.binaryFrame(1, 40);
        client.frame(2, 80);
        stage.turn("a");
        stage.turn("a");
        assertEquals(List.of("connected", "1 balanced: 40", "2 balanced: 80"), client.story());
        assertTrue(client.peer.sent().get(1) instanceof ByteBuffer);
        assertTrue(client.peer.sent().get(2) instanceof String);
        assertEquals("binary", client.message(0).getJsonArray("features").getString(0));
    }

    @Test
    void saysWhereTheTimeWentWhereItIsAskedTo() {
        Stage stage = stage();
        Client client = stage.connect(Feature.RECEIPT);
        for (int i = 1; i <= 3; i++) {
            client.frame(i, 40);
        }
        stage.turn("a");
        for (int i = 1; i <= 2; i++) {
            JsonObject receipt = Client.metadata(client.peer.sent().get(i)).getJsonObject("receipt");
            assertEquals(i == 2 ? 1 : 0, receipt.getInt("frames_replaced"));
            assertEquals(1, receipt.getInt("model_version"));
            double steps = 0;
            for (String step : List.of("queue_ms", "decode_ms", "resize_ms", "run_ms", "render_ms", "encode_ms")) {
                double millis = receipt.getJsonNumber(step).doubleValue();
                assertTrue(millis >= 0, step);
                steps += millis;
            }
            assertTrue(steps <= receipt.getJsonNumber("server_ms").doubleValue() + 0.01);
        }
    }

    @Test
    void countsItsOwnFramesOnly() {
        Stage stage = stage();
        Client client = stage.connect();
        Client other = stage.connect();
        client.frame(1, 40);
        stage.turn("a");
        client.send("{\"type\":\"get_stats\"}");
        other.send("{\"type\":\"get_stats\"}");
        JsonObject stats = client.last();
        double run = Client.metadata(client.peer.sent().get(1))
                .getJsonNumber("inference_time_ms")
                .doubleValue();
        for (String key : List.of("avg_inference_ms", "min_inference_ms", "max_inference_ms")) {
            assertEquals(run, stats.getJsonNumber(key).doubleValue(), 1e-9, key);
            assertEquals(0, other.last().getJsonNumber(key).doubleValue(), key);
        }
        assertTrue(stats.getJsonNumber("avg_fps").doubleValue() > 0);
    }

    @Test
    void letsTwoConnectionsHaveTheirOwnModeAndSettings() {
        Stage stage = stage();
        Client client = stage.connect();
        Client other = stage.connect();
        other.changeMode("fast");
        other.send("{\"type\":\"update_viz\",\"settings\":{\"overlay_opacity\":1,\"class_filter\":[]}}");
        client.frame(1, 40);
        other.frame(2, 40);
        stage.turn("a");
        assertEquals(List.of("connected", "1 balanced: 40"), client.story());
        assertEquals(List.of("connected", "mode_changed fast", "viz_updated", "2 fast: 0"), other.story());
    }

    @Test
    void answersTwoHundredFramesInOrderBesideOtherClients() throws Exception {
        int frames = 200;
        Stage stage = new Stage(folder);
        stages.add(stage);
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            List<Future<Client>> clients = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                clients.add(threads.submit(() -> {
                    Client client = stage.connect();
                    for (int frame = 0; frame < frames; frame++) {
                        // Two at a time: the greeting and all answers but the last one are there.
                        client.peer.awaitSent(frame);
                        client.frame(frame, frame % 3 * 100);
                    }
                    client.peer.awaitSent(frames + 1);
                    return client;
                }));
            }
            List<String> expected = new ArrayList<>(List.of("connected"));
            for (int frame = 0; frame < frames; frame++) {
                expected.add("%d balanced: %d".formatted(frame, frame % 3 * 100));
            }
            for (Future<Client> client : clients) {
                assertEquals(expected, client.get(30, TimeUnit.SECONDS).story());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void tracesAFrameFromItsArrivalToItsSending() {
        Stage stage = stage();
        Client client = stage.connect(FakePeer.thatReadsWhenTold());
        client.peer.read();
        client.frame(1, 40);
        stage.turn("a");
        assertEquals(List.of(), stage.tracing.spans());
        client.peer.read();
        SpanData frame = stage.tracing.roots().get(0);
        assertEquals("frame", frame.getName());
        assertEquals(List.of("queue", "decode", "run", "render", "send"), stage.tracing.steps(frame));
        assertTrue(stage.tracing.isInOrder(frame), () -> stage.tracing.spans().toString());
        assertEquals("segmentation", RecordedTraces.attribute(frame, "osprey.capability"));
        assertEquals(client.stream.connection().activity().id(), RecordedTraces.attribute(frame, "osprey.stream.id"));
        assertEquals("balanced", RecordedTraces.attribute(frame, "osprey.mode"));
        assertEquals("a", RecordedTraces.attribute(frame, "osprey.model.name"));
        assertEquals("CPU", RecordedTraces.attribute(frame, "osprey.model.provider"));
        assertEquals("1", RecordedTraces.attribute(frame, "osprey.frame.number"));
        assertEquals("1", RecordedTraces.attribute(frame, "osprey.batch_size"));
    }

    @Test
    void tracesFramesThatAreReplacedUnreadableOrNeverSent() {
        Stage stage = stage();
        Client client = stage.connect();
        for (int i = 1; i <= 3; i++) {
            client.frame(i, 40);
        }
        SpanData replaced = stage.tracing.roots().get(0);
        assertEquals("true", RecordedTraces.attribute(replaced, "osprey.frame.replaced"));
        assertEquals(List.of("queue"), stage.tracing.steps(replaced));
        stage.turn("a");
        SpanData answered = stage.tracing.roots().get(1);
        assertEquals("2", RecordedTraces.attribute(answered, "osprey.frame.number"));
        assertEquals("1", RecordedTraces.attribute(answered, "osprey.frame.replaces"));
        stage.turn("a");
        client.send("{\"type\":\"frame\",\"timestamp\":4,\"data\":\"AAAA\"}");
        stage.turn("a");
        SpanData unreadable = stage.tracing.roots().get(3);
        assertEquals("IMAGE_UNREADABLE", RecordedTraces.attribute(unreadable, "error.type"));
        assertEquals(List.of("queue", "send"), stage.tracing.steps(unreadable));
        Client gone = stage.connect(FakePeer.thatReadsWhenTold());
        gone.frame(1, 40);
        stage.turn("a");
        gone.stream.end();
        SpanData unsent = stage.tracing.roots().get(4);
        assertEquals("CONNECTION_ENDED", RecordedTraces.attribute(unsent, "error.type"));
        assertEquals(5, stage.tracing.roots().size());
    }

    private Stage stage(String... changes) {
        Stage stage = new Stage(folder, changes).byTurns();
        stages.add(stage);
        return stage;
    }
}
