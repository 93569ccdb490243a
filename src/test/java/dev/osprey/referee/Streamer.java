package dev.osprey.referee;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.osprey.RawWebSocket;
import dev.osprey.StreamClient;
import jakarta.json.JsonObject;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import javax.imageio.ImageIO;

/** A client of {@code /stream} that sees everything it is sent, in order. */
final class Streamer implements AutoCloseable {

    /** A phrase in which both hit. */
    static final String SIGNAL = """
             0.000s | Phrase recording started
             1.430s | Off-Target: Blade-to-blade contact.
             1.766s | HIT: Simultaneous valid hits!
             1.831s | Lockout period started (0.200s window)
            Scores -> Fencer 1: HIT, Fencer 2: HIT
            Confirmed result winner: Right Fencer
            """;

    /** A phrase in which one hit. */
    static final String SINGLE = """
             0.000s | Phrase recording started
             1.766s | HIT: Right scores on Left!
            Scores -> Fencer 1: HIT, Fencer 2: MISS
            Confirmed result winner: Right Fencer
            """;

    private final RawWebSocket socket;

    Streamer(URI address) throws IOException {
        socket = new RawWebSocket(address, 0);
    }

    static byte[] image(String format, int width, int height) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
        for (int x = 0; x < width; x++) {
            for (int y = 0; y < height; y++) {
                image.setRGB(x, y, 0x404040 + x * 0x100 + y);
            }
        }
        ByteArrayOutputStream encoded = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, format, encoded);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return encoded.toByteArray();
    }

    /** Height, width and channels, little-endian, and so many bytes. */
    static byte[] raw(int width, int height) {
        return java.nio.ByteBuffer.allocate(12 + width * height * 3)
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .putInt(height)
                .putInt(width)
                .putInt(3)
                .array();
    }

    void send(String text) throws IOException {
        socket.send(RawWebSocket.text(text));
    }

    void send(byte[] binary) throws IOException {
        socket.send(RawWebSocket.frame(RawWebSocket.BINARY, binary));
    }

    /** Starts to send a binary message and does not end it. */
    void sendHalf(byte[] binary) throws IOException {
        socket.send(RawWebSocket.frame(RawWebSocket.BINARY, false, binary));
    }

    JsonObject next() throws IOException {
        RawWebSocket.Frame frame = socket.nextData();
        assertEquals(RawWebSocket.TEXT, frame.opcode(), frame::text);
        return StreamClient.json(frame.text());
    }

    JsonObject next(String type) throws IOException {
        JsonObject message = next();
        assertEquals(type, message.getString("type"), message::toString);
        return message;
    }

    /** Takes an error that ends the connection, and its close. */
    void refused(String code, String sentence, int close) throws IOException {
        JsonObject error = next("error");
        assertEquals(code, error.getString("error_code"), error::toString);
        assertEquals(sentence, error.getString("error_message"));
        assertEquals(false, error.getBoolean("recoverable"));
        closed(close);
    }

    void closed(int code) throws IOException {
        RawWebSocket.Frame frame = socket.nextData();
        assertEquals(RawWebSocket.CLOSE, frame.opcode(), frame::text);
        assertEquals(code, frame.closeCode());
    }

    /** Takes an error after which the connection goes on. */
    void warned(String code, String sentence) throws IOException {
        JsonObject error = next("error");
        assertEquals(code, error.getString("error_code"), error::toString);
        assertEquals(sentence, error.getString("error_message"));
        assertEquals(true, error.getBoolean("recoverable"));
    }

    void start(String id) throws IOException {
        start(id, "");
    }

    /** @param more fields, each with a comma before it */
    JsonObject start(String id, String more) throws IOException {
        send("{\"type\":\"session_start\",\"session_id\":\"%s\",\"fps\":30,\"width\":64,\"height\":48%s}"
                .formatted(id, more));
        JsonObject started = next("session_started");
        assertEquals(id, started.getString("session_id"));
        return started;
    }

    void announce(String id, int number, String more) throws IOException {
        send("{\"type\":\"frame\",\"session_id\":\"%s\",\"frame_number\":%d,\"timestamp\":%d%s}"
                .formatted(id, number, number, more));
    }

    /** Sends a frame and takes its answer. */
    String frame(String id, int number, byte[] picture) throws IOException {
        announce(id, number, "");
        send(picture);
        return acknowledged(id, number);
    }

    String acknowledged(String id, int number) throws IOException {
        JsonObject ack = next("frame_ack");
        assertEquals(id, ack.getString("session_id"));
        assertEquals(number, ack.getInt("frame_number"));
        return ack.getString("status");
    }

    JsonObject end(String id, int frames) throws IOException {
        send("{\"type\":\"session_end\",\"session_id\":\"%s\",\"total_frames\":%d}".formatted(id, frames));
        return next("session_ended").getJsonObject("validation");
    }

    void signal(String id, String filename, String text) throws IOException {
        byte[] bytes = text.getBytes(UTF_8);
        send("{\"type\":\"signal\",\"session_id\":\"%s\",\"filename\":\"%s\",\"size\":%d}"
                .formatted(id, filename, bytes.length));
        send(bytes);
        assertEquals("received", next("signal_ack").getString("status"));
        next("process_start");
    }

    /** What comes until the end of processing; its progress goes into the list. */
    JsonObject processed(List<JsonObject> progress) throws IOException {
        JsonObject message = next();
        while (message.getString("type").equals("process_progress")) {
            progress.add(message);
            message = next();
        }
        return message;
    }

    /** Leaves without a word. */
    void vanish() throws IOException {
        socket.vanish();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
