package dev.osprey;

import dev.osprey.model.TestRepository;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonPatchBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** The folder of one of the tested server's models, changed as an operator changes it and put back as it was. */
public final class ModelFolder implements AutoCloseable {

    private final String name;
    private final Path folder;
    private final String original;

    public ModelFolder(String name) throws IOException {
        this.name = name;
        this.folder = Path.of(System.getProperty("osprey.test.models"), name);
        this.original = Files.readString(folder.resolve("model.json"));
    }

    public String name() {
        return name;
    }

    /** The manifest as it was. */
    public JsonObject manifest() {
        return StreamClient.json(original);
    }

    /** The version that the manifest named. */
    public int version() {
        return manifest().getInt("version");
    }

    /** The next version's number, which is not taken. */
    public int nextVersion() {
        return version() + 1;
    }

    /** The network of the version that the manifest named. */
    public byte[] network() throws IOException {
        return Files.readAllBytes(file(version()));
    }

    public Path file(int version) {
        return folder.resolve(Integer.toString(version)).resolve("model.onnx");
    }

    /** Adds the next version beside the others, which the manifest then describes as well. */
    public void add(byte[] network) throws IOException {
        write(network, patch -> patch);
    }

    /** Adds the next version and a manifest that fits no other, as an exporter does. */
    public void replace(byte[] network, UnaryOperator<JsonPatchBuilder> changes) throws IOException {
        write(
                network,
                patch -> changes.apply(patch.remove("/sha256/" + version()).replace("/version", nextVersion())));
    }

    private void write(byte[] network, UnaryOperator<JsonPatchBuilder> changes) throws IOException {
        Files.createDirectories(file(nextVersion()).getParent());
        Files.write(file(nextVersion()), network);
        JsonPatchBuilder patch =
                Json.createPatchBuilder().add("/sha256/" + nextVersion(), TestRepository.sha256(network));
        Files.writeString(
                folder.resolve("model.json"),
                changes.apply(patch).build().apply(manifest()).toString());
    }

    @Override
    public void close() throws IOException {
        Files.writeString(folder.resolve("model.json"), original);
        Files.deleteIfExists(file(nextVersion()));
        Files.deleteIfExists(file(nextVersion()).getParent());
    }
}
