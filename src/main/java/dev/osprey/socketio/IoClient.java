package dev.osprey.socketio;

import dev.osprey.stream.LiveStream;
import jakarta.json.JsonObject;

/** A client as a capability speaks to it. Any thread; nothing waits. */
public interface IoClient extends LiveStream {

    /** Sends an event with one argument; nothing where the client has left. */
    void emit(String event, JsonObject argument);

    /** Whether the client does not read: then less should be sent. */
    boolean isCongested();
}
