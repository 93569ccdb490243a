package dev.osprey.segmentation;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.imaging.Rendering;
import dev.osprey.imaging.Visualization;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonBuilderFactory;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of {@code update_viz}.
 *
 * @param recognised what was set, under the server's names for it
 */
record VisualizationUpdate(Rendering rendering, JsonObject recognised) {

    private static final JsonBuilderFactory JSON = Json.createBuilderFactory(Map.of());
    private static final int MAX_CLASSES = 256;

    /**
     * Applies the keys that are present; all of them or none.
     *
     * @param labels of the current model, for filters that name classes
     * @throws OspreyException {@link ErrorCode#SETTING_INVALID} naming key, value and what is allowed
     */
    static VisualizationUpdate of(Rendering current, JsonValue settings, List<String> labels) {
        if (!(settings instanceof JsonObject keys)) {
            throw invalid("settings is %s, expected an object".formatted(settings));
        }
        JsonObjectBuilder recognised = JSON.createObjectBuilder();
        double opacity = current.opacity();
        Visualization visualization = current.visualization();
        List<Integer> filter = current.classFilter();
        if (keys.containsKey("overlay_opacity")) {
            opacity = opacity(keys.get("overlay_opacity"));
            recognised.add("opacity", keys.get("overlay_opacity"));
        }
        if (keys.containsKey("visualization_mode")) {
            visualization = visualization(keys.get("visualization_mode"));
            recognised.add("viz_mode", visualization.wireName());
        }
        if (keys.containsKey("class_filter")) {
            filter = filter(keys.get("class_filter"), labels);
            recognised.add(
                    "class_filter",
                    filter == null
                            ? JsonValue.NULL
                            : JSON.createArrayBuilder(filter).build());
        }
        return new VisualizationUpdate(new Rendering(visualization, opacity, filter), recognised.build());
    }

    private static double opacity(@Nullable JsonValue value) {
        if (value instanceof JsonNumber number && number.doubleValue() >= 0 && number.doubleValue() <= 1) {
            return number.doubleValue();
        }
        throw invalid("overlay_opacity is %s, expected a number from 0 to 1".formatted(value));
    }

    private static Visualization visualization(@Nullable JsonValue value) {
        String name = value instanceof JsonString text ? text.getString() : "";
        return Visualization.ofWireName(name)
                .orElseThrow(() -> invalid("visualization_mode is %s, expected one of %s"
                        .formatted(
                                value,
                                Arrays.stream(Visualization.values())
                                        .map(Visualization::wireName)
                                        .collect(Collectors.joining(", ")))));
    }

    private static @Nullable List<Integer> filter(@Nullable JsonValue value, List<String> labels) {
        if (value == JsonValue.NULL) {
            return null;
        }
        if (!(value instanceof JsonArray classes)) {
            throw invalid("class_filter is %s, expected null or a list of classes".formatted(value));
        }
        if (classes.size() > MAX_CLASSES) {
            // Each one costs time on every frame.
            throw invalid("class_filter has %d entries, expected at most %d".formatted(classes.size(), MAX_CLASSES));
        }
        List<Integer> ids = new ArrayList<>();
        for (JsonValue element : classes) {
            ids.add(classId(element, labels));
        }
        return List.copyOf(ids);
    }

    private static int classId(JsonValue element, List<String> labels) {
        // Ids beyond the current labels are kept: they may fit the next mode and are drawn as nothing until then.
        if (element instanceof JsonNumber number
                && number.doubleValue() == Math.rint(number.doubleValue())
                && number.doubleValue() >= 0
                && number.doubleValue() <= 255) {
            return number.intValue();
        }
        int named = element instanceof JsonString text ? labels.indexOf(text.getString()) : -1;
        if (named < 0) {
            throw invalid("class_filter has %s, expected class ids from 0 to 255 or names among the current labels"
                    .formatted(element));
        }
        return named;
    }

    private static OspreyException invalid(String detail) {
        return new OspreyException(
                ErrorCode.SETTING_INVALID, detail.length() <= 500 ? detail : detail.substring(0, 500) + "...");
    }
}
