package dev.osprey.model;

import dev.osprey.imaging.Clip;
import dev.osprey.imaging.ColourOrder;
import dev.osprey.imaging.Interpolation;
import dev.osprey.imaging.Palette;
import dev.osprey.model.ModelManifest.Activation;
import dev.osprey.model.ModelManifest.Batch;
import dev.osprey.model.ModelManifest.Classes;
import dev.osprey.model.ModelManifest.Clips;
import dev.osprey.model.ModelManifest.Depths;
import dev.osprey.model.ModelManifest.Field;
import dev.osprey.model.ModelManifest.Landmarks;
import dev.osprey.model.ModelManifest.Masks;
import dev.osprey.model.ModelManifest.Noisy;
import dev.osprey.model.ModelManifest.Normalisation;
import dev.osprey.model.ModelManifest.Pictures;
import dev.osprey.model.ModelManifest.Pixels;
import dev.osprey.model.ModelManifest.Sampling;
import dev.osprey.model.ModelManifest.Scale;
import dev.osprey.model.ModelManifest.Tensor;
import dev.osprey.model.ModelManifest.Tokens;
import dev.osprey.model.ModelManifest.Values;
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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads one {@code model.json} and collects everything that is wrong with it. Used once, by one thread. */
final class ManifestReader {

    private static final int MAX_SIDE = 8_192;
    private static final int MAX_DIMENSIONS = 4;

    /** Every client has a clip of its own; 256 frames of the usual 224 × 224 are 37 MB. */
    private static final int MAX_FRAMES = 256;

    private static final int MAX_CLIP_SIDE = 1_024;

    /** Of 192 × 192 pixels; of each its box, seven points and a score. */
    private static final int PALM_ANCHORS = 2_016;

    private static final int PALM_SIDE = 192;
    private static final int PALM_VALUES = 19;

    /** Landmarks in the crop and in metres, presence, handedness. */
    private static final int HAND_VALUES = 2 * 3 * Landmarks.POINTS + 2;

    /** Of 224 × 224 pixels; of each its box, four points and a score. */
    private static final int PERSON_ANCHORS = 2_254;

    private static final int PERSON_SIDE = 224;
    private static final int PERSON_VALUES = 13;

    /** 35 points of x, y, z and two probabilities, then presence. */
    private static final int POSE_VALUES = 35 * 5 + 1;

    /** Of the COCO data set. */
    private static final int BODY_POINTS = 17;

    /** Box, score, then x, y and confidence of each point. */
    private static final int YOLO_VALUES = 4 + 1 + 3 * BODY_POINTS;

    private static final int MAX_YOLO_ROWS = 100_000;

    /** Start, one word and end. */
    private static final int MIN_TOKENS = 3;

    private static final int MAX_TOKENS = 1_024;
    private static final int MAX_STEPS = 1_000;
    private static final int MAX_GUIDANCE = 100;

    /** Of every kind. */
    private static final List<String> KEYS = List.of(
            "name",
            "kind",
            "description",
            "version",
            "sha256",
            "input",
            "output",
            "batch",
            "warmupRuns",
            "memoryMiB",
            "licence",
            "source");

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
        String name = root.text("name");
        if (!name.equals(folder)) {
            problem("name is \"%s\", expected the folder's name \"%s\"".formatted(name, folder));
        }
        ModelKind kind = ModelKind.ofWireName(root.oneOf("kind", ModelKind.wireNames()));
        root.knows(keys(kind));
        boolean classes = keysOfKind(kind).contains("labels");
        List<String> labels = classes ? root.texts("labels", 1, 256) : List.of();
        Tensor input = input(kind, root);
        Tensor output = output(kind, input, labels.size(), root);
        Batch batch = batch(root.section("batch"));
        checkBytes("input", input.bytes() * batch.max());
        input.beside().forEach(further -> checkBytes(further.tensor(), further.bytes() * batch.max()));
        checkBytes("output", output.bytes() * batch.max());
        return new ModelManifest(
                name,
                kind,
                root.text("description"),
                root.whole("version", 1, Integer.MAX_VALUE),
                checksums(root.section("sha256")),
                input,
                output,
                labels,
                kind == ModelKind.SEGMENTATION
                        ? palette(root.values.get("palette"), labels.size())
                        : Palette.voc(Math.max(1, labels.size())),
                batch,
                root.whole("warmupRuns", 1, 1_000),
                root.whole("memoryMiB", 1, 1_048_576),
                root.text("licence"),
                root.text("source"));
    }

    private static String[] keys(ModelKind kind) {
        return Stream.concat(KEYS.stream(), keysOfKind(kind).stream()).toArray(String[]::new);
    }

    private static List<String> keysOfKind(ModelKind kind) {
        return switch (kind) {
            case SEGMENTATION -> List.of("labels", "palette");
            case PALM_DETECTION, HAND_LANDMARKS, PERSON_DETECTION, POSE_LANDMARKS, YOLO_POSE, RTMPOSE, DEPTH, VOLUME ->
                List.of();
            case LETTERS -> List.of("labels", "hands");
            case SIGN_WORDS -> List.of("labels", "threshold");
            case TEXT_ENCODER -> List.of("tokeniser");
            case DENOISER -> List.of("timestep", "condition", "sampler");
            case IMAGE_DECODER -> List.of();
        };
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

    private Tensor input(ModelKind kind, Section root) {
        Section section = root.section("input");
        return switch (kind) {
            case SEGMENTATION, DEPTH, VOLUME -> pictures(section, "stretch", "bilinear", "area");
            case PALM_DETECTION -> squareOf(PALM_SIDE, PALM_ANCHORS, pictures(section, "letterbox", "bilinear"));
            case PERSON_DETECTION -> squareOf(PERSON_SIDE, PERSON_ANCHORS, pictures(section, "letterbox", "bilinear"));
            case YOLO_POSE -> pictures(section, "letterbox", "bilinear");
            case HAND_LANDMARKS, POSE_LANDMARKS, RTMPOSE -> pictures(section, "crop", "bilinear");
            case LETTERS -> landmarks(section, root.section("hands"));
            case SIGN_WORDS -> clips(section);
            case TEXT_ENCODER -> tokens(section, root.section("tokeniser"));
            case DENOISER -> noisy(section, root);
            case IMAGE_DECODER -> latents(section);
        };
    }

    private static Pictures pictures(Section section, String resize, String... interpolations) {
        section.knows("name", "width", "height", "colour", "resize", "interpolation");
        section.oneOf("resize", resize);
        return new Pictures(
                section.text("name"),
                section.whole("width", 1, MAX_SIDE),
                section.whole("height", 1, MAX_SIDE),
                colour(section),
                interpolation(section, interpolations));
    }

    private static ColourOrder colour(Section section) {
        return section.oneOf("colour", "bgr", "rgb").equals("rgb") ? ColourOrder.RGB : ColourOrder.BGR;
    }

    private static Interpolation interpolation(Section section, String... allowed) {
        return section.oneOf("interpolation", allowed).equals("area") ? Interpolation.AREA : Interpolation.BILINEAR;
    }

    private static Clips clips(Section section) {
        section.knows("name", "frames", "width", "height", "colour", "resize", "interpolation");
        section.oneOf("resize", "stretch");
        return new Clips(
                section.text("name"),
                new Clip.Shape(
                        section.whole("frames", 1, MAX_FRAMES),
                        section.whole("width", 1, MAX_CLIP_SIDE),
                        section.whole("height", 1, MAX_CLIP_SIDE),
                        colour(section),
                        interpolation(section, "bilinear", "area")));
    }

    private Pictures squareOf(int side, int anchors, Pictures pictures) {
        if (pictures.width() != side || pictures.height() != side) {
            problem("input is %d × %d, expected %d × %d for the %d anchors"
                    .formatted(pictures.width(), pictures.height(), side, side, anchors));
        }
        return pictures;
    }

    private Landmarks landmarks(Section section, Section hands) {
        section.knows("name", "shape");
        hands.knows("needed", "normalisation");
        Landmarks landmarks = new Landmarks(
                section.text("name"),
                section.shape(),
                hands.whole("needed", 1, 2),
                hands.oneOf("normalisation", "none", "wrist").equals("wrist")
                        ? Normalisation.WRIST
                        : Normalisation.NONE);
        List<Integer> shape = landmarks.shape();
        int points = shape.size() < 2 ? 0 : shape.get(shape.size() - 2);
        boolean oneHand = points == Landmarks.POINTS;
        boolean twoHands = points == 2 * Landmarks.POINTS;
        if (shape.isEmpty()) {
            return landmarks;
        }
        if (shape.size() > 3 || !(oneHand || twoHands) || shape.get(shape.size() - 1) != 3) {
            problem("input.shape is %s, expected [points, 3] or [pictures, points, 3] with 21 or 42 points"
                    .formatted(shape));
        } else if (oneHand && landmarks.handsNeeded() == 2) {
            problem("hands.needed is 2, but input.shape %s has room for one hand".formatted(shape));
        }
        return landmarks;
    }

    private static Tokens tokens(Section section, Section tokeniser) {
        section.knows("name", "length");
        tokeniser.knows("padding", "vocabulary");
        return new Tokens(
                section.text("name"),
                section.whole("length", MIN_TOKENS, MAX_TOKENS),
                tokeniser.text("padding"),
                tokeniser.oneOf("vocabulary", "open", "closed").equals("closed"));
    }

    private Noisy noisy(Section section, Section root) {
        Values latents = latents(section);
        Section timestep = root.section("timestep");
        timestep.knows("name");
        Section condition = root.section("condition");
        condition.knows("name", "shape");
        return new Noisy(
                latents.tensor(),
                latents.shape(),
                new Values(timestep.text("name"), List.of()),
                new Values(condition.text("name"), ofSides(condition, "[length, width]", 2)),
                sampling(root.section("sampler")));
    }

    private static Sampling sampling(Section section) {
        section.knows("defaultSteps", "maxSteps", "defaultGuidance");
        int maxSteps = section.whole("maxSteps", 1, MAX_STEPS);
        return new Sampling(
                section.whole("defaultSteps", 1, maxSteps),
                maxSteps,
                section.number("defaultGuidance", 1, MAX_GUIDANCE));
    }

    private Values latents(Section section) {
        section.knows("name", "shape");
        return new Values(section.text("name"), ofSides(section, "[channels, height, width]", 3));
    }

    /** Empty, and reported, where there are not as many. */
    private List<Integer> ofSides(Section section, String meaning, int sides) {
        List<Integer> shape = section.shape();
        if (!shape.isEmpty() && shape.size() != sides) {
            problem("%sshape is %s, expected %s".formatted(section.prefix, shape, meaning));
            return List.of();
        }
        return shape;
    }

    private Tensor output(ModelKind kind, Tensor input, int labels, Section root) {
        Section section = root.section("output");
        return switch (kind) {
            case SEGMENTATION -> masks(section);
            case PALM_DETECTION -> values(section, "palms", List.of(PALM_ANCHORS, PALM_VALUES));
            case HAND_LANDMARKS -> values(section, "hand", List.of(HAND_VALUES));
            case LETTERS -> classes(section, labels, 0);
            case SIGN_WORDS -> classes(section, labels, root.share("threshold"));
            case PERSON_DETECTION -> values(section, "people", List.of(PERSON_ANCHORS, PERSON_VALUES));
            case POSE_LANDMARKS -> values(section, "person", List.of(POSE_VALUES));
            case YOLO_POSE -> yolo(section);
            case RTMPOSE -> simcc(section, input.shape().get(1) + input.shape().get(0));
            case TEXT_ENCODER -> embeddings(section, input.shape().get(0));
            case DENOISER -> values(section, "prediction", input.shape());
            case IMAGE_DECODER -> pixels(section);
            case DEPTH -> depths(section);
            case VOLUME -> field(section);
        };
    }

    private static Masks masks(Section section) {
        section.knows("name", "decoder", "width", "height");
        section.oneOf("decoder", "mask");
        return new Masks(
                section.text("name"), section.whole("width", 1, MAX_SIDE), section.whole("height", 1, MAX_SIDE));
    }

    private static Depths depths(Section section) {
        section.knows("name", "decoder", "width", "height");
        return new Depths(
                section.text("name"),
                section.whole("width", 1, MAX_SIDE),
                section.whole("height", 1, MAX_SIDE),
                section.oneOf("decoder", "depth", "inverse-depth").equals("depth") ? Scale.DEPTH : Scale.INVERSE_DEPTH);
    }

    private Field field(Section section) {
        section.knows("name", "decoder", "shape", "level");
        section.oneOf("decoder", "volume");
        List<Integer> shape = section.shape();
        float level = section.number("level");
        if (!shape.isEmpty() && shape.size() != 3) {
            problem("%sshape is %s, expected [depth, height, width]".formatted(section.prefix, shape));
        }
        return shape.size() == 3
                ? new Field(section.text("name"), shape.get(0), shape.get(1), shape.get(2), level)
                : new Field(section.text("name"), 1, 1, 1, level);
    }

    private Values values(Section section, String decoder, List<Integer> expected) {
        section.knows("name", "decoder", "shape");
        section.oneOf("decoder", decoder);
        checkShape(section, expected);
        return new Values(section.text("name"), expected);
    }

    /** @param length of the text, in tokens */
    private Values embeddings(Section section, int length) {
        section.knows("name", "decoder", "shape");
        section.oneOf("decoder", "embeddings");
        List<Integer> shape = section.shape();
        if (!shape.isEmpty() && (shape.size() != 2 || shape.get(0) != length)) {
            problem("%sshape is %s, expected [%d, width]".formatted(section.prefix, shape, length));
        }
        return new Values(section.text("name"), shape);
    }

    private static Pixels pixels(Section section) {
        section.knows("name", "decoder", "width", "height");
        section.oneOf("decoder", "pixels");
        return new Pixels(
                section.text("name"), section.whole("width", 1, MAX_SIDE), section.whole("height", 1, MAX_SIDE));
    }

    private Values yolo(Section section) {
        section.knows("name", "decoder", "shape");
        section.oneOf("decoder", "yolo-pose");
        List<Integer> shape = section.shape(MAX_YOLO_ROWS);
        boolean ofEveryPlace = shape.size() == 2 && shape.get(0) == YOLO_VALUES;
        boolean ofThoseFound = shape.size() == 2 && shape.get(1) == YOLO_VALUES + 1;
        if (!shape.isEmpty() && !ofEveryPlace && !ofThoseFound) {
            problem("%sshape is %s, expected [%d, places] or [people, %d]"
                    .formatted(section.prefix, shape, YOLO_VALUES, YOLO_VALUES + 1));
        }
        return new Values(section.text("name"), shape);
    }

    /** @param sides width and height of the input together */
    private Values simcc(Section section, int sides) {
        section.knows("name", "decoder", "shape");
        section.oneOf("decoder", "simcc");
        List<Integer> shape = section.shape();
        if (!shape.isEmpty()
                && (shape.size() != 2 || shape.get(0) != BODY_POINTS || shape.get(1) % Math.max(1, sides) != 0)) {
            problem("%sshape is %s, expected [%d, a multiple of the input's width + height %d]"
                    .formatted(section.prefix, shape, BODY_POINTS, sides));
        }
        return new Values(section.text("name"), shape);
    }

    private Classes classes(Section section, int labels, float threshold) {
        section.knows("name", "decoder", "shape", "activation");
        section.oneOf("decoder", "classes");
        checkShape(section, List.of(labels));
        return new Classes(
                section.text("name"),
                labels,
                section.oneOf("activation", "none", "softmax").equals("softmax") ? Activation.SOFTMAX : Activation.NONE,
                threshold);
    }

    private void checkShape(Section section, List<Integer> expected) {
        List<Integer> shape = section.shape();
        boolean known = !expected.isEmpty() && !expected.equals(List.of(0));
        if (!shape.isEmpty() && known && !shape.equals(expected)) {
            problem("%sshape is %s, expected %s".formatted(section.prefix, shape, expected));
        }
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

        float number(String key, int least, int greatest) {
            if (values.get(key) instanceof JsonNumber number
                    && number.doubleValue() >= least
                    && number.doubleValue() <= greatest) {
                return (float) number.doubleValue();
            }
            problem("%s%s is %s, expected a number from %d to %d"
                    .formatted(prefix, key, values.get(key), least, greatest));
            return least;
        }

        /** Any that float32 holds. */
        float number(String key) {
            if (values.get(key) instanceof JsonNumber number && Float.isFinite((float) number.doubleValue())) {
                return (float) number.doubleValue();
            }
            problem("%s%s is %s, expected a number".formatted(prefix, key, values.get(key)));
            return 0;
        }

        /** From 0 to 1. */
        float share(String key) {
            if (values.get(key) instanceof JsonNumber number
                    && number.doubleValue() >= 0
                    && number.doubleValue() <= 1) {
                return (float) number.doubleValue();
            }
            problem("%s%s is %s, expected a number from 0 to 1".formatted(prefix, key, values.get(key)));
            return 0;
        }

        /** Empty, and reported, where it is none. */
        List<Integer> shape() {
            return shape(MAX_SIDE);
        }

        private List<Integer> shape(int greatest) {
            if (values.get("shape") instanceof JsonArray array
                    && !array.isEmpty()
                    && array.size() <= MAX_DIMENSIONS
                    && array.stream().allMatch(side -> isSide(side, greatest))) {
                return array.stream()
                        .map(side -> ((JsonNumber) side).intValue())
                        .toList();
            }
            problem("%sshape is %s, expected a list of 1 to %d whole numbers from 1 to %d"
                    .formatted(prefix, values.get("shape"), MAX_DIMENSIONS, greatest));
            return List.of();
        }

        private static boolean isSide(JsonValue value, int greatest) {
            return value instanceof JsonNumber number
                    && number.isIntegral()
                    && number.doubleValue() >= 1
                    && number.doubleValue() <= greatest;
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
