package dev.osprey.stream;

import dev.osprey.access.Caller;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The client's end of a stream, whatever carries it. */
public interface Peer {

    /** Starts to send and returns; {@code done} is told once, with what went wrong or null, on any thread. */
    void send(String text, Consumer<@Nullable Throwable> done);

    /** As {@link #send(String, Consumer)}; the buffer is left alone until {@code done} is told. */
    void send(ByteBuffer binary, Consumer<@Nullable Throwable> done);

    /** Asks for a sign of life; never throws. */
    void ping();

    /** Ends the connection; never throws, harmless when it has ended. */
    void close(CloseCode code, String reason);

    /** Where the client is, for limits by address. */
    String address();

    /** Who the client is. */
    default Caller caller() {
        return Caller.ANYBODY;
    }
}
