package dev.osprey.model;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The manifests of the model repository as they were when it was read. Immutable. */
public final class Catalogue {

    static final String MANIFEST = "model.json";

    private static final String NETWORK = "model.onnx";

    private static final String NAME = "[a-z0-9]+(-[a-z0-9]+)*";

    private final Path repository;
    private final SortedMap<String, ModelManifest> manifests;

    private Catalogue(Path repository, SortedMap<String, ModelManifest> manifests) {
        this.repository = repository;
        this.manifests = manifests;
    }

    /**
     * Reads every {@code <name>/model.json} below the repository.
     *
     * @throws OspreyException {@link ErrorCode#MODEL_INVALID} with every problem of every manifest
     */
    public static Catalogue read(Path repository) {
        List<String> problems = new ArrayList<>();
        SortedMap<String, ModelManifest> manifests = new TreeMap<>();
        for (String folder : modelFolders(repository)) {
            if (!folder.matches(NAME)) {
                problems.add(
                        "the folder \"%s\" is no model name: lower-case letters, digits and hyphens".formatted(folder));
            }
            Optional<ModelManifest> read =
                    ManifestReader.read(repository.resolve(folder).resolve(MANIFEST), folder, problems);
            read.ifPresent(manifest -> {
                manifests.put(manifest.name(), manifest);
                checkServedVersion(repository, manifest, problems);
            });
        }
        if (!problems.isEmpty()) {
            throw new OspreyException(
                    ErrorCode.MODEL_INVALID,
                    "The model repository has " + problems.size() + " problem(s): " + String.join("; ", problems));
        }
        return new Catalogue(repository, manifests);
    }

    private static List<String> modelFolders(Path repository) {
        try (Stream<Path> folders = Files.list(repository)) {
            return folders.filter(folder -> Files.isRegularFile(folder.resolve(MANIFEST)))
                    .map(folder -> String.valueOf(folder.getFileName()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new OspreyException(
                    ErrorCode.MODEL_INVALID, "The model repository is not a folder that can be read", e);
        }
    }

    private static void checkServedVersion(Path repository, ModelManifest manifest, List<String> problems) {
        if (!manifest.sha256().containsKey(manifest.version())) {
            problems.add(
                    "%s/model.json: sha256 has no entry for version %d".formatted(manifest.name(), manifest.version()));
        }
        for (String file : missing(repository, manifest, manifest.version())) {
            problems.add("%s/%d/%s is missing".formatted(manifest.name(), manifest.version(), file));
        }
    }

    private static List<String> missing(Path repository, ModelManifest manifest, int version) {
        return Stream.concat(Stream.of(NETWORK), manifest.kind().files().stream())
                .filter(file -> !Files.isRegularFile(file(repository, manifest.name(), version, file)))
                .toList();
    }

    private static Path file(Path repository, String name, int version, String file) {
        return repository.resolve(name).resolve(Integer.toString(version)).resolve(file);
    }

    /** Names of all models, in alphabetical order. */
    public List<String> names() {
        return List.copyOf(manifests.keySet());
    }

    /** Names of the models of a kind, in alphabetical order. */
    public List<String> names(ModelKind kind) {
        return names().stream().filter(name -> manifest(name).kind() == kind).toList();
    }

    public Optional<ModelManifest> find(String name) {
        return Optional.ofNullable(manifests.get(name));
    }

    /**
     * The manifest of a model.
     *
     * @throws OspreyException {@link ErrorCode#MODEL_UNKNOWN} naming the models there are
     */
    public ModelManifest manifest(String name) {
        return find(name)
                .orElseThrow(() -> new OspreyException(
                        ErrorCode.MODEL_UNKNOWN,
                        "There is no model \"%s\"; there are: %s".formatted(name, String.join(", ", names()))));
    }

    /** The versions of a model that have a checksum and all their files, ascending. */
    public SortedSet<Integer> versions(String name) {
        ModelManifest manifest = manifest(name);
        SortedSet<Integer> versions = new TreeSet<>();
        for (int version : manifest.sha256().keySet()) {
            if (missing(repository, manifest, version).isEmpty()) {
                versions.add(version);
            }
        }
        return versions;
    }

    /**
     * One of the {@link ModelKind#files} that lie beside the network of a version. Not compared with anything.
     *
     * @throws OspreyException {@link ErrorCode#MODEL_UNKNOWN} where there is no such version
     * @throws IllegalArgumentException where models of this kind have no such file
     */
    public Path file(String name, int version, String file) {
        ModelManifest manifest = manifest(name);
        if (!manifest.kind().files().contains(file)) {
            throw new IllegalArgumentException(
                    "Models of the kind %s have no %s".formatted(manifest.kind().wireName(), file));
        }
        if (!versions(name).contains(version)) {
            throw unknownVersion(name, version);
        }
        return file(repository, name, version, file);
    }

    private OspreyException unknownVersion(String name, int version) {
        return new OspreyException(
                ErrorCode.MODEL_UNKNOWN,
                "Model \"%s\" has no version %d; it has: %s".formatted(name, version, versions(name)));
    }

    /**
     * The network of a model, its checksum compared with the manifest's. Reads the whole file.
     *
     * @throws OspreyException {@link ErrorCode#MODEL_UNKNOWN} where there is no such version,
     *     {@link ErrorCode#MODEL_INVALID} where the file is not the one the manifest was written for
     */
    public Path verifiedFile(String name, int version) {
        String expected = manifest(name).sha256().get(version);
        if (expected == null || !versions(name).contains(version)) {
            throw unknownVersion(name, version);
        }
        Path file = file(repository, name, version, NETWORK);
        String found = sha256(file);
        if (!found.equals(expected)) {
            throw new OspreyException(
                    ErrorCode.MODEL_INVALID,
                    "%s/%d/model.onnx has the SHA-256 %s, its manifest says %s"
                            .formatted(name, version, found, expected));
        }
        return file;
    }

    private static String sha256(Path file) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (InputStream stream = new DigestInputStream(Files.newInputStream(file), digest)) {
                stream.transferTo(OutputStream.nullOutputStream());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
