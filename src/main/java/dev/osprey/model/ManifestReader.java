package dev.osprey.model;

import dev.osprey.imaging.ColourOrder;
import dev.osprey.imaging.Interpolation;
import dev.osprey.imaging.Palette;
import dev.osprey.model.ModelManifest.Batch;
import dev.osprey.model.ModelManifest.Input;
import dev.osprey.model.ModelManifest.Output;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.json.stream.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads one {@code model.json} and collects everything that is wrong with it. Used once, by one thread. */
final class ManifestReader {

    private static final int MAX_SIDE = 8_192;

    private final String folder;
    private final List<String> problems;
    private int problemsOfThisFile;

    private ManifestReader(String folder, List<String> problems) {
        this.folder = folder;
        this.problems = problems;
    }

    /**
     * The manifest, or nothing where at least one problem was added to {@code problems}.
     *
     * @param folder the name of the folder the file lies in
     */
    static Optional<ModelManifest> read(Path file, String folder, List<String> problems) {
        ManifestReader reader = new ManifestReader(folder, problems);
        return reader.json(file)
                .map(root -> reader.manifest(reader.new Section("", root)))
                .filter(manifest -> reader.problemsOfThisFile == 0);
    }

    private Optional<JsonObject> json(Path file) {
        try (InputStream stream = Files.newInputStream(file);
                JsonParser parser = Json.createParser(stream)) {
            parser.next();
            JsonObject root = parser.getObject();
            if (!parser.hasNext()) {
                return Optional.of(root);
            }
            problem("it is not a JSON object: something follows it");
        } catch (IOException e) {
            problem("it cannot be read: " + e.getClass().getSimpleName());
        } catch (RuntimeException e) {
            // Not only a JsonException: numbers that are too long and nesting that is too deep are reported by others.
            problem("it is not a JSON object: " + e.getMessage());
        }
        return Optional.empty();
    }

    private ModelManifest manifest(Section root) {
        root.knows(
                "name",
                "kind",
                "description",
                "version",
                "sha256",
                "input",
                "output",
                "labels",
                "palette",
                "batch",
                "warmupRuns",
                "memoryMiB",
                "licence",
                "source");
        String name = root.text("name");
        if (!name.equals(folder)) {
            problem("name is \"%s\", expected the folder's name \"%s\"".formatted(name, folder));
        }
        List<String> labels = root.texts("labels", 1, 256);
        Input input = input(root.section("input"));
        Output output = output(root.section("output"));
        Batch batch = batch(root.section("batch"));
        checkBytes("input", 3L * input.width() * input.height() * batch.max());
        checkBytes("output", (long) output.width() * output.height() * batch.max());
        return new ModelManifest(
                name,
                root.oneOf("kind", "segmentation"),
                root.text("description"),
                root.whole("version", 1, Integer.MAX_VALUE),
                checksums(root.section("sha256")),
                input,
                output,
                labels,
                palette(root.values.get("palette"), labels.size()),
                batch,
                root.whole("warmupRuns", 1, 1_000),
                root.whole("memoryMiB", 1, 1_048_576),
                root.text("licence"),
                root.text("source"));
    }

    private void checkBytes(String tensor, long bytes) {
        if (bytes > Integer.MAX_VALUE) {
            problem("%s takes %d bytes for a whole batch, at most %d fit into a buffer"
                    .formatted(tensor, bytes, Integer.MAX_VALUE));
        }
    }

    private Map<Integer, String> checksums(Section section) {
        Map<Integer, String> checksums = new HashMap<>();
        for (String version : section.values.keySet()) {
            String digits = section.text(version).toLowerCase(Locale.ROOT);
            if (!version.matches("[1-9][0-9]{0,8}")) {
                problem("sha256 has the version \"%s\", expected a positive whole number".formatted(version));
            } else if (!digits.matches("[0-9a-f]{64}")) {
                problem("sha256.%s is not 64 hexadecimal digits".formatted(version));
            } else {
                checksums.put(Integer.valueOf(version), digits);
            }
        }
        return Map.copyOf(checksums);
    }

    private static Input input(Section section) {
        section.knows("name", "width", "height", "colour", "resize", "interpolation");
        section.oneOf("resize", "stretch");
        return new Input(
                section.text("name"),
                section.whole("width", 1, MAX_SIDE),
                section.whole("height", 1, MAX_SIDE),
                section.oneOf("colour", "bgr", "rgb").equals("rgb") ? ColourOrder.RGB : ColourOrder.BGR,
                section.oneOf("interpolation", "bilinear", "area").equals("area")
                        ? Interpolation.AREA
                        : Interpolation.BILINEAR);
    }

    private static Output output(Section section) {
        section.knows("name", "decoder", "width", "height");
        section.oneOf("decoder", "mask");
        return new Output(
                section.text("name"), section.whole("width", 1, MAX_SIDE), section.whole("height", 1, MAX_SIDE));
    }

    private static Batch batch(Section section) {
        section.knows("max", "maxDelayMillis");
        return new Batch(section.whole("max", 1, 256), Duration.ofMillis(section.whole("maxDelayMillis", 0, 1_000)));
    }

    private Palette palette(@Nullable JsonValue value, int labels) {
        Palette standard = Palette.voc(Math.max(1, labels));
        // Without labels, which is reported already, nobody can say how many colours there should be.
        if (labels == 0 || (value instanceof JsonString text && text.getString().equals("voc"))) {
            return standard;
        }
        if (!(value instanceof JsonArray colours) || colours.size() != labels) {
            problem("palette is neither \"voc\" nor a list of %d colours".formatted(labels));
            return standard;
        }
        List<int[]> rgb = new ArrayList<>();
        for (JsonValue colour : colours) {
            if (!(colour instanceof JsonArray channels)
                    || channels.size() != 3
                    || !channels.stream().allMatch(ManifestReader::isByte)) {
                problem("palette has the colour %s, expected three whole numbers from 0 to 255".formatted(colour));
                return standard;
            }
            rgb.add(new int[] {channels.getInt(0), channels.getInt(1), channels.getInt(2)});
        }
        return Palette.of(rgb);
    }

    private static boolean isByte(JsonValue value) {
        return value instanceof JsonNumber number
                && number.isIntegral()
                && number.doubleValue() >= 0
                && number.doubleValue() <= 255;
    }

    private void problem(String what) {
        problemsOfThisFile++;
        problems.add(folder + "/" + Catalogue.MANIFEST + ": " + what);
    }

    /** One JSON object of the manifest; a value that is wrong is reported and replaced, so that reading goes on. */
    private final class Section {

        private final String prefix;
        private final JsonObject values;

        Section(String prefix, JsonObject values) {
            this.prefix = prefix;
            this.values = values;
        }

        void knows(String... keys) {
            Set<String> unknown = new TreeSet<>(values.keySet());
            unknown.removeAll(new HashSet<>(List.of(keys)));
            unknown.forEach(key -> problem(prefix + key + " is not a key of a manifest"));
        }

        Section section(String key) {
            if (values.get(key) instanceof JsonObject object) {
                return new Section(prefix + key + ".", object);
            }
            problem(prefix + key + " is missing or no object");
            return new Section(prefix + key + ".", JsonValue.EMPTY_JSON_OBJECT);
        }

        String text(String key) {
            if (values.get(key) instanceof JsonString text && !text.getString().isBlank()) {
                return text.getString();
            }
            problem(prefix + key + " is missing or no text");
            return "";
        }

        String oneOf(String key, String... allowed) {
            String text = values.get(key) instanceof JsonString value ? value.getString() : "";
            if (List.of(allowed).contains(text)) {
                return text;
            }
            problem("%s%s is %s, expected %s".formatted(prefix, key, values.get(key), String.join(" or ", allowed)));
            return allowed[0];
        }

        int whole(String key, int least, int greatest) {
            if (values.get(key) instanceof JsonNumber number
                    && number.isIntegral()
                    && number.doubleValue() >= least
                    && number.doubleValue() <= greatest) {
                return number.intValue();
            }
            problem("%s%s is %s, expected a whole number from %d to %d"
                    .formatted(prefix, key, values.get(key), least, greatest));
            return least;
        }

        List<String> texts(String key, int least, int greatest) {
            if (!(values.get(key) instanceof JsonArray array)
                    || array.size() < least
                    || array.size() > greatest
                    || !array.stream().allMatch(JsonString.class::isInstance)) {
                problem("%s%s is not a list of %d to %d texts".formatted(prefix, key, least, greatest));
                return List.of();
            }
            return array.getValuesAs(JsonString::getString);
        }
    }
}
