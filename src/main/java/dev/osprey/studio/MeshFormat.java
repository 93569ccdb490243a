package dev.osprey.studio;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a solid can be written as. */
enum MeshFormat {
    STL("model/stl"),
    OBJ("model/obj"),
    GLB("model/gltf-binary"),
    PLY("application/ply");

    private final String mediaType;

    MeshFormat(String mediaType) {
        this.mediaType = mediaType;
    }

    String mediaType() {
        return mediaType;
    }

    /** Also the file's extension. */
    String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    static List<String> wireNames() {
        return Arrays.stream(values()).map(MeshFormat::wireName).toList();
    }

    static Optional<MeshFormat> of(String wireName) {
        return Arrays.stream(values())
                .filter(format -> format.wireName().equals(wireName))
                .findFirst();
    }
}
