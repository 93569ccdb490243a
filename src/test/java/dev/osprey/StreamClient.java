package dev.osprey;

import static org.junit.jupiter.api.Assertions.assertEquals;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client of a stream that does as the protocol says. What arrives waits in a queue and is taken in turn; taking and
 * sending give up after a while. One thread at a time.
 */
public final class StreamClient implements AutoCloseable {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final long PATIENCE_SECONDS = 60;

    private final Inbox inbox = new Inbox();
    private final WebSocket socket;

    /** What the server did: said something, or ended the connection. */
    public sealed interface Arrival {

        /** @param binary whether header and picture came as one binary message */
        record Message(JsonObject json, byte[] picture, boolean binary) implements Arrival {}

        record Closed(int code, String reason) implements Arrival {}

        /** The connection ended without a close frame. */
        record Broken(Throwable why) implements Arrival {}
    }

    private StreamClient(URI address) throws Exception {
        socket = HTTP.newWebSocketBuilder().buildAsync(address, inbox).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Connects; the greeting is the first message. */
    public static StreamClient connect(URI address) throws Exception {
        return new StreamClient(address);
    }

    /** Connects and takes the greeting. */
    public static StreamClient greeted(URI address) throws Exception {
        StreamClient client = connect(address);
        client.next("connected");
        return client;
    }

    public void send(String text) throws Exception {
        socket.sendText(text, true).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    public void send(JsonObjectBuilder message) throws Exception {
        send(message.build().toString());
    }

    public void send(ByteBuffer message) throws Exception {
        socket.sendBinary(message, true).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Sends a message in as many frames as there are parts. */
    public void sendInParts(String... parts) throws Exception {
        for (int i = 0; i < parts.length; i++) {
            socket.sendText(parts[i], i == parts.length - 1).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }

    public void sendFrame(byte[] image, int timestamp) throws Exception {
        send(frame(image).add("timestamp", timestamp));
    }

    public void sendBinaryFrame(byte[] image, int timestamp) throws Exception {
        send(binary("{\"type\":\"frame\",\"timestamp\":" + timestamp + "}", image));
    }

    public static JsonObjectBuilder frame(byte[] image) {
        return message("frame").add("data", Base64.getEncoder().encodeToString(image));
    }

    public static JsonObjectBuilder message(String type) {
        return Json.createObjectBuilder().add("type", type);
    }

    /** A binary message: header length, header, picture. */
    public static ByteBuffer binary(String header, byte[] image) {
        byte[] bytes = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Integer.BYTES + bytes.length + image.length)
                .putInt(bytes.length)
                .put(bytes)
                .put(image)
                .flip();
    }

    public void changeMode(String mode) throws Exception {
        send(message("change_mode").add("model_mode", mode));
    }

    /** @param settings the object as JSON text */
    public void updateVisualization(String settings) throws Exception {
        send("{\"type\":\"update_viz\",\"settings\":" + settings + "}");
    }

    /** Sends settings and takes the confirmation. */
    public JsonObject visualize(String settings) throws Exception {
        updateVisualization(settings);
        return next("viz_updated");
    }

    /** Sends a frame and takes its answer. */
    public Arrival.Message segment(byte[] image) throws Exception {
        sendFrame(image, 1);
        return nextMessage("segmentation");
    }

    /** Sends {@code get_stats}, which is answered after everything sent before, and takes the answer. */
    public JsonObject stats() throws Exception {
        send(message("get_stats"));
        return next("stats");
    }

    public Arrival arrival() throws InterruptedException {
        Arrival arrival = inbox.arrivals.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (arrival == null) {
            throw new AssertionError("Nothing arrived within " + PATIENCE_SECONDS + " s");
        }
        return arrival;
    }

    public Arrival.Message nextMessage() throws InterruptedException {
        Arrival arrival = arrival();
        if (!(arrival instanceof Arrival.Message message)) {
            throw new AssertionError("Expected a message, found " + arrival);
        }
        return message;
    }

    public Arrival.Message nextMessage(String type) throws InterruptedException {
        Arrival.Message message = nextMessage();
        assertEquals(type, message.json().getString("type"), () -> "in " + message.json());
        return message;
    }

    public JsonObject next(String type) throws InterruptedException {
        return nextMessage(type).json();
    }

    /** Takes the next message, which must be an error. */
    public JsonObject nextError(String code) throws InterruptedException {
        JsonObject error = next("error");
        assertEquals(code, error.getString("code"), () -> "in " + error);
        assertEquals(JsonValue.TRUE, error.get("recoverable"));
        return error;
    }

    /** Takes everything up to the end of the connection. */
    public Arrival end() throws InterruptedException {
        Arrival arrival = arrival();
        while (arrival instanceof Arrival.Message) {
            arrival = arrival();
        }
        return arrival;
    }

    /** Whether nothing arrives for that long. */
    public boolean isQuietFor(Duration duration) throws InterruptedException {
        return inbox.arrivals.poll(duration.toMillis(), TimeUnit.MILLISECONDS) == null;
    }

    /** Says goodbye and waits for the server to do so. */
    @Override
    public void close() {
        if (!inbox.end.isDone()) {
            // The server may end it in the same moment; then there is nobody left to say it to.
            socket.sendClose(WebSocket.NORMAL_CLOSURE, "")
                    .exceptionally(failure -> socket)
                    .join();
            inbox.end.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
        }
    }

    public static JsonObject json(String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return reader.readObject();
        }
    }

    private static final class Inbox implements WebSocket.Listener {

        private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
        private final CompletableFuture<Arrival> end = new CompletableFuture<>();
        private final StringBuilder text = new StringBuilder();
        private ByteBuffer bytes = ByteBuffer.allocate(0);

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                JsonObject message = json(text.toString());
                text.setLength(0);
                arrivals.add(
                        new Arrival.Message(message, Base64.getDecoder().decode(message.getString("data", "")), false));
            }
            from.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer part, boolean last) {
            bytes = ByteBuffer.allocate(bytes.remaining() + part.remaining())
                    .put(bytes)
                    .put(part)
                    .flip();
            if (last) {
                byte[] header = new byte[bytes.getInt()];
                bytes.get(header);
                byte[] picture = new byte[bytes.remaining()];
                bytes.get(picture);
                arrivals.add(new Arrival.Message(json(new String(header, StandardCharsets.UTF_8)), picture, true));
            }
            from.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            end(new Arrival.Closed(code, reason));
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable why) {
            end(new Arrival.Broken(why));
        }

        private void end(Arrival how) {
            arrivals.add(how);
            end.complete(how);
        }
    }
}
