package dev.osprey.segmentation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.imaging.Rendering;
import dev.osprey.imaging.Visualization;
import jakarta.json.Json;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import java.io.StringReader;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VisualizationUpdateTest {

    private static final List<String> LABELS = List.of("background", "person", "car");
    private static final Rendering CURRENT = new Rendering(Visualization.CONTOUR, 0.3, List.of(2));

    @Test
    void changesNothingWhereNothingIsSet() {
        VisualizationUpdate update = update("{}");
        assertEquals(CURRENT, update.rendering());
        assertEquals("{}", update.recognised().toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"overlay_opacity\":0.35} | {\"opacity\":0.35}",
                "{\"overlay_opacity\":0} | {\"opacity\":0}",
                "{\"overlay_opacity\":1} | {\"opacity\":1}",
                "{\"visualization_mode\":\"side-by-side\"} | {\"viz_mode\":\"side-by-side\"}",
                "{\"class_filter\":null} | {\"class_filter\":null}",
                "{\"class_filter\":[]} | {\"class_filter\":[]}",
                "{\"class_filter\":[2,0,255,2]} | {\"class_filter\":[2,0,255,2]}",
                "{\"class_filter\":[1.0,\"car\"]} | {\"class_filter\":[1,2]}",
                "{\"colormap\":\"jet\",\"opacity\":1,\"viz_mode\":\"blend\"} | {}"
            })
    void confirmsWhatItRecognised(String settings, String recognised) {
        assertEquals(recognised, update(settings).recognised().toString());
    }

    @Test
    void changesTheKeysThatArePresent() {
        assertEquals(
                new Rendering(Visualization.CONTOUR, 0.5, List.of(2)),
                update("{\"overlay_opacity\":0.5}").rendering());
        assertEquals(
                new Rendering(Visualization.BLEND, 0.3, List.of(2)),
                update("{\"visualization_mode\":\"blend\"}").rendering());
        assertEquals(
                new Rendering(Visualization.CONTOUR, 0.3, null),
                update("{\"class_filter\":null}").rendering());
        assertEquals(
                new Rendering(Visualization.CONTOUR, 0.3, List.of()),
                update("{\"class_filter\":[]}").rendering());
        assertEquals(
                new Rendering(Visualization.FILLED, 0.7, List.of(1, 7)),
                update("{\"class_filter\":[\"person\",7],\"overlay_opacity\":0.7,\"visualization_mode\":\"filled\"}")
                        .rendering());
    }

    @ParameterizedTest
    @ValueSource(strings = {"filled", "contour", "side-by-side", "blend"})
    void knowsEveryRendering(String name) {
        assertEquals(
                name,
                update("{\"visualization_mode\":\"" + name + "\"}")
                        .rendering()
                        .visualization()
                        .wireName());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "null | settings is null, expected an object",
                "[1] | settings is [1], expected an object",
                "{\"overlay_opacity\":1.01} | overlay_opacity is 1.01, expected a number from 0 to 1",
                "{\"overlay_opacity\":-0.01} | overlay_opacity is -0.01, expected a number from 0 to 1",
                "{\"overlay_opacity\":\"0.5\"} | overlay_opacity is \"0.5\", expected a number from 0 to 1",
                "{\"overlay_opacity\":null} | overlay_opacity is null, expected a number from 0 to 1",
                "{\"visualization_mode\":\"Filled\"} | visualization_mode is \"Filled\", expected one of filled,"
                        + " contour, side-by-side, blend",
                "{\"visualization_mode\":null} | visualization_mode is null, expected one of filled, contour,"
                        + " side-by-side, blend",
                "{\"class_filter\":\"person\"} | class_filter is \"person\", expected null or a list of classes",
                "{\"class_filter\":5} | class_filter is 5, expected null or a list of classes",
                "{\"class_filter\":[256]} | class_filter has 256, expected class ids from 0 to 255 or names among the"
                        + " current labels",
                "{\"class_filter\":[-1]} | class_filter has -1, expected class ids from 0 to 255 or names among the"
                        + " current labels",
                "{\"class_filter\":[1.5]} | class_filter has 1.5, expected class ids from 0 to 255 or names among the"
                        + " current labels",
                "{\"class_filter\":[\"dog\"]} | class_filter has \"dog\", expected class ids from 0 to 255 or names"
                        + " among the current labels",
                "{\"class_filter\":[null]} | class_filter has null, expected class ids from 0 to 255 or names among"
                        + " the current labels",
                "{\"class_filter\":[1e999]} | class_filter has 1E+999, expected class ids from 0 to 255 or names among"
                        + " the current labels"
            })
    void refusesAllWhereOneIsWrongAndNamesKeyValueAndWhatIsAllowed(String settings, String detail) {
        OspreyException refusal = assertThrows(OspreyException.class, () -> update(settings));
        assertEquals(ErrorCode.SETTING_INVALID, refusal.code());
        assertEquals(detail, refusal.detail());
    }

    @Test
    void refusesMoreClassesThanThereCanBe() {
        String most = String.join(",", Collections.nCopies(256, "1"));
        assertEquals(
                256,
                update("{\"class_filter\":[" + most + "]}")
                        .recognised()
                        .getJsonArray("class_filter")
                        .size());
        OspreyException refusal =
                assertThrows(OspreyException.class, () -> update("{\"class_filter\":[" + most + ",1]}"));
        assertEquals("class_filter has 257 entries, expected at most 256", refusal.detail());
    }

    @Test
    void doesNotRepeatAllOfALongValue() {
        OspreyException refusal = assertThrows(
                OspreyException.class, () -> update("{\"visualization_mode\":\"" + "x".repeat(10_000) + "\"}"));
        assertTrue(refusal.detail().length() < 600);
    }

    private static VisualizationUpdate update(String settings) {
        try (JsonReader reader = Json.createReader(new StringReader(settings))) {
            JsonValue value = reader.readValue();
            return VisualizationUpdate.of(CURRENT, value, LABELS);
        }
    }
}
