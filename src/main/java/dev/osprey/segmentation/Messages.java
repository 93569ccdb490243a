package dev.osprey.segmentation;

import dev.osprey.config.OspreyConfig;
import dev.osprey.imaging.Palette;
import dev.osprey.model.ModelManifest;
import dev.osprey.stream.Reply;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonBuilderFactory;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The messages to a client, by their specification in the protocol. */
final class Messages {

    private static final JsonBuilderFactory JSON = Json.createBuilderFactory(Map.of());
    private static final double NANOS_PER_MILLI = 1e6;

    private Messages() {}

    static Reply connected(
            Mode mode,
            ModelManifest manifest,
            Set<Feature> features,
            OspreyConfig.Stream limits,
            OspreyConfig.Imaging imaging) {
        JsonObjectBuilder message = JSON.createObjectBuilder()
                .add("type", "connected")
                .add("status", "ready")
                .add("available_models", texts(Mode.WIRE_NAMES))
                .add("class_labels", texts(manifest.labels()))
                .add("current_model", mode.wireName())
                .add("model", manifest.name());
        if (!features.isEmpty()) {
            message.add(
                            "features",
                            texts(features.stream()
                                    .map(Feature::wireName)
                                    .sorted()
                                    .toList()))
                    .add("class_colors", colours(manifest.palette()))
                    .add(
                            "limits",
                            JSON.createObjectBuilder()
                                    .add("max_message_bytes", limits.maxMessageBytes())
                                    .add("max_image_width", imaging.maxWidth())
                                    .add("max_image_height", imaging.maxHeight())
                                    .add("max_frames_waiting", limits.maxFramesWaiting()));
        }
        return text(message);
    }

    /** @param auto null where the client named the mode */
    static Reply modeChanged(Mode mode, ModelManifest manifest, Set<Feature> features, AutoMode.@Nullable Notice auto) {
        JsonObjectBuilder message = JSON.createObjectBuilder()
                .add("type", "mode_changed")
                .add("model_mode", mode.wireName())
                .add("class_labels", texts(manifest.labels()))
                .add("model", manifest.name());
        if (!features.isEmpty()) {
            message.add("class_colors", colours(manifest.palette()));
        }
        if (auto != null) {
            message.add("auto", auto(auto));
        }
        return text(message);
    }

    private static JsonObjectBuilder auto(AutoMode.Notice auto) {
        JsonObjectBuilder json = JSON.createObjectBuilder().add("fps", auto.fps());
        AutoMode.Move move = auto.move();
        if (move != null) {
            json.add("from", move.from().wireName()).add("reason", move.reason());
            AutoMode.Mean measured = move.measured();
            if (measured != null) {
                json.add("queue_ms", millis(Math.round(measured.queue())))
                        .add("service_ms", millis(Math.round(measured.service())));
            }
        }
        return json;
    }

    static Reply visualizationUpdated(JsonObject recognised) {
        return text(JSON.createObjectBuilder().add("type", "viz_updated").add("settings", recognised));
    }

    static Reply stats(LongSummaryStatistics inferenceNanos) {
        boolean none = inferenceNanos.getCount() == 0;
        double mean = inferenceNanos.getAverage() / NANOS_PER_MILLI;
        return text(JSON.createObjectBuilder()
                .add("type", "stats")
                .add("avg_inference_ms", rounded(mean, 2))
                .add("min_inference_ms", none ? BigDecimal.ZERO : rounded(inferenceNanos.getMin() / NANOS_PER_MILLI, 2))
                .add("max_inference_ms", none ? BigDecimal.ZERO : rounded(inferenceNanos.getMax() / NANOS_PER_MILLI, 2))
                .add("avg_fps", rounded(perSecond(mean), 1)));
    }

    static Reply error(String code, String message) {
        return text(JSON.createObjectBuilder()
                .add("type", "error")
                .add("code", code)
                .add("message", message)
                .add("recoverable", true));
    }

    /**
     * @param metadata see {@link #metadata}
     * @param binary header and picture in one binary message instead of base64 in a text
     */
    static Reply segmentation(JsonValue timestamp, byte[] picture, JsonObject metadata, boolean binary) {
        if (binary) {
            byte[] header = JSON.createObjectBuilder()
                    .add("type", "segmentation")
                    .add("timestamp", timestamp)
                    .add("metadata", metadata)
                    .build()
                    .toString()
                    .getBytes(StandardCharsets.UTF_8);
            return new Reply.Binary(ByteBuffer.allocate(Integer.BYTES + header.length + picture.length)
                    .putInt(header.length)
                    .put(header)
                    .put(picture)
                    .flip());
        }
        // Put together by hand: a JSON builder would copy the picture's 100 KB of base64 character by character.
        return new Reply.Text("{\"type\":\"segmentation\",\"timestamp\":" + timestamp + ",\"data\":\""
                + Base64.getEncoder().encodeToString(picture) + "\",\"metadata\":" + metadata + "}");
    }

    /** @param meanInferenceNanos over the connection's last frames, this one included */
    static JsonObjectBuilder metadata(Mode mode, Segmented segmented, double meanInferenceNanos) {
        double totalMillis = segmented.times().total() / NANOS_PER_MILLI;
        return metadata(
                mode,
                segmented.model(),
                segmented.times().run() / NANOS_PER_MILLI,
                totalMillis,
                meanInferenceNanos / NANOS_PER_MILLI,
                segmented.detectedClasses());
    }

    /** Of a frame that goes back as it came. */
    static JsonObjectBuilder unchangedMetadata(Mode mode, String model, double meanInferenceNanos) {
        return metadata(mode, model, 0, 0, meanInferenceNanos / NANOS_PER_MILLI, List.of());
    }

    private static JsonObjectBuilder metadata(
            Mode mode,
            String model,
            double inferenceMillis,
            double totalMillis,
            double meanInferenceMillis,
            List<String> detectedClasses) {
        return JSON.createObjectBuilder()
                .add("inference_time_ms", rounded(inferenceMillis, 2))
                .add("total_time_ms", rounded(totalMillis, 2))
                .add("model_mode", mode.wireName())
                .add("fps", rounded(perSecond(totalMillis), 1))
                .add("avg_inference_ms", rounded(meanInferenceMillis, 2))
                .add("detected_classes", texts(detectedClasses))
                .add("model", model);
    }

    static JsonObject receipt(Segmented segmented, long queueNanos, long serverNanos, int replaced) {
        Segmented.Times times = segmented.times();
        return JSON.createObjectBuilder()
                .add("queue_ms", millis(queueNanos))
                .add("decode_ms", millis(times.decode()))
                .add("resize_ms", millis(times.resize()))
                .add("run_ms", millis(times.run()))
                .add("render_ms", millis(times.scale() + times.render()))
                .add("encode_ms", millis(times.encode()))
                .add("server_ms", millis(serverNanos))
                .add("batch_size", 1)
                .add("frames_replaced", replaced)
                .add("provider", segmented.provider().name())
                .add("model", segmented.model())
                .add("model_version", segmented.version())
                .build();
    }

    private static BigDecimal millis(long nanos) {
        return rounded(nanos / NANOS_PER_MILLI, 3);
    }

    private static double perSecond(double millis) {
        return millis == 0 ? 0 : 1_000 / millis;
    }

    /** To the nearest, ties to even on the binary value, as the protocol's first implementation rounds. */
    private static BigDecimal rounded(double value, int decimals) {
        return new BigDecimal(value).setScale(decimals, RoundingMode.HALF_EVEN);
    }

    private static JsonArrayBuilder texts(List<String> texts) {
        return JSON.createArrayBuilder(texts);
    }

    private static JsonArrayBuilder colours(Palette palette) {
        JsonArrayBuilder colours = JSON.createArrayBuilder();
        for (int[] rgb : palette.rgb()) {
            colours.add(JSON.createArrayBuilder().add(rgb[0]).add(rgb[1]).add(rgb[2]));
        }
        return colours;
    }

    private static Reply text(JsonObjectBuilder message) {
        return new Reply.Text(message.build().toString());
    }
}
