package dev.osprey.socketio;

import dev.osprey.access.Caller;
import dev.osprey.stream.Activity;
import dev.osprey.stream.CloseCode;
import io.socket.socketio.server.SocketIoSocket;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.util.Map;
import org.json.JSONString;

/** One client in the namespace {@code /}. Any thread; nothing waits. */
public final class IoSocket implements IoClient {

    private final SocketIoSocket socket;
    private final Session session;
    private final Activity activity = new Activity();

    IoSocket(SocketIoSocket socket, Session session) {
        this.socket = socket;
        this.session = session;
    }

    /** The query of the address that the client connected to. */
    public Map<String, String> query() {
        return socket.getInitialQuery();
    }

    /** Where the client connected from. */
    @Override
    public String address() {
        return session.address();
    }

    @Override
    public Caller caller() {
        return session.caller();
    }

    @Override
    public Activity activity() {
        return activity;
    }

    @Override
    public int waiting() {
        return session.waiting();
    }

    /** As {@link #disconnect}, once the client is told the reason as the event {@code error}: the protocol has neither codes nor reasons. */
    @Override
    public void close(CloseCode code, String reason) {
        emit("error", Json.createObjectBuilder().add("message", reason).build());
        disconnect();
    }

    @Override
    public void emit(String event, JsonObject argument) {
        session.aboutToSend();
        socket.send(event, new Verbatim(argument.toString()));
    }

    @Override
    public boolean isCongested() {
        return session.waiting() >= Session.CONGESTED;
    }

    /** Tells the listener, outside any lock of the caller's, whenever messages have left. */
    public void whenRoomIsMade(Runnable listener) {
        session.whenRoomIsMade(listener);
    }

    /** Disconnects the client: it is told so, reads what was sent before, and its transport is closed. */
    public void disconnect() {
        session.disconnect();
    }

    /** JSON that is sent as it is: the library would write 0.0 as 0. It takes texts, and asks them for their JSON. */
    private record Verbatim(String json) implements JSONString, CharSequence {

        @Override
        public String toJSONString() {
            return json;
        }

        @Override
        public int length() {
            return json.length();
        }

        @Override
        public char charAt(int index) {
            return json.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return json.subSequence(start, end);
        }

        @Override
        public String toString() {
            return json;
        }
    }
}
