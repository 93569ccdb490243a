package dev.osprey.config;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Turns flat keys into an {@link OspreyConfig}; all problems come in one message. */
final class ConfigReader {

    private static final String PREFIX = "osprey.";
    /** Far from where a duration in nanoseconds overflows. */
    private static final Duration LONGEST = Duration.ofHours(24);

    private final Function<String, Optional<String>> values;
    private final List<String> problems = new ArrayList<>();
    private final Set<String> known = new TreeSet<>();

    private ConfigReader(Function<String, Optional<String>> values) {
        this.values = values;
    }

    /**
     * @param values the text of a key, empty where it is not set
     * @param names every key that is set anywhere; those of Osprey must be known
     * @throws OspreyException {@link ErrorCode#CONFIGURATION_INVALID} with every problem
     */
    static OspreyConfig read(Function<String, Optional<String>> values, Iterable<String> names) {
        ConfigReader reader = new ConfigReader(values);
        Object config = reader.section(OspreyConfig.class, PREFIX);
        for (String name : names) {
            if (name.startsWith(PREFIX) && !reader.known.contains(name)) {
                reader.problems.add(name + " is not a setting of Osprey");
            }
        }
        if (config == null || !reader.problems.isEmpty()) {
            throw new OspreyException(
                    ErrorCode.CONFIGURATION_INVALID,
                    "The configuration has " + reader.problems.size() + " problem(s): "
                            + String.join("; ", reader.problems));
        }
        return (OspreyConfig) config;
    }

    /** Every setting by its key, in the order of the keys. */
    static Map<String, RecordComponent> components() {
        Map<String, RecordComponent> components = new TreeMap<>();
        collect(OspreyConfig.class, PREFIX, components);
        return components;
    }

    private static void collect(Class<?> type, String prefix, Map<String, RecordComponent> components) {
        for (RecordComponent component : type.getRecordComponents()) {
            String key = prefix + kebab(component.getName());
            if (component.getType().isRecord()) {
                collect(component.getType(), key + ".", components);
            } else {
                components.put(key, component);
            }
        }
    }

    /** What is wrong with a text as the value of a setting; nothing where it may be. */
    static Optional<String> problemOf(RecordComponent component, String key, String text) {
        ConfigReader reader = new ConfigReader(any -> Optional.of(text));
        Object unused = reader.value(component, key);
        return reader.problems.stream().findFirst();
    }

    /** The record made of the keys below {@code prefix}; null where a problem was found. */
    private @Nullable Object section(Class<?> type, String prefix) {
        RecordComponent[] components = type.getRecordComponents();
        Object[] arguments = new Object[components.length];
        boolean complete = true;
        for (int i = 0; i < components.length; i++) {
            RecordComponent component = components[i];
            String key = prefix + kebab(component.getName());
            Object argument =
                    component.getType().isRecord() ? section(component.getType(), key + ".") : value(component, key);
            if (argument == null) {
                complete = false;
            } else {
                arguments[i] = argument;
            }
        }
        return complete ? construct(type, components, arguments) : null;
    }

    private static Object construct(Class<?> type, RecordComponent[] components, Object[] arguments) {
        try {
            Class<?>[] types =
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            return type.getDeclaredConstructor(types).newInstance(arguments);
        } catch (NoSuchMethodException
                | InstantiationException
                | IllegalAccessException
                | InvocationTargetException e) {
            throw new IllegalStateException("The record " + type.getSimpleName() + " has no usable constructor", e);
        }
    }

    private @Nullable Object value(RecordComponent component, String key) {
        known.add(key);
        Optional<String> text = values.apply(key).map(String::strip);
        if (text.isEmpty()) {
            problems.add(key + " is not set");
            return null;
        }
        try {
            Object value = parse(component.getType(), text.get());
            Range range = component.getAnnotation(Range.class);
            if (range != null && value instanceof Number number) {
                double magnitude = number.doubleValue();
                if (!(magnitude >= range.min() && magnitude <= range.max())) {
                    problems.add("%s is %s, allowed are %s to %s"
                            .formatted(key, text.get(), plain(range.min()), plain(range.max())));
                    return null;
                }
            }
            if (range != null && value instanceof Duration duration) {
                double seconds = duration.toMillis() / 1_000.0;
                if (!(seconds >= range.min() && seconds <= range.max())) {
                    problems.add("%s is %s, allowed are %s to %s"
                            .formatted(
                                    key, text.get(), Duration.ofSeconds((long) range.min()), Duration.ofSeconds((long)
                                            range.max())));
                    return null;
                }
                return value;
            }
            OneOf words = component.getAnnotation(OneOf.class);
            if (words != null && !List.of(words.value()).contains(text.get())) {
                problems.add("%s is \"%s\", expected one of %s"
                        .formatted(key, text.get(), String.join(", ", words.value())));
                return null;
            }
            if (value instanceof Duration duration
                    && (duration.isZero() || duration.isNegative() || duration.compareTo(LONGEST) > 0)) {
                problems.add(
                        "%s is %s, it must be longer than nothing and at most %s".formatted(key, text.get(), LONGEST));
                return null;
            }
            return value;
        } catch (IllegalArgumentException | DateTimeParseException e) {
            problems.add("%s is \"%s\", expected %s".formatted(key, text.get(), expected(component.getType())));
            return null;
        }
    }

    private static Object parse(Class<?> type, String text) {
        if (type == String.class) {
            return text;
        } else if (type == int.class) {
            return Integer.valueOf(text);
        } else if (type == double.class) {
            return Double.valueOf(text);
        } else if (type == boolean.class) {
            return switch (text) {
                case "true" -> true;
                case "false" -> false;
                default -> throw new IllegalArgumentException(text);
            };
        } else if (type == Duration.class) {
            return Duration.parse(text);
        } else if (type == Path.class) {
            return path(text);
        } else if (type == List.class) {
            return Arrays.stream(text.split(","))
                    .map(String::strip)
                    .filter(part -> !part.isEmpty())
                    .toList();
        } else if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants())
                    .filter(constant -> wireName(constant).equals(text))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(text));
        }
        throw new IllegalStateException("No setting can be of type " + type);
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private static String expected(Class<?> type) {
        if (type.isEnum()) {
            return "one of "
                    + Arrays.stream(type.getEnumConstants())
                            .map(ConfigReader::wireName)
                            .collect(Collectors.joining(", "));
        } else if (type == Duration.class) {
            return "a duration such as PT10S";
        } else if (type == boolean.class) {
            return "true or false";
        } else if (type == int.class) {
            return "a whole number";
        }
        return type == double.class ? "a number" : "a " + type.getSimpleName().toLowerCase(Locale.ROOT);
    }

    private static String wireName(Object constant) {
        return constant.toString().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String plain(double number) {
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }

    private static String kebab(String camel) {
        return camel.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }
}
