package dev.osprey.socket;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The parts of a message whose last one is still to come. Whoever adds them bounds their size; the container's own limit is
 * no use, as it keeps a session for ever that it has closed for a message in parts. One thread at a time.
 */
public final class Parts {

    private StringBuilder text = new StringBuilder();
    private ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** Characters or bytes of the message that is not complete. */
    public int size() {
        return text.length() + bytes.size();
    }

    /** Adds a part; the message where it was the last one. */
    public Optional<String> add(String part, boolean last) {
        if (last && text.length() == 0) {
            return Optional.of(part);
        }
        text.append(part);
        if (!last) {
            return Optional.empty();
        }
        String message = text.toString();
        text = new StringBuilder();
        return Optional.of(message);
    }

    /** As {@link #add(String, boolean)}. */
    public Optional<ByteBuffer> add(ByteBuffer part, boolean last) {
        if (last && bytes.size() == 0) {
            return Optional.of(part);
        }
        byte[] copy = new byte[part.remaining()];
        part.get(copy);
        bytes.writeBytes(copy);
        if (!last) {
            return Optional.empty();
        }
        ByteBuffer message = ByteBuffer.wrap(bytes.toByteArray());
        bytes = new ByteArrayOutputStream();
        return Optional.of(message);
    }
}
