package dev.osprey.studio;

import jakarta.ws.rs.core.EntityPart;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Parts of a multipart body. */
final class Part {

    private static final int MAX_TEXT_BYTES = 1_024;

    private Part() {}

    /** @param parts null where the body is of no type at all */
    static Optional<EntityPart> named(@Nullable List<EntityPart> parts, String name) {
        return all(parts).stream().filter(part -> name.equals(part.getName())).findFirst();
    }

    static List<EntityPart> all(@Nullable List<EntityPart> parts) {
        return parts == null ? List.of() : parts;
    }

    /** All of it: the body is not larger than an upload may be. */
    static byte[] bytes(EntityPart part) throws IOException {
        try (InputStream content = part.getContent()) {
            return content.readAllBytes();
        }
    }

    /** The text of a field, empty where there is none; cut where it is longer than any field is. */
    static String text(@Nullable List<EntityPart> parts, String name) throws IOException {
        Optional<EntityPart> part = named(parts, name);
        if (part.isEmpty()) {
            return "";
        }
        try (InputStream content = part.get().getContent()) {
            return new String(content.readNBytes(MAX_TEXT_BYTES), StandardCharsets.UTF_8).strip();
        }
    }
}
