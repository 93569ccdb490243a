package dev.osprey.segmentation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.ModelFolder;
import dev.osprey.RealServer;
import dev.osprey.SharesServer;
import dev.osprey.StreamClient;
import dev.osprey.StreamClient.Arrival.Message;
import dev.osprey.model.TinyNetwork;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonPatchBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Modes and models that change while frames are under way. Each mode's model is swapped for a version with labels and
 * colours that no other mode has: drawn opaque, a picture tells by its colours alone whose palette it was drawn with.
 */
@SharesServer
class ModesIT extends RealServer {

    private static final List<String> MODES = List.of("fast", "balanced", "accurate", "sota");

    private final List<ModelFolder> folders = new ArrayList<>();

    @BeforeEach
    void paintEachModeInItsOwnColours() throws Exception {
        for (String mode : MODES) {
            ModelFolder folder = new ModelFolder(ServedModels.in(mode).name());
            folders.add(folder);
            folder.replace(folder.network(), patch -> painted(patch, mode));
            serve(folder.name(), folder.nextVersion());
        }
    }

    @AfterEach
    void putEverythingBack() throws Exception {
        for (ModelFolder folder : folders) {
            folder.close();
            serve(folder.name(), folder.version());
        }
    }

    private static JsonPatchBuilder painted(JsonPatchBuilder manifest, String mode) {
        return manifest.replace("/labels", labels(mode)).replace("/palette", json(colours(mode)));
    }

    private static JsonArray labels(String mode) {
        JsonArrayBuilder labels = Json.createArrayBuilder();
        for (String label : ServedModels.in(mode).labels()) {
            labels.add(mode + " " + label);
        }
        return labels.build();
    }

    private static JsonArray json(int[][] colours) {
        JsonArrayBuilder palette = Json.createArrayBuilder();
        for (int[] colour : colours) {
            palette.add(Json.createArrayBuilder().add(colour[0]).add(colour[1]).add(colour[2]));
        }
        return palette.build();
    }

    /** Red, green, blue, or all three of one level; the level tells the class. */
    private static int[][] colours(String mode) {
        int classes = ServedModels.in(mode).labels().size();
        int[][] colours = new int[classes][3];
        for (int id = 0; id < classes; id++) {
            for (int channel = 0; channel < 3; channel++) {
                boolean lit = mode.equals("sota") || channel == MODES.indexOf(mode);
                colours[id][channel] = lit ? 255 - 127 * id / classes : 0;
            }
        }
        return colours;
    }

    private static void assertDrawnIn(int[][] colours, Message answer) throws IOException {
        double share = Pictures.share(Pictures.decoded(answer.picture()), colours);
        // Between two colours a JPEG has others.
        assertTrue(share > 0.9, () -> share + " of the picture in " + answer.json());
    }

    private static void assertSays(String mode, JsonArray labels, JsonArray palette, JsonObject changed) {
        assertEquals(mode, changed.getString("model_mode"));
        assertEquals(labels, changed.getJsonArray("class_labels"));
        assertEquals(palette, changed.getJsonArray("class_colors"));
        assertEquals(ServedModels.in(mode).name(), changed.getString("model"));
    }

    /** A client that draws opaque and knows in which mode each answer has to come. */
    private static final class Streamer implements AutoCloseable {

        private final StreamClient client;
        private final byte[] frame = Pictures.table(160, 120, "jpg");
        private final Deque<Expected> expected = new ArrayDeque<>();
        private String mode = "balanced";
        private int frames;
        private int framesOutstanding;

        /** An answer: to a frame, or to a change of mode where {@code timestamp} is 0. */
        private record Expected(String mode, int timestamp) {}

        Streamer() throws Exception {
            client = StreamClient.greeted(webSocket("/ws?features=binary,receipt"));
            client.visualize("{\"overlay_opacity\":1}");
        }

        void sendFrame() throws Exception {
            client.sendBinaryFrame(frame, ++frames);
            expected.add(new Expected(mode, frames));
            framesOutstanding++;
        }

        void changeMode(String to) throws Exception {
            client.changeMode(to);
            mode = to;
            expected.add(new Expected(to, 0));
        }

        /** Takes the next answer, which must be to the oldest request that has none. */
        void takeAnswer() throws Exception {
            Expected next = expected.remove();
            if (next.timestamp() == 0) {
                assertSays(next.mode(), labels(next.mode()), json(colours(next.mode())), client.next("mode_changed"));
                return;
            }
            framesOutstanding--;
            Message answer = client.nextMessage("segmentation");
            assertEquals(next.timestamp(), answer.json().getInt("timestamp"));
            JsonObject metadata = answer.json().getJsonObject("metadata");
            assertEquals(next.mode(), metadata.getString("model_mode"));
            assertEquals(ServedModels.in(next.mode()).name(), metadata.getString("model"));
            assertEquals(0, metadata.getJsonObject("receipt").getInt("frames_replaced"));
            assertDrawnIn(colours(next.mode()), answer);
        }

        void takeAllAnswers() throws Exception {
            while (!expected.isEmpty()) {
                takeAnswer();
            }
        }

        /** Frames and changes as chance has it, with two frames outstanding at most and not many changes. */
        void storm(int steps, long seed) throws Exception {
            Random random = new Random(seed);
            for (int i = 0; i < steps; i++) {
                while (framesOutstanding == 2 || expected.size() > 6) {
                    takeAnswer();
                }
                if (random.nextInt(3) > 0) {
                    sendFrame();
                } else {
                    changeMode(MODES.get(random.nextInt(MODES.size())));
                }
            }
            takeAllAnswers();
        }

        /** Nothing has come that was not asked for. */
        @Override
        public void close() {
            try {
                client.stats();
            } catch (Exception e) {
                throw new AssertionError(e);
            } finally {
                client.close();
            }
        }
    }

    @Test
    void answersTheFramesThatWaitInTheModeTheyWereSentIn() throws Exception {
        try (Streamer streamer = new Streamer()) {
            for (String[] change : new String[][] {{"fast", "sota"}, {"sota", "fast"}, {"accurate", "balanced"}}) {
                streamer.changeMode(change[0]);
                streamer.sendFrame();
                streamer.sendFrame();
                streamer.changeMode(change[1]);
                streamer.takeAnswer();
                streamer.takeAnswer();
                streamer.sendFrame();
                streamer.takeAllAnswers();
            }
        }
    }

    @Test
    void answersEveryFrameOnceAndInOrderHoweverOftenTheModeChanges() throws Exception {
        try (Streamer streamer = new Streamer()) {
            streamer.storm(120, 1);
            for (int i = 0; i < 10; i++) {
                streamer.sendFrame();
                streamer.changeMode("sota");
                streamer.sendFrame();
                streamer.changeMode("fast");
                streamer.takeAllAnswers();
            }
        }
    }

    @Test
    void keepsClientsInDifferentModesApart() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        List<Future<?>> streams = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int seed = i;
            String mode = MODES.get(i);
            streams.add(threads.submit(() -> {
                try (Streamer changing = new Streamer()) {
                    changing.storm(40, seed);
                }
                return null;
            }));
            streams.add(threads.submit(() -> {
                try (Streamer constant = new Streamer()) {
                    constant.changeMode(mode);
                    for (int frame = 0; frame < 20; frame++) {
                        constant.sendFrame();
                        constant.takeAnswer();
                    }
                    constant.takeAllAnswers();
                }
                return null;
            }));
        }
        for (Future<?> stream : streams) {
            stream.get(5, TimeUnit.MINUTES);
        }
        threads.shutdown();
    }

    /** @param turns about two million of them take a second */
    private void slowDownSota(int turns) throws Exception {
        ModelFolder sota = folders.get(MODES.indexOf("sota"));
        sota.replace(TinyNetwork.slow(turns, 3, 4), patch -> painted(patch, "sota")
                .replace("/input/width", 4)
                .replace("/input/height", 3)
                .replace("/output/width", 4)
                .replace("/output/height", 3)
                .replace("/batch/max", 1)
                .replace("/warmupRuns", 1));
        serve(sota.name(), sota.nextVersion());
    }

    @Test
    void letsNoSlowModelDelayTheFramesOfAFastOne() throws Exception {
        slowDownSota(4_000_000);
        try (Streamer slow = new Streamer();
                Streamer quick = new Streamer()) {
            slow.changeMode("sota");
            slow.sendFrame();
            slow.sendFrame();
            slow.takeAnswer();
            quick.changeMode("fast");
            quick.takeAnswer();
            for (int i = 0; i < 20; i++) {
                quick.sendFrame();
                quick.takeAnswer();
            }
            assertTrue(slow.client.isQuietFor(Duration.ZERO), "the slow model was done before the frames beside it");
            slow.takeAllAnswers();
        }
    }

    /** A client that streams, two frames at a time, in whatever mode it was told last. */
    private static final class Follower implements AutoCloseable {

        private final StreamClient client;
        private final byte[] frame = Pictures.table(160, 120, "jpg");
        private String mode = "balanced";
        private int sent;
        private int answered;

        Follower() throws Exception {
            client = StreamClient.greeted(webSocket("/ws?features=binary,receipt"));
            client.visualize("{\"overlay_opacity\":1}");
        }

        void hold(double fps) throws Exception {
            client.send(StreamClient.message("change_mode")
                    .add("model_mode", "auto")
                    .add("fps", fps));
        }

        /** Takes messages up to the next change of mode; every picture before it must be in order and in the old mode. */
        JsonObject nextModeChanged() throws Exception {
            while (true) {
                while (sent - answered < 2) {
                    client.sendBinaryFrame(frame, sent++);
                }
                Message message = client.nextMessage();
                if (message.json().getString("type").equals("mode_changed")) {
                    mode = message.json().getString("model_mode");
                    assertSays(mode, labels(mode), json(colours(mode)), message.json());
                    return message.json();
                }
                takeAnswer(message);
            }
        }

        private void takeAnswer(Message message) throws IOException {
            assertEquals("segmentation", message.json().getString("type"), () -> "in " + message.json());
            assertEquals(answered++, message.json().getInt("timestamp"));
            assertEquals(mode, message.json().getJsonObject("metadata").getString("model_mode"));
            assertDrawnIn(colours(mode), message);
        }

        @Override
        public void close() {
            try {
                while (answered < sent) {
                    takeAnswer(client.nextMessage());
                }
                client.stats();
            } catch (Exception e) {
                throw new AssertionError(e);
            } finally {
                client.close();
            }
        }
    }

    @Test
    void choosesTheModeItselfWhereTheClientWantsAFrameRateAndSaysWhyItMoves() throws Exception {
        slowDownSota(600_000);
        try (Follower follower = new Follower()) {
            follower.client.changeMode("sota");
            follower.nextModeChanged();
            follower.hold(120);
            JsonObject begun = follower.nextModeChanged();
            assertEquals("sota", begun.getString("model_mode"));
            assertEquals(Set.of("fps"), begun.getJsonObject("auto").keySet());
            JsonObject down = follower.nextModeChanged();
            assertNotEquals("sota", down.getString("model_mode"));
            assertTells("sota", "sota came short: ", 120, down.getJsonObject("auto"));
            follower.client.changeMode("fast");
            while (follower.nextModeChanged().containsKey("auto")) {
                // It may have moved once more before it was told not to.
            }
            follower.hold(1);
            follower.nextModeChanged();
            JsonObject up = follower.nextModeChanged();
            assertNotEquals("fast", up.getString("model_mode"));
            assertTells("fast", up.getString("model_mode") + " should give ", 1, up.getJsonObject("auto"));
            follower.client.changeMode("fast");
            while (follower.nextModeChanged().containsKey("auto")) {
                // As above.
            }
        }
    }

    private static void assertTells(String from, String reason, double fps, JsonObject auto) {
        assertEquals(from, auto.getString("from"));
        assertTrue(auto.getString("reason").startsWith(reason), auto::toString);
        assertEquals(fps, auto.getJsonNumber("fps").doubleValue());
        assertTrue(auto.getJsonNumber("queue_ms").doubleValue() >= 0, auto::toString);
        assertTrue(auto.getJsonNumber("service_ms").doubleValue() > 0, auto::toString);
    }

    /** A version as a client sees it. */
    private record Version(int number, JsonArray labels, int[][] colours, CountDownLatch seen) {

        Version(int number, JsonArray labels, int[][] colours) {
            this(number, labels, colours, new CountDownLatch(2));
        }
    }

    @Test
    void tellsTheStreamsOfAModeTheLabelsAndColoursOfAVersionBeforeItsFirstAnswer() throws Exception {
        ModelFolder fast = folders.get(0);
        int[][] yellow = {{255, 255, 0}, {160, 160, 0}};
        JsonArray somebody =
                Json.createArrayBuilder(List.of("nobody", "somebody")).build();
        List<Version> versions = List.of(
                new Version(fast.nextVersion(), labels("fast"), colours("fast")),
                new Version(
                        fast.version(),
                        fast.manifest().getJsonArray("labels"),
                        ServedModels.colours(ServedModels.in("fast"))),
                new Version(fast.nextVersion(), somebody, yellow));
        ExecutorService threads = Executors.newCachedThreadPool();
        List<Future<?>> streams = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            streams.add(threads.submit(() -> watch(versions)));
        }
        try (Streamer elsewhere = new Streamer();
                ModelFolder person = new ModelFolder("person")) {
            await(versions.get(0), elsewhere);
            // Going back to what is shipped, then to another network with sizes of its own.
            fast.close();
            serve(fast.name(), fast.version());
            await(versions.get(1), elsewhere);
            fast.replace(person.network(), patch -> patch.replace(
                            "/input", person.manifest().get("input"))
                    .replace("/output", person.manifest().get("output"))
                    .replace("/batch", person.manifest().get("batch"))
                    .replace("/labels", somebody)
                    .replace("/palette", json(yellow)));
            serve(fast.name(), fast.nextVersion());
            await(versions.get(2), elsewhere);
        }
        for (Future<?> stream : streams) {
            stream.get(1, TimeUnit.MINUTES);
        }
        threads.shutdown();
    }

    /** Until both watchers have seen the version, somebody in another mode streams and is told nothing. */
    private static void await(Version version, Streamer elsewhere) throws Exception {
        long giveUpNanos = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (version.seen().getCount() > 0) {
            assertTrue(System.nanoTime() < giveUpNanos, "the streams see the version " + version.number());
            elsewhere.sendFrame();
            elsewhere.takeAnswer();
        }
    }

    /** Streams in the mode fast, two frames at a time, through one version after the other. */
    private static @Nullable Void watch(List<Version> versions) throws Exception {
        byte[] frame = Pictures.table(160, 120, "jpg");
        try (StreamClient client = StreamClient.greeted(webSocket("/ws?features=binary,receipt"))) {
            client.visualize("{\"overlay_opacity\":1}");
            client.changeMode("fast");
            client.next("mode_changed");
            client.sendBinaryFrame(frame, 0);
            Iterator<Version> coming = versions.iterator();
            Version current = coming.next();
            int answered = 0;
            for (int byThis = 0; coming.hasNext() || byThis < 5; byThis++) {
                client.sendBinaryFrame(frame, answered + 1);
                Message message = client.nextMessage();
                if (message.json().getString("type").equals("mode_changed")) {
                    current = coming.next();
                    byThis = 0;
                    assertSays("fast", current.labels(), json(current.colours()), message.json());
                    message = client.nextMessage();
                }
                assertEquals("segmentation", message.json().getString("type"));
                assertEquals(answered++, message.json().getInt("timestamp"));
                JsonObject metadata = message.json().getJsonObject("metadata");
                assertEquals("fast", metadata.getString("model_mode"));
                assertEquals(current.number(), metadata.getJsonObject("receipt").getInt("model_version"));
                assertDrawnIn(current.colours(), message);
                if (byThis == 0) {
                    current.seen().countDown();
                }
            }
            assertEquals(answered, client.next("segmentation").getInt("timestamp"));
            client.stats();
        }
        return null;
    }
}
