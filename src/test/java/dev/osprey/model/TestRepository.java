package dev.osprey.model;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonPatchBuilder;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.UnaryOperator;

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
        String checksum = personManifest().getJsonObject("sha256").getString("1");
        JsonPatchBuilder patch =
                Json.createPatchBuilder().replace("/name", name).add("/sha256/2", checksum);
        write(name, changes.apply(patch).build().apply(personManifest()).toString());
        networks(name, person());
        return this;
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
        String checksum = sha256(network);
        JsonPatchBuilder patch = Json.createPatchBuilder()
                .replace("/name", name)
                .replace("/sha256/1", checksum)
                .add("/sha256/2", checksum)
                .replace("/input/width", 4)
                .replace("/input/height", 3)
                .replace("/output/width", 4)
                .replace("/output/height", 3)
                .replace("/batch/max", maxBatch);
        write(name, changes.apply(patch).build().apply(personManifest()).toString());
        networks(name, network);
        return this;
    }

    public TestRepository addTiny(String name) {
        return addTiny(name, 1, patch -> patch);
    }

    /** Adds or replaces a model of letters that is quick: for up to three at once, the greatest coordinate of 21 points. */
    public TestRepository addLetters(String name, UnaryOperator<JsonPatchBuilder> changes) {
        byte[] network = TinyNetwork.greatestCoordinate();
        String checksum = sha256(network);
        JsonArrayBuilder labels = Json.createArrayBuilder();
        for (char letter = 'A'; letter < 'A' + 21; letter++) {
            labels.add(String.valueOf(letter));
        }
        JsonPatchBuilder patch = Json.createPatchBuilder()
                .replace("/name", name)
                .replace("/kind", "letters")
                .replace("/sha256/1", checksum)
                .add("/sha256/2", checksum)
                .replace(
                        "/input",
                        Json.createObjectBuilder()
                                .add("name", "landmarks")
                                .add("shape", Json.createArrayBuilder().add(21).add(3))
                                .build())
                .replace(
                        "/output",
                        Json.createObjectBuilder()
                                .add("name", "probabilities")
                                .add("decoder", "classes")
                                .add("shape", Json.createArrayBuilder().add(21))
                                .add("activation", "none")
                                .build())
                .add(
                        "/hands",
                        Json.createObjectBuilder()
                                .add("needed", 1)
                                .add("normalisation", "none")
                                .build())
                .replace("/labels", labels.build())
                .remove("/palette")
                .replace("/batch/max", 3);
        write(name, changes.apply(patch).build().apply(personManifest()).toString());
        networks(name, network);
        return this;
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
