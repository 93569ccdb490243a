package dev.osprey.fingerspelling;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** One message from a client, its envelope decoded and nothing else. */
sealed interface Request {

    /**
     * @param target the learner goes on to; null for no change
     * @param frame to be looked at, as the first one where the target changes; null where there is none
     */
    record Message(@Nullable Target target, @Nullable Frame frame) implements Request {}

    record Malformed(String message) implements Request {}

    /**
     * @param image an encoded picture, read from its position to its limit
     * @param timestamp comes back with the frame's hands; null where none was sent
     */
    record Frame(ByteBuffer image, @Nullable BigDecimal timestamp) {}
}
