package dev.osprey.socketio;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a capability makes of one client. Any thread, sometimes two at once: while a session changes its transport. */
public interface IoListener {

    /**
     * The client sent an event; never waits.
     *
     * @param arguments in plain Java: {@code Map}, {@code List}, {@code String}, {@code Number}, {@code Boolean}, {@code
     *     byte[]} for a binary attachment, or null
     * @param acknowledge sends the acknowledgement that the client asked for; does nothing where it asked for none
     */
    void event(String name, List<@Nullable Object> arguments, Runnable acknowledge);

    /** The client has left or was disconnected; told once. */
    void end();
}
