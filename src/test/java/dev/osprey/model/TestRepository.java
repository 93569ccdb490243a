package dev.osprey.model;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonPatchBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A model repository in a temporary folder, filled with copies of the shipped model under changed manifests. */
public final class TestRepository {

    /** The repository that is shipped; tests run in the project's root. */
    public static final Path SHIPPED = Path.of("models");

    private final Path folder;

    public TestRepository(Path folder) {
        this.folder = folder;
    }

    public Path folder() {
        return folder;
    }

    /** The manifest of the model {@code person}. */
    public static JsonObject personManifest() {
        try (InputStream stream = Files.newInputStream(SHIPPED.resolve("person/model.json"));
                JsonReader reader = Json.createReader(stream)) {
            return reader.readObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Adds or replaces a model: the network of {@code person} in the versions 1 and 2, its manifest patched. */
    public TestRepository add(String name, UnaryOperator<JsonPatchBuilder> changes) {
        return addNetwork(name, person(), changes);
    }

    public TestRepository add(String name) {
        return add(name, patch -> patch);
    }

    /**
     * Adds or replaces a model that is quick: the greatest channel of each pixel of a picture of 4 × 3.
     *
     * @param maxBatch 1 for a network that takes one picture, more for one that takes any number
     */
    public TestRepository addTiny(String name, int maxBatch, UnaryOperator<JsonPatchBuilder> changes) {
        byte[] network = TinyNetwork.greatestChannel(maxBatch == 1 ? 1 : -1, 3, 4);
        return addNetwork(
                name,
                network,
                patch -> changes.apply(patch.replace("/input/width", 4)
                        .replace("/input/height", 3)
                        .replace("/output/width", 4)
                        .replace("/output/height", 3)
                        .replace("/batch/max", maxBatch)));
    }

    public TestRepository addTiny(String name) {
        return addTiny(name, 1, patch -> patch);
    }

    /** Adds or replaces a model of letters that is quick: for up to three at once, the greatest coordinate of 21 points. */
    public TestRepository addLetters(String name, UnaryOperator<JsonPatchBuilder> changes) {
        String labels = IntStream.range('A', 'A' + 21)
                .mapToObj(letter -> "\"%c\"".formatted(letter))
                .collect(Collectors.joining(","));
        return addNetwork(
                name,
                TinyNetwork.greatestCoordinate(),
                patch -> changes.apply(patch.replace("/kind", "letters")
                        .replace("/input", json("{'name':'landmarks','shape':[21,3]}"))
                        .replace(
                                "/output",
                                json("{'name':'probabilities','decoder':'classes','shape':[21],'activation':'none'}"))
                        .add("/hands", json("{'needed':1,'normalisation':'none'}"))
                        .replace("/labels", json("[" + labels + "]"))
                        .remove("/palette")
                        .replace("/batch/max", 3)));
    }

    /**
     * Adds or replaces a model of sign words that is quick: for up to three clips at once, how bright each of the ten pictures of
     * 32 × 32 is. Its words are their places, {@code 0} to {@code 9}.
     */
    public TestRepository addSignWords(String name, UnaryOperator<JsonPatchBuilder> changes) {
        return addNetwork(
                name,
                TinyNetwork.brightness(10, 32),
                patch -> changes.apply(patch.replace("/kind", "sign-words")
                        .replace(
                                "/input",
                                json("{'name':'clip','frames':10,'width':32,'height':32,'colour':'bgr',"
                                        + "'resize':'stretch','interpolation':'bilinear'}"))
                        .replace(
                                "/output",
                                json("{'name':'probabilities','decoder':'classes','shape':[10],'activation':'none'}"))
                        .add("/threshold", json("0.5"))
                        .replace("/labels", json("['0','1','2','3','4','5','6','7','8','9']"))
                        .remove("/palette")
                        .replace("/batch/max", 3)));
    }

    /** Adds or replaces a detector that sees the same on every picture: 19 numbers of each of the 2016 anchors. */
    public TestRepository addPalmDetection(String name, float[] detections) {
        return addNetwork(name, TinyNetwork.constant(192, detections, 2016, 19), patch -> ofCrops(patch, 192)
                .replace("/kind", "palm-detection")
                .replace("/input/resize", "letterbox")
                .replace("/output", json("{'name':'values','decoder':'palms','shape':[2016,19]}")));
    }

    /** Adds or replaces a model that sees the same hand in every crop: 128 numbers. */
    public TestRepository addHandLandmarks(String name, float[] hand) {
        return addNetwork(name, TinyNetwork.constant(224, hand, 128), patch -> ofCrops(patch, 224)
                .replace("/kind", "hand-landmarks")
                .replace("/input/resize", "crop")
                .replace("/output", json("{'name':'values','decoder':'hand','shape':[128]}")));
    }

    /**
     * Adds or replaces a network of people or of their points that answers the same to every picture.
     *
     * @param kind its manifest's, decoder included
     * @param side of its input, in pixels
     */
    public TestRepository addPeople(ModelKind kind, int side, float[] values, int... shape) {
        String decoder =
                switch (kind) {
                    case PERSON_DETECTION -> "people";
                    case POSE_LANDMARKS -> "person";
                    case RTMPOSE -> "simcc";
                    default -> kind.wireName();
                };
        boolean whole = kind == ModelKind.PERSON_DETECTION || kind == ModelKind.YOLO_POSE;
        String output = "{'name':'values','decoder':'%s','shape':%s}".formatted(decoder, Arrays.toString(shape));
        return addNetwork(kind.wireName(), TinyNetwork.constant(side, values, shape), patch -> ofCrops(patch, side)
                .replace("/kind", kind.wireName())
                .replace("/input/resize", whole ? "letterbox" : "crop")
                .replace("/output", json(output)));
    }

    /**
     * Adds or replaces the three networks that make a picture of a text, named as their kinds; each is quick and does what {@link
     * TinyNetwork} says. Texts have four tokens, latents are 3 × 2 × 2; the files beside them are empty objects.
     *
     * @param maxBatch of the text encoder and the denoiser
     * @param changes to the denoiser's manifest
     */
    public TestRepository addTextToImage(int maxBatch, UnaryOperator<JsonPatchBuilder> changes) {
        addNetwork("text-encoder", TinyNetwork.tokenNumbers(4), patch -> patch.replace("/kind", "text-encoder")
                .replace("/input", json("{'name':'tokens','length':4}"))
                .replace("/output", json("{'name':'embeddings','decoder':'embeddings','shape':[4,1]}"))
                .add("/tokeniser", json("{'padding':'<|endoftext|>','vocabulary':'closed'}"))
                .remove("/labels")
                .remove("/palette")
                .replace("/batch/max", maxBatch));
        addNetwork(
                "denoiser",
                TinyNetwork.sumOfWhatItIsTold(3, 2, 4),
                patch -> changes.apply(patch.replace("/kind", "denoiser")
                        .replace("/input", json("{'name':'latents','shape':[3,2,2]}"))
                        .add("/timestep", json("{'name':'timestep'}"))
                        .add("/condition", json("{'name':'text','shape':[4,1]}"))
                        .replace("/output", json("{'name':'prediction','decoder':'prediction','shape':[3,2,2]}"))
                        .add("/sampler", json("{'defaultSteps':4,'maxSteps':8,'defaultGuidance':3.5}"))
                        .remove("/labels")
                        .remove("/palette")
                        .replace("/batch/max", maxBatch)));
        addNetwork("image-decoder", TinyNetwork.latentsAsPixels(2), patch -> patch.replace("/kind", "image-decoder")
                .replace("/input", json("{'name':'latents','shape':[3,2,2]}"))
                .replace("/output", json("{'name':'pixels','decoder':'pixels','width':2,'height':2}"))
                .remove("/labels")
                .remove("/palette"));
        return addFile("text-encoder", "vocab.json")
                .addFile("text-encoder", "merges.txt")
                .addFile("denoiser", "scheduler.json");
    }

    public TestRepository addTextToImage(int maxBatch) {
        return addTextToImage(maxBatch, patch -> patch);
    }

    private TestRepository addFile(String name, String file) {
        try {
            for (int version = 1; version <= 2; version++) {
                Files.writeString(file(name, version).resolveSibling(file), "{}");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /**
     * Adds or replaces a model that sees the same depths in every picture.
     *
     * @param decoder what the numbers are, as in the manifest
     */
    public TestRepository addDepth(String name, String decoder, float[] depths, int height, int width) {
        String output = "{'name':'values','decoder':'%s','width':%d,'height':%d}".formatted(decoder, width, height);
        return addNetwork(name, TinyNetwork.constant(8, depths, height, width), patch -> ofCrops(patch, 8)
                .replace("/kind", "depth")
                .replace("/output", json(output)));
    }

    /** Adds or replaces a model that sees the same body in every picture. */
    public TestRepository addVolume(String name, float level, float[] field, int depth, int height, int width) {
        String output = "{'name':'values','decoder':'volume','shape':[%d,%d,%d],'level':%s}"
                .formatted(depth, height, width, level);
        return addNetwork(name, TinyNetwork.constant(8, field, depth, height, width), patch -> ofCrops(patch, 8)
                .replace("/kind", "volume")
                .replace("/output", json(output)));
    }

    private static JsonPatchBuilder ofCrops(JsonPatchBuilder patch, int side) {
        return patch.remove("/labels")
                .remove("/palette")
                .replace("/input/width", side)
                .replace("/input/height", side);
    }

    /** Adds or replaces a model: the network in the versions 1 and 2, the manifest of {@code person} patched. */
    private TestRepository addNetwork(String name, byte[] network, UnaryOperator<JsonPatchBuilder> changes) {
        String checksum = sha256(network);
        JsonPatchBuilder patch = Json.createPatchBuilder()
                .replace("/name", name)
                .replace("/sha256/1", checksum)
                .add("/sha256/2", checksum);
        write(name, changes.apply(patch).build().apply(personManifest()).toString());
        networks(name, network);
        return this;
    }

    /** @param text with ' for " */
    private static JsonValue json(String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text.replace('\'', '"')))) {
            return reader.readValue();
        }
    }

    public static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Writes a manifest as it is, and no network. */
    public TestRepository write(String name, String manifest) {
        try {
            Files.createDirectories(folder.resolve(name));
            Files.writeString(folder.resolve(name).resolve("model.json"), manifest);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** Puts other bytes in a network's place. */
    public TestRepository corrupt(String name, int version, byte[] bytes) {
        try {
            Files.write(file(name, version), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    public Path file(String name, int version) {
        return folder.resolve(name).resolve(Integer.toString(version)).resolve("model.onnx");
    }

    private void networks(String name, byte[] bytes) {
        try {
            for (int version = 1; version <= 2; version++) {
                Files.createDirectories(folder.resolve(name).resolve(Integer.toString(version)));
                Files.write(file(name, version), bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] person() {
        try {
            return Files.readAllBytes(SHIPPED.resolve("person/1/model.onnx"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
