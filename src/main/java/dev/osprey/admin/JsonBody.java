package dev.osprey.admin;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import jakarta.json.Json;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A small JSON object that an operator sends. Read here, as the container answers text that it cannot read with a page of its own. */
final class JsonBody {

    private static final int MAX_BYTES = 4_096;

    private JsonBody() {}

    /** @throws OspreyException {@link ErrorCode#SETTING_INVALID} where it is none */
    static JsonObject object(InputStream body) throws IOException {
        byte[] text = body.readNBytes(MAX_BYTES);
        try (JsonReader reader = Json.createReader(new ByteArrayInputStream(text))) {
            return reader.readObject();
        } catch (RuntimeException e) {
            // Not only a JsonException: numbers that are too long and nesting that is too deep are reported by others.
            throw new OspreyException(
                    ErrorCode.SETTING_INVALID,
                    "The body is not a JSON object of at most %d bytes".formatted(MAX_BYTES),
                    e);
        }
    }

    /** @throws OspreyException {@link ErrorCode#SETTING_INVALID} where there is no such text */
    static String text(JsonObject fields, String name) {
        if (fields.get(name) instanceof JsonString text) {
            return text.getString();
        }
        throw new OspreyException(
                ErrorCode.SETTING_INVALID, "%s is %s, expected a text".formatted(name, fields.get(name)));
    }

    /**
     * A whole number; {@code unless} where there is none of that name.
     *
     * @throws OspreyException {@link ErrorCode#SETTING_INVALID} where it is another value
     */
    static int number(JsonObject fields, String name, int least, int unless) {
        JsonValue value = fields.get(name);
        if (value == null || value == JsonValue.NULL) {
            return unless;
        }
        if (value instanceof JsonNumber number
                && number.isIntegral()
                && number.doubleValue() >= least
                && number.doubleValue() <= Integer.MAX_VALUE) {
            return number.intValue();
        }
        throw new OspreyException(
                ErrorCode.SETTING_INVALID,
                "%s is %s, expected a whole number from %d to %d".formatted(name, value, least, Integer.MAX_VALUE));
    }
}
