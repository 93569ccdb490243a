package dev.osprey.studio;

import jakarta.json.Json;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the fields of a JSON object and collects everything that is wrong with them. One thread. */
final class Fields {

    private static final int SHOWN_CHARACTERS = 100;

    private final JsonObject object;
    private final List<String> path;
    private final List<Fault> faults;

    Fields(JsonObject object, List<Fault> faults) {
        this(object, List.of(), faults);
    }

    private Fields(JsonObject object, List<String> path, List<Fault> faults) {
        this.object = object;
        this.path = path;
        this.faults = faults;
    }

    /** The object that a text is; empty where it is something else or no JSON. */
    static Optional<JsonObject> object(String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return Optional.of(reader.readObject());
        } catch (RuntimeException | StackOverflowError e) {
            // Beside its own exceptions the reader has others, of no type of their own, for numbers and nesting beyond
            // measure.
            return Optional.empty();
        }
    }

    boolean has(String name) {
        return object.containsKey(name) && !object.isNull(name);
    }

    /** The object of that name, empty where there is none. */
    Optional<Fields> object(String name, boolean required) {
        JsonValue value = object.get(name);
        if (value instanceof JsonObject inner) {
            return Optional.of(new Fields(inner, at(name), faults));
        }
        if (has(name)) {
            fault("dict_type", name, "Input should be an object", object.get(name));
        } else if (required) {
            missing(name);
        }
        return Optional.empty();
    }

    /** Any text; empty where there is none. */
    String text(String name, int mostCharacters) {
        if (!has(name)) {
            return "";
        }
        if (!(object.get(name) instanceof JsonString string)) {
            fault("string_type", name, "Input should be a text", object.get(name));
            return "";
        }
        if (string.getString().length() > mostCharacters) {
            fault(
                    "string_too_long",
                    name,
                    "Input should have at most %d characters, it has %d"
                            .formatted(mostCharacters, string.getString().length()),
                    string);
        }
        return string.getString();
    }

    /** One of some words, in any case. */
    String word(String name, String otherwise, List<String> allowed) {
        String found = text(name, SHOWN_CHARACTERS).toLowerCase(Locale.ROOT);
        if (!has(name)) {
            return otherwise;
        }
        if (!allowed.contains(found)) {
            fault(
                    "literal_error",
                    name,
                    "Input should be one of %s".formatted(String.join(", ", allowed)),
                    object.get(name));
        }
        return found;
    }

    /** A number or a text that is one. */
    double number(String name, double otherwise, double least, double most) {
        Double value = decimal(name);
        if (value == null) {
            return otherwise;
        }
        if (value < least) {
            fault("greater_than_equal", name, "Input should be greater than or equal to " + shown(least), found(name));
        } else if (value > most) {
            fault("less_than_equal", name, "Input should be less than or equal to " + shown(most), found(name));
        }
        return value;
    }

    /** As {@link #number}, without a fraction. */
    long whole(String name, long otherwise, long least, long most) {
        double value = number(name, (double) otherwise, (double) least, (double) most);
        if (value != Math.rint(value)) {
            fault("int_from_float", name, "Input should be a whole number", found(name));
        }
        return (long) value;
    }

    boolean flag(String name, boolean otherwise) {
        if (!has(name)) {
            return otherwise;
        }
        JsonValue value = object.get(name);
        if (value != JsonValue.TRUE && value != JsonValue.FALSE) {
            fault("bool_type", name, "Input should be true or false", value);
        }
        return value == JsonValue.TRUE;
    }

    private @Nullable Double decimal(String name) {
        if (!has(name)) {
            return null;
        }
        JsonValue value = found(name);
        if (value instanceof JsonNumber number) {
            return number.doubleValue();
        }
        if (value instanceof JsonString string && string.getString().length() <= SHOWN_CHARACTERS) {
            try {
                double parsed = Double.parseDouble(string.getString().strip());
                if (Double.isFinite(parsed)) {
                    return parsed;
                }
            } catch (NumberFormatException e) {
                // Told below.
            }
        }
        fault("float_parsing", name, "Input should be a number", value);
        return null;
    }

    private JsonValue found(String name) {
        return object.getOrDefault(name, JsonValue.NULL);
    }

    void missing(String name) {
        fault("missing", name, "Field required", object);
    }

    void fault(String type, String name, String message, @Nullable JsonValue input) {
        JsonValue shown = input == null ? JsonValue.NULL : input;
        if (shown instanceof JsonString string && string.getString().length() > SHOWN_CHARACTERS) {
            shown = Json.createValue(string.getString().substring(0, SHOWN_CHARACTERS));
        }
        faults.add(new Fault(type, at(name), message, shown));
    }

    private List<String> at(String name) {
        List<String> all = new ArrayList<>(path);
        all.add(name);
        return List.copyOf(all);
    }

    private static String shown(double limit) {
        return limit == Math.rint(limit) ? Long.toString((long) limit) : Double.toString(limit);
    }
}
