package dev.osprey.signs;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonBuilderFactory;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** The messages to a client, as arguments of Socket.IO's events; the plain WebSocket puts a type in front. */
final class Messages {

    private static final JsonBuilderFactory JSON = Json.createBuilderFactory(Map.of());

    /** In place of a word. */
    private static final String NONE = "none";

    private Messages() {}

    static JsonObject message(String sentence) {
        return JSON.createObjectBuilder().add("message", sentence).build();
    }

    /** A score is a float32 in the digits of the float64 of the same value, as the protocol has it. */
    static JsonObject prediction(Prediction prediction, Set<Feature> features) {
        Recognition last = prediction.last();
        JsonObjectBuilder message = JSON.createObjectBuilder()
                .add("label", last != null && last.isWord() ? last.labels().get(last.best()) : NONE)
                .add("score", last == null ? 0.0 : (double) last.score());
        if (features.contains(Feature.TOPK)) {
            JsonArrayBuilder best = JSON.createArrayBuilder();
            if (last != null) {
                message.add("index", last.best()).add("threshold", (double) last.threshold());
                last.ranking()
                        .forEach(index -> best.add(JSON.createObjectBuilder()
                                .add("index", index)
                                .add("label", last.labels().get(index))
                                .add("score", (double) last.probabilities()[index])));
            }
            message.add("topk", best);
        }
        if (features.contains(Feature.RECEIPT)) {
            message.add("receipt", receipt(prediction));
        }
        return message.build();
    }

    private static JsonObjectBuilder receipt(Prediction prediction) {
        JsonObjectBuilder receipt = JSON.createObjectBuilder()
                .add("frame", prediction.frame())
                .add("clip_frames", prediction.clipFrames())
                .add("frames_dropped", prediction.framesDropped())
                .add("frames_refused", prediction.framesRefused());
        Recognition last = prediction.last();
        if (last == null) {
            return receipt.add("recognition", JsonValue.NULL);
        }
        return receipt.add(
                "recognition",
                JSON.createObjectBuilder()
                        .add("number", last.number())
                        .add("last_frame", last.lastFrame())
                        .add("age_ms", millis(last.age()))
                        .add("queue_ms", millis(last.queued()))
                        .add("inference_ms", millis(last.run()))
                        .add("provider", last.provider().name()));
    }

    /** With three decimals. */
    private static BigDecimal millis(Duration duration) {
        return BigDecimal.valueOf(duration.toNanos() / 1_000, 3);
    }

    /** With the type that a message has on the plain WebSocket in front. */
    static String typed(String type, JsonObject message) {
        JsonObjectBuilder typed = JSON.createObjectBuilder().add("type", type);
        message.forEach(typed::add);
        return typed.build().toString();
    }
}
