package dev.osprey.stream;

import java.nio.ByteBuffer;

/** One message to a client. */
public sealed interface Reply {

    record Text(String text) implements Reply {}

    /** @param bytes read from its position to its limit */
    record Binary(ByteBuffer bytes) implements Reply {}
}
