package dev.osprey.fingerspelling;

import dev.osprey.socket.DataUrl;
import jakarta.json.Json;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParser.Event;
import jakarta.json.stream.JsonParserFactory;
import java.io.ByteArrayOutputStream;
import java.io.StringReader;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the envelopes of the coach's messages. Reads them event by event: a picture that comes as an array of integers
 * would otherwise be an object for each of its bytes.
 */
final class RequestReader {

    private static final JsonParserFactory JSON = Json.createParserFactory(Map.of());
    private static final int MAX_TIMESTAMP_LENGTH = 32;

    /** Far more than a word: it is kept, gone through with every frame and sent back. */
    private static final int MAX_TARGET_LENGTH = 256;

    private final JsonParser parser;
    private boolean hasImage;
    private byte @Nullable [] image;
    private @Nullable String newWordLetter;
    private @Nullable String newLetter;
    private @Nullable String newWord;
    private @Nullable BigDecimal timestamp;

    private RequestReader(JsonParser parser) {
        this.parser = parser;
    }

    static Request read(String message) {
        try (JsonParser parser = JSON.createParser(new StringReader(message))) {
            return new RequestReader(parser).request();
        } catch (Unexpected e) {
            return new Request.Malformed(e.sentence);
        } catch (RuntimeException e) {
            // Not only a JsonException: numbers that are too long and nesting that is too deep are reported by others.
            return notAnObject();
        }
    }

    /** @param message a picture without an envelope; a copy is made of it */
    static Request read(ByteBuffer message) {
        ByteBuffer copy = ByteBuffer.allocate(message.remaining()).put(message).flip();
        return new Request.Message(null, new Request.Frame(copy, null));
    }

    /** JSON, but not what the protocol says. */
    private static final class Unexpected extends RuntimeException {

        private final String sentence;

        Unexpected(String sentence) {
            super(sentence, null, false, false);
            this.sentence = sentence;
        }
    }

    private static Request notAnObject() {
        return new Request.Malformed("The message is not a JSON object");
    }

    private Request request() {
        if (parser.next() != Event.START_OBJECT) {
            return notAnObject();
        }
        for (Event event = parser.next(); event != Event.END_OBJECT; event = parser.next()) {
            String key = parser.getString();
            Event value = parser.next();
            switch (key) {
                case "jpeg_blob" -> {
                    hasImage = true;
                    image = image(value);
                }
                case "new_word_letter" -> newWordLetter = text(key, value);
                case "new_letter" -> newLetter = text(key, value);
                case "new_word" -> newWord = text(key, value);
                case "timestamp" -> timestamp = timestamp(value);
                default -> skip(value);
            }
        }
        if (parser.hasNext()) {
            return notAnObject();
        }
        if (!hasImage) {
            return new Request.Malformed("The message has no field jpeg_blob; it may be null");
        }
        byte[] bytes = image;
        return new Request.Message(
                target(), bytes == null ? null : new Request.Frame(ByteBuffer.wrap(bytes), timestamp));
    }

    private @Nullable Target target() {
        if (newWordLetter != null) {
            return Target.ofLetter(newWordLetter);
        } else if (newLetter != null) {
            return Target.ofLetter(newLetter);
        }
        return newWord == null ? null : Target.ofWord(newWord);
    }

    /** Null for null and for no text at all. */
    private @Nullable String text(String key, Event value) {
        if (value == Event.VALUE_NULL) {
            return null;
        } else if (value != Event.VALUE_STRING) {
            throw new Unexpected("%s is %s, expected text or null".formatted(key, inWords(value)));
        }
        String text = parser.getString();
        if (text.length() > MAX_TARGET_LENGTH) {
            throw new Unexpected(
                    "%s has %d characters, the limit is %d".formatted(key, text.length(), MAX_TARGET_LENGTH));
        }
        return text.isEmpty() ? null : text;
    }

    private byte @Nullable [] image(Event value) {
        return switch (value) {
            case VALUE_NULL -> null;
            case VALUE_STRING -> decoded(parser.getString());
            case START_ARRAY -> integers();
            default ->
                throw new Unexpected("jpeg_blob is %s, expected base64 text, an array of integers or null"
                        .formatted(inWords(value)));
        };
    }

    private static byte[] decoded(String base64) {
        try {
            return DataUrl.bytes(base64);
        } catch (IllegalArgumentException e) {
            throw new Unexpected("jpeg_blob is no base64");
        }
    }

    private byte[] integers() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (Event event = parser.next(); event != Event.END_ARRAY; event = parser.next()) {
            String digits = event == Event.VALUE_NUMBER ? parser.getString() : "";
            if (digits.isEmpty() || digits.length() > 3 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
                throw noByte(bytes.size());
            }
            int number = Integer.parseInt(digits);
            if (number > 255) {
                throw noByte(bytes.size());
            }
            bytes.write(number);
        }
        return bytes.toByteArray();
    }

    private static Unexpected noByte(int index) {
        return new Unexpected("jpeg_blob[%d] is no integer from 0 to 255".formatted(index));
    }

    /** An extension: nothing that is no number of a usual length is worth a refusal. */
    private @Nullable BigDecimal timestamp(Event value) {
        if (value != Event.VALUE_NUMBER) {
            skip(value);
            return null;
        }
        String text = parser.getString();
        try {
            return text.length() > MAX_TIMESTAMP_LENGTH ? null : new BigDecimal(text);
        } catch (NumberFormatException e) {
            // Its exponent is greater than that of any number.
            return null;
        }
    }

    /** Not by skipObject and skipArray: where the text ends too soon they never come back (eclipse-ee4j/parsson#23). */
    private void skip(Event value) {
        int depth = depthAfter(value);
        while (depth > 0) {
            depth += depthAfter(parser.next());
        }
    }

    private static int depthAfter(Event event) {
        return switch (event) {
            case START_OBJECT, START_ARRAY -> 1;
            case END_OBJECT, END_ARRAY -> -1;
            default -> 0;
        };
    }

    private static String inWords(Event value) {
        return switch (value) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_NUMBER -> "a number";
            default -> value.toString().replace("VALUE_", "").toLowerCase(Locale.ROOT);
        };
    }
}
