package dev.osprey.studio;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A solid that somebody wants of a picture.
 *
 * @param source id of the upload or the made picture
 * @param width in millimetres, along x, as {@code height} along y and {@code depth} along z
 * @param quality 1 to 10
 * @param mode whether all of the picture stands or only its foreground
 * @param hollowMm thickness of the wall that is left when it is hollowed out; 0 where it is not
 */
record MeshRequest(
        String source,
        MeshFormat format,
        double width,
        double height,
        double depth,
        int quality,
        Mode mode,
        double hollowMm) {

    static final double MAX_SIDE_MM = 1_000;
    static final double MAX_DEPTH_MM = 500;
    private static final double MIN_WALL_MM = 0.4;
    private static final double MAX_WALL_MM = 50;
    private static final double DEFAULT_SIDE_MM = 100;
    private static final double DEFAULT_DEPTH_MM = 20;
    static final int MAX_QUALITY = 10;
    private static final int DEFAULT_QUALITY = 7;

    /** What of the picture becomes a solid. */
    enum Mode {
        /** The whole rectangle. */
        RELIEF,
        /** What the segmentation takes for the foreground. */
        CUTOUT;

        String wireName() {
            return this == RELIEF ? "relief" : "cutout";
        }
    }

    /** {@code protocols/studio.md}, 4.3; what is wrong is added to the faults, and nothing returned then. */
    static Optional<MeshRequest> read(JsonObject body, List<Fault> faults) {
        Fields fields = new Fields(body, faults);
        String source = fields.text("job_id", 100);
        if (!fields.has("job_id")) {
            fields.missing("job_id");
        } else if (faults.isEmpty() && !FileName.isId(source)) {
            fields.fault("string_pattern_mismatch", "job_id", "Input should be a UUID", body.get("job_id"));
        }
        return read(fields, source, fields.word("format", "stl", MeshFormat.wireNames()), faults);
    }

    /** As {@link #read}, for a source and a format that are known. */
    static Optional<MeshRequest> read(Fields fields, String source, String format, List<Fault> faults) {
        Optional<Fields> dimensions = fields.object("dimensions", false);
        dimensions.ifPresent(sides -> {
            for (String side : List.of("width", "height", "depth")) {
                if (!sides.has(side)) {
                    sides.missing(side);
                }
            }
        });
        double width = dimensions
                .map(sides -> sides.number("width", DEFAULT_SIDE_MM, 1, MAX_SIDE_MM))
                .orElse(DEFAULT_SIDE_MM);
        double height = dimensions
                .map(sides -> sides.number("height", DEFAULT_SIDE_MM, 1, MAX_SIDE_MM))
                .orElse(DEFAULT_SIDE_MM);
        double depth = dimensions
                .map(sides -> sides.number("depth", DEFAULT_DEPTH_MM, 1, MAX_DEPTH_MM))
                .orElse(DEFAULT_DEPTH_MM);
        int quality = (int) fields.whole("quality", DEFAULT_QUALITY, 1, MAX_QUALITY);
        String mode = fields.word("mode", "relief", List.of("relief", "cutout"));
        double hollow = fields.number("hollow_mm", 0, 0, MAX_WALL_MM);
        if (hollow > 0 && hollow < MIN_WALL_MM) {
            fields.fault(
                    "greater_than_equal",
                    "hollow_mm",
                    "Input should be 0 or at least " + MIN_WALL_MM,
                    Json.createValue(hollow));
        }
        if (!faults.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new MeshRequest(
                source,
                MeshFormat.of(format).orElseThrow(),
                width,
                height,
                depth,
                quality,
                mode.equals("cutout") ? Mode.CUTOUT : Mode.RELIEF,
                hollow));
    }

    /** As a job keeps it. */
    JsonObject toJson() {
        return Json.createObjectBuilder()
                .add("job_id", source)
                .add("format", format.wireName())
                .add("dimensions", dimensions())
                .add("quality", quality)
                .add("mode", mode.wireName())
                .add("hollow_mm", hollowMm)
                .build();
    }

    JsonObject dimensions() {
        return Json.createObjectBuilder()
                .add("width", Numbers.json(width))
                .add("height", Numbers.json(height))
                .add("depth", Numbers.json(depth))
                .build();
    }

    static MeshRequest ofJson(String text) {
        JsonObject json = Fields.object(text).orElseThrow();
        return read(json, new ArrayList<>()).orElseThrow();
    }

    /** {@code model_<source>.<format>}. */
    String fileName() {
        return "model_" + source + "." + format.wireName();
    }
}
