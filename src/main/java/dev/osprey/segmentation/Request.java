package dev.osprey.segmentation;

import jakarta.json.JsonValue;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One message from a client, its envelope decoded and nothing else. */
sealed interface Request {

    /**
     * @param image the encoded picture
     * @param timestamp comes back as it is
     * @param binary whether the answer is to be binary as well
     */
    record Frame(ByteBuffer image, JsonValue timestamp, boolean binary) implements Request {}

    /** A frame without a picture that could be looked at. */
    record BrokenFrame(String message) implements Request {}

    /**
     * @param mode as received, in words; nothing where the key was missing
     * @param fps as received; null where the key was missing
     */
    record ChangeMode(Optional<String> mode, @Nullable JsonValue fps) implements Request {}

    record UpdateVisualization(JsonValue settings) implements Request {}

    record GetStats() implements Request {}

    /** A type this server does not know, or one that wants no answer. */
    record Ignored() implements Request {}

    record Malformed(String message) implements Request {}
}
