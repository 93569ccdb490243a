package dev.osprey.fingerspelling;

import dev.osprey.config.OspreyConfig;
import dev.osprey.config.TestConfig;
import dev.osprey.inference.Capacity;
import dev.osprey.inference.Scheduler;
import dev.osprey.inference.Turnstile;
import dev.osprey.metrics.CountingMeters;
import dev.osprey.stream.Connections.Entry;
import dev.osprey.stream.FakePeer;
import dev.osprey.trace.RecordedTraces;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** The capability with a real scheduler and workers, with learners in place of the container and a clock of its own. */
final class Lesson implements AutoCloseable {

    /** Two workers, so that two streams are looked at at once. */
    private static final Capacity CAPACITY = new Capacity(2, 2, Duration.ofHours(1), Duration.ofHours(1));

    private final ExecutorService workers = Executors.newCachedThreadPool();
    private final AtomicLong nowNanos = new AtomicLong(Duration.ofDays(3).toNanos());
    private final Scheduler scheduler;

    final CountingMeters meters = new CountingMeters();
    final RecordedTraces tracing = new RecordedTraces(nowNanos::get);
    final StubRecognition recognition;
    final Fingerspelling fingerspelling;

    /** @param settings key and value by turns */
    Lesson(LettersModel model, String... settings) {
        recognition = new StubRecognition(model);
        OspreyConfig config = TestConfig.with(settings);
        scheduler = new Scheduler(workers, CAPACITY, System::nanoTime);
        fingerspelling =
                new Fingerspelling(() -> config, recognition, scheduler, meters, tracing.tracing(), nowNanos::get);
    }

    void pass(int millis) {
        nowNanos.addAndGet(Duration.ofMillis(millis).toNanos());
    }

    Learner learner(Feature... features) {
        return new Learner(FakePeer.thatReadsAtOnce(), features);
    }

    /** Waits until the workers have done all that waited when this was called. */
    void settle() {
        String model = fingerspelling.settings().handModel();
        Turnstile first = new Turnstile(scheduler, model);
        Turnstile second = new Turnstile(scheduler, model);
        first.open();
        second.open();
    }

    /** One of the statistics. */
    int value(String name) {
        return (int) meters.value("osprey_fingerspelling_" + name);
    }

    @Override
    public void close() {
        scheduler.close();
        workers.shutdown();
    }

    /** A client. */
    final class Learner {

        final FakePeer peer;
        final CoachStream stream;

        Learner(FakePeer peer, Feature... features) {
            this.peer = peer;
            if (!(fingerspelling.connections().enter(peer) instanceof Entry.Admitted admitted)) {
                throw new AssertionError("refused");
            }
            stream = new CoachStream(fingerspelling, admitted.connection(), Set.of(features), "letters");
        }

        void send(String message) {
            stream.text(message);
        }

        /** A frame whose result is awaited, see {@link StubRecognition}. */
        void show(String frame) {
            throwFrame(frame);
            settle();
        }

        /** A frame. */
        void throwFrame(String frame) {
            send("{\"jpeg_blob\":\"%s\",\"new_letter\":null}".formatted(base64(frame)));
        }

        void showAll(String frame, int times) {
            for (int i = 0; i < times; i++) {
                show(frame);
            }
        }

        void target(String letter) {
            send("{\"jpeg_blob\":null,\"new_letter\":\"%s\"}".formatted(letter));
        }

        void word(String word) {
            send("{\"jpeg_blob\":null,\"new_word\":\"%s\"}".formatted(word));
        }

        static String base64(String frame) {
            return Base64.getEncoder().encodeToString(frame.getBytes(StandardCharsets.UTF_8));
        }

        /** Every message in a few words. */
        List<String> story() {
            return peer.sent().stream().map(Learner::inWords).toList();
        }

        private static String inWords(Object message) {
            JsonObject json = json(message);
            if (json.containsKey("error")) {
                return "error: " + json.getString("error");
            } else if (json.containsKey("hands")) {
                return "hands: " + json.getJsonArray("hands").size();
            }
            return json.getString("detected_word_letter") + " " + json.get("target_lettr_prob");
        }

        JsonObject last() {
            List<Object> sent = peer.sent();
            return json(sent.get(sent.size() - 1));
        }

        private static JsonObject json(Object message) {
            try (JsonReader reader = Json.createReader(new StringReader(message.toString()))) {
                return reader.readObject();
            }
        }
    }
}
