package dev.osprey.socket;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParserFactory;
import java.io.StringReader;
import java.util.Map;
import java.util.Optional;

/** A client's text message as JSON. */
public final class JsonMessage {

    private static final JsonParserFactory JSON = Json.createParserFactory(Map.of());

    private JsonMessage() {}

    /** The value that is all of the text; nothing where the text is no JSON. */
    public static Optional<JsonValue> read(String text) {
        try (JsonParser parser = JSON.createParser(new StringReader(text))) {
            parser.next();
            JsonValue value = parser.getValue();
            return parser.hasNext() ? Optional.empty() : Optional.of(value);
        } catch (RuntimeException e) {
            // Not only a JsonException: numbers that are too long and nesting that is too deep are reported by others.
            return Optional.empty();
        }
    }

    /** As {@link #read}; nothing also where the value is no object. */
    public static Optional<JsonObject> readObject(String text) {
        return read(text).filter(JsonObject.class::isInstance).map(JsonValue::asJsonObject);
    }
}
