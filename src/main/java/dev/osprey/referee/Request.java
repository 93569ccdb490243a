package dev.osprey.referee;

import dev.osprey.socket.JsonMessage;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** A text message from a client, {@code protocols/referee.md}, section 3. */
sealed interface Request {

    /** Names of sessions and files; they are kept, listed and sent back. */
    int MAX_NAME_LENGTH = 128;

    /** @param resume whether frames that the server has of a session of this name are to be kept */
    record Start(SessionStart session, boolean resume) implements Request {}

    /** A message of a known type that is not as the protocol says. */
    record Malformed(Type type, String sentence) implements Request {}

    record Frame(int number, Encoding encoding) implements Request {}

    record End() implements Request {}

    record Signal(String filename) implements Request {}

    record Ping() implements Request {}

    record Abort() implements Request {}

    /** A type that the protocol knows and no client sends. */
    record NotTaken(String type) implements Request {}

    /** No JSON, or of a type that nobody knows. */
    record Unknown(String sentence) implements Request {}

    /** JSON, but no object. */
    record NotAnObject() implements Request {}

    /** Of messages that can be malformed. */
    enum Type {
        SESSION_START,
        FRAME,
        SESSION_END,
        SIGNAL
    }

    Set<String> FROM_THE_SERVER = Set.of(
            "session_started",
            "frame_ack",
            "session_ended",
            "signal_ack",
            "process_start",
            "process_progress",
            "process_complete",
            "pong",
            "error");

    static Request read(String message) {
        Optional<JsonValue> value = JsonMessage.read(message);
        if (value.isEmpty()) {
            return new Unknown("the message is no JSON");
        } else if (!(value.get() instanceof JsonObject object)) {
            return new NotAnObject();
        } else if (!(object.get("type") instanceof JsonString type)) {
            return new Unknown("the message has no type");
        } else {
            return read(type.getString(), new Fields(object));
        }
    }

    private static Request read(String type, Fields fields) {
        return switch (type) {
            case "session_start" -> fields.read(Type.SESSION_START, Request::start);
            case "frame" -> fields.read(Type.FRAME, Request::frame);
            case "session_end" -> fields.read(Type.SESSION_END, Request::end);
            case "signal" -> fields.read(Type.SIGNAL, Request::signal);
            case "ping" -> new Ping();
            case "session_abort" -> new Abort();
            default ->
                FROM_THE_SERVER.contains(type)
                        ? new NotTaken(type)
                        : new Unknown("unknown type \"%s\"".formatted(Fields.shortened(type)));
        };
    }

    private static Request start(Fields fields) {
        String id = fields.name("session_id");
        BigDecimal fps = fields.number("fps");
        double framesPerSecond = fps.doubleValue();
        if (!(framesPerSecond >= SessionStart.LEAST_FPS && framesPerSecond <= SessionStart.MOST_FPS)) {
            throw new Unexpected(
                    "fps is %s, allowed are %s to %s".formatted(fps, SessionStart.LEAST_FPS, SessionStart.MOST_FPS));
        }
        int width = fields.integer("width", 1, Integer.MAX_VALUE);
        int height = fields.integer("height", 1, Integer.MAX_VALUE);
        OptionalLong expected = fields.isThere("expected_frames")
                ? OptionalLong.of(fields.integer("expected_frames", 0, Integer.MAX_VALUE))
                : OptionalLong.empty();
        return new Start(
                new SessionStart(Optional.empty(), id, framesPerSecond, width, height, expected),
                fields.flag("resume"));
    }

    private static Request frame(Fields fields) {
        fields.name("session_id");
        int number = fields.integer("frame_number", 0, FrameNumbers.GREATEST);
        fields.number("timestamp");
        return new Frame(number, fields.isThere("encoding") ? encoding(fields.text("encoding")) : Encoding.JPEG);
    }

    private static Encoding encoding(String wireName) {
        try {
            return Encoding.of(wireName);
        } catch (IllegalArgumentException e) {
            throw new Unexpected("Unknown encoding: " + Fields.shortened(wireName));
        }
    }

    private static Request end(Fields fields) {
        fields.name("session_id");
        fields.integer("total_frames", 0, Integer.MAX_VALUE);
        return new End();
    }

    private static Request signal(Fields fields) {
        fields.name("session_id");
        String filename = fields.name("filename");
        fields.integer("size", 0, Integer.MAX_VALUE);
        return new Signal(filename);
    }

    /** A field that is not as the protocol says. */
    final class Unexpected extends RuntimeException {

        private final String sentence;

        private Unexpected(String sentence) {
            super(sentence, null, false, false);
            this.sentence = sentence;
        }
    }

    /** A message's fields, each of the type that is asked for. */
    record Fields(JsonObject object) {

        private interface Reader {
            Request read(Fields fields);
        }

        private Request read(Type type, Reader reader) {
            try {
                return reader.read(this);
            } catch (Unexpected e) {
                return new Malformed(type, e.sentence);
            }
        }

        private boolean isThere(String key) {
            return object.containsKey(key) && object.get(key) != JsonValue.NULL;
        }

        private JsonValue required(String key) {
            JsonValue value = object.get(key);
            if (value == null || value == JsonValue.NULL) {
                throw new Unexpected("%s is missing".formatted(key));
            }
            return value;
        }

        private String text(String key) {
            if (required(key) instanceof JsonString text) {
                return text.getString();
            }
            throw new Unexpected("%s is %s, expected text".formatted(key, inWords(key)));
        }

        private String name(String key) {
            String name = text(key);
            if (name.isEmpty() || name.length() > MAX_NAME_LENGTH) {
                throw new Unexpected(
                        "%s has %d characters, allowed are 1 to %d".formatted(key, name.length(), MAX_NAME_LENGTH));
            }
            return name;
        }

        private BigDecimal number(String key) {
            if (required(key) instanceof JsonNumber number) {
                return number.bigDecimalValue();
            }
            throw new Unexpected("%s is %s, expected a number".formatted(key, inWords(key)));
        }

        /** A whole number; {@code 30.0} is one. */
        private int integer(String key, int least, int greatest) {
            BigDecimal number = number(key);
            double value = number.doubleValue();
            if (!(value >= least && value <= greatest) || value != Math.rint(value)) {
                throw new Unexpected("%s is %s, expected a whole number from %d to %d"
                        .formatted(key, shortened(number.toString()), least, greatest));
            }
            return (int) value;
        }

        private boolean flag(String key) {
            return object.get(key) == JsonValue.TRUE;
        }

        private String inWords(String key) {
            return "a JSON " + required(key).getValueType().toString().toLowerCase(Locale.ROOT);
        }

        private static String shortened(String text) {
            return text.length() <= MAX_NAME_LENGTH ? text : text.substring(0, MAX_NAME_LENGTH) + "...";
        }
    }
}
