package dev.osprey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;

/** A client of Socket.IO by hand, over a WebSocket; pings are answered. One thread at a time receives, any sends. */
public final class RawSocketIo implements AutoCloseable {

    /** Where every server has it. */
    public static final String PATH = "/socket.io/?EIO=4&transport=websocket";

    private static final String EVENT = "42";
    private static final String PING = "2";
    private static final byte[] PONG = RawWebSocket.text("3");

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final RawWebSocket socket;

    private RawSocketIo(RawWebSocket socket) {
        this.socket = socket;
    }

    /** Connects a WebSocket and takes nothing: for a session that has polled so far, or to see the first packet. */
    public static RawSocketIo connect(URI address) throws IOException {
        return new RawSocketIo(new RawWebSocket(address, 0));
    }

    /** Connects, joins, and takes the greetings that come unasked. */
    public static RawSocketIo joined(URI address) throws IOException {
        return joined(new RawWebSocket(address, 0));
    }

    /** As {@link #joined(URI)}, over a WebSocket that is open. */
    public static RawSocketIo joined(RawWebSocket socket) throws IOException {
        RawSocketIo client = new RawSocketIo(socket);
        assertTrue(client.next().startsWith("0{"));
        client.send("40");
        assertTrue(client.next().startsWith("40{"));
        assertEquals("{\"message\":\"ready\"}", client.nextEvent("status").toString());
        client.nextEvent("connected");
        return client;
    }

    /** The packet of an event with one argument. */
    public static String event(String name, JsonObject argument) {
        return event(name, "", argument);
    }

    /** As {@link #event(String, JsonObject)}, with the number of an acknowledgement that is asked for. */
    public static String event(String name, String acknowledgement, JsonObject argument) {
        return EVENT
                + acknowledgement
                + Json.createArrayBuilder().add(name).add(argument).build();
    }

    /** The argument of a frame that carries a picture as the protocol has it. */
    public static JsonObject image(byte[] image) {
        return Json.createObjectBuilder()
                .add("image", Base64.getEncoder().encodeToString(image))
                .build();
    }

    /** The one argument of an event. */
    public static JsonObject argument(String name, String packet) {
        assertTrue(packet.startsWith(EVENT), packet);
        try (JsonReader reader = Json.createReader(new StringReader(packet.substring(EVENT.length())))) {
            JsonArray event = reader.readArray();
            assertEquals(name, event.getString(0), packet);
            assertEquals(2, event.size(), packet);
            return event.getJsonObject(1);
        }
    }

    public void send(String packet) throws IOException {
        socket.send(RawWebSocket.text(packet));
    }

    public void send(byte[] attachment) throws IOException {
        socket.send(RawWebSocket.frame(RawWebSocket.BINARY, attachment));
    }

    /** The next packet. */
    public String next() throws IOException {
        RawWebSocket.Frame frame = nextFrame();
        assertEquals(RawWebSocket.TEXT, frame.opcode(), frame::text);
        return frame.text();
    }

    /** The next packet; nothing where the server closes instead. */
    public Optional<String> nextOrClosed() throws IOException {
        RawWebSocket.Frame frame = nextFrame();
        return frame.opcode() == RawWebSocket.CLOSE ? Optional.empty() : Optional.of(frame.text());
    }

    private RawWebSocket.Frame nextFrame() throws IOException {
        long giveUpNanos = System.nanoTime() + PATIENCE.toNanos();
        RawWebSocket.Frame frame = socket.nextData();
        while (frame.opcode() == RawWebSocket.TEXT && frame.text().equals(PING)) {
            assertTrue(System.nanoTime() - giveUpNanos < 0, "Nothing but pings comes");
            socket.send(PONG);
            frame = socket.nextData();
        }
        return frame;
    }

    /** The argument of the next packet, which must be this event. */
    public JsonObject nextEvent(String name) throws IOException {
        return argument(name, next());
    }

    /** Whether nothing has come: sends what the server answers, and takes the answer, which must be the next packet. */
    public void assertQuiet() throws IOException {
        send("40/other,");
        assertEquals("44/other,{\"message\":\"Invalid namespace\"}", next());
    }

    /** Takes everything up to the end; the code that the server closes with. */
    public int closeCode() throws IOException {
        RawWebSocket.Frame frame = nextFrame();
        while (frame.opcode() != RawWebSocket.CLOSE) {
            frame = nextFrame();
        }
        return frame.closeCode();
    }

    /** Is gone from one moment to the next, without a word. */
    public void vanish() throws IOException {
        socket.vanish();
    }

    /** Closes the transport, as a client does that leaves. */
    @Override
    public void close() throws IOException {
        socket.close();
    }
}
