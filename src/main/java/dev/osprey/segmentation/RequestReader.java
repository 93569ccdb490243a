package dev.osprey.segmentation;

import dev.osprey.socket.DataUrl;
import dev.osprey.socket.JsonMessage;
import jakarta.json.Json;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Decodes the envelopes of the segmentation stream's messages. */
final class RequestReader {

    private static final JsonValue NO_TIMESTAMP = Json.createValue(0);
    private static final int MAX_HEADER_BYTES = 65_536;
    private static final int MAX_TIMESTAMP_LENGTH = 1_024;

    private RequestReader() {}

    static Request read(String message) {
        JsonObject object = object(message);
        return object == null ? notAnObject() : request(object, null);
    }

    /**
     * @param message header length, header, picture, as {@code docs/protocol-extensions.md} says; a copy is made of what
     *     is kept
     */
    static Request read(ByteBuffer message) {
        ByteBuffer rest = message.slice().order(ByteOrder.BIG_ENDIAN);
        if (rest.remaining() < Integer.BYTES) {
            return new Request.Malformed("A binary message of %d bytes has no header".formatted(rest.remaining()));
        }
        long headerBytes = Integer.toUnsignedLong(rest.getInt());
        if (headerBytes > MAX_HEADER_BYTES || headerBytes > rest.remaining()) {
            return new Request.Malformed("A header of %d bytes was announced; the limit is %d and %d bytes follow"
                    .formatted(headerBytes, MAX_HEADER_BYTES, rest.remaining()));
        }
        JsonObject header = object(utf8(rest.slice(Integer.BYTES, (int) headerBytes)));
        if (header == null) {
            return notAnObject();
        }
        ByteBuffer image = rest.slice(Integer.BYTES + (int) headerBytes, rest.remaining() - (int) headerBytes);
        return request(header, ByteBuffer.allocate(image.remaining()).put(image).flip());
    }

    private static Request notAnObject() {
        return new Request.Malformed("The message is not a JSON object");
    }

    private static @Nullable String utf8(ByteBuffer bytes) {
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(bytes);
            return text.toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private static @Nullable JsonObject object(@Nullable String text) {
        if (text == null) {
            return null;
        }
        return JsonMessage.readObject(text).orElse(null);
    }

    private static Request request(JsonObject object, @Nullable ByteBuffer image) {
        String type = object.get("type") instanceof JsonString text ? text.getString() : "";
        return switch (type) {
            case "frame" -> frame(object, image);
            case "change_mode" ->
                new Request.ChangeMode(
                        Optional.ofNullable(object.get("model_mode")).map(RequestReader::inWords), object.get("fps"));
            case "update_viz" ->
                new Request.UpdateVisualization(object.getOrDefault("settings", JsonValue.EMPTY_JSON_OBJECT));
            case "get_stats" -> new Request.GetStats();
            default -> new Request.Ignored();
        };
    }

    private static String inWords(JsonValue value) {
        return value instanceof JsonString text ? text.getString() : value.toString();
    }

    private static Request frame(JsonObject object, @Nullable ByteBuffer image) {
        JsonValue timestamp = object.getOrDefault("timestamp", NO_TIMESTAMP);
        int timestampLength = timestamp.toString().length();
        if (timestampLength > MAX_TIMESTAMP_LENGTH) {
            // It is kept until the answer is sent, and sent back.
            return new Request.Malformed("A timestamp of %d characters was sent, the limit is %d"
                    .formatted(timestampLength, MAX_TIMESTAMP_LENGTH));
        }
        if (image != null) {
            return image.hasRemaining()
                    ? new Request.Frame(image, timestamp, true)
                    : new Request.BrokenFrame("Empty frame data received");
        }
        JsonValue data = object.get("data");
        if (data == null || isNothing(data)) {
            return new Request.BrokenFrame("Empty frame data received");
        }
        if (!(data instanceof JsonString text)) {
            return new Request.BrokenFrame("Failed to decode frame: data is a JSON %s, expected base64 text"
                    .formatted(data.getValueType().toString().toLowerCase(Locale.ROOT)));
        }
        try {
            byte[] bytes = DataUrl.bytes(text.getString());
            return bytes.length == 0
                    ? new Request.BrokenFrame("Failed to decode frame: ValueError: Decoded frame has zero bytes")
                    : new Request.Frame(ByteBuffer.wrap(bytes), timestamp, false);
        } catch (IllegalArgumentException e) {
            return new Request.BrokenFrame("Invalid base64 encoding: " + e.getMessage());
        }
    }

    /** What the protocol's first implementation took for no data at all. */
    private static boolean isNothing(JsonValue data) {
        return data == JsonValue.NULL
                || data == JsonValue.FALSE
                || (data instanceof JsonString text && text.getString().isEmpty())
                || (data instanceof JsonNumber number && number.doubleValue() == 0);
    }
}
