package dev.osprey.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.fault.OspreyException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The file of defaults and the record tree say the same; asked of every key by reflection, so that none is forgotten. */
class ConfigKeysTest {

    @Test
    void theFileHasExactlyTheKeysOfTheRecords() {
        assertEquals(leaves().keySet(), new TreeSet<>(TestConfig.defaults().keySet()));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void everyKeyChangesWhatItNamesAndNothingElse(String key) {
        OspreyConfig before = TestConfig.read(TestConfig.defaults());
        String other = otherThan(
                Objects.requireNonNull(TestConfig.defaults().get(key)), Objects.requireNonNull(leaves().get(key)));
        OspreyConfig after = TestConfig.with(key.substring("osprey.".length()), other);
        for (String each : leaves().keySet()) {
            if (each.equals(key)) {
                assertNotEquals(valueOf(before, each), valueOf(after, each));
            } else {
                assertEquals(valueOf(before, each), valueOf(after, each), each);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("keys")
    void everyKeyIsMissedWhereItIsNotSet(String key) {
        Map<String, String> settings = TestConfig.defaults();
        settings.remove(key);
        OspreyException refusal = assertThrows(OspreyException.class, () -> TestConfig.read(settings));
        assertTrue(refusal.detail().contains(key + " is not set"), refusal::detail);
    }

    static List<String> keys() {
        return List.copyOf(leaves().keySet());
    }

    private static Map<String, RecordComponent> leaves() {
        Map<String, RecordComponent> leaves = new TreeMap<>();
        for (RecordComponent section : OspreyConfig.class.getRecordComponents()) {
            for (RecordComponent leaf : section.getType().getRecordComponents()) {
                leaves.put("osprey." + section.getName() + "." + kebab(leaf.getName()), leaf);
            }
        }
        return leaves;
    }

    private static String kebab(String camel) {
        return camel.chars()
                .mapToObj(letter -> Character.isUpperCase(letter)
                        ? "-" + Character.toString(Character.toLowerCase(letter))
                        : Character.toString(letter))
                .collect(Collectors.joining());
    }

    /** A valid value that differs. */
    private static String otherThan(String value, RecordComponent leaf) {
        Class<?> type = leaf.getType();
        OneOf words = leaf.getAnnotation(OneOf.class);
        if (words != null) {
            return words.value()[value.equals(words.value()[0]) ? 1 : 0];
        } else if (type == int.class) {
            int number = Integer.parseInt(value);
            return Integer.toString(number == leaf.getAnnotation(Range.class).max() ? number - 1 : number + 1);
        } else if (type == double.class) {
            double number = Double.parseDouble(value);
            return Double.toString(number == 0 ? 0.5 : number / 2);
        } else if (type == boolean.class) {
            return Boolean.toString(!Boolean.parseBoolean(value));
        } else if (type == Duration.class) {
            return Duration.parse(value).plusSeconds(1).toString();
        } else if (type == OspreyConfig.ProviderPreference.class) {
            return value.equals("cpu") ? "cuda" : "cpu";
        } else if (type == OspreyConfig.AccessMode.class) {
            return value.equals("open") ? "keys" : "open";
        } else if (type == OspreyConfig.Audience.class) {
            return value.equals("everyone") ? "same-address" : "everyone";
        }
        assertTrue(type == String.class || type == Path.class || type == List.class, () -> "no example of a " + type);
        return value + "-other";
    }

    private static Object valueOf(OspreyConfig config, String key) {
        try {
            for (RecordComponent section : OspreyConfig.class.getRecordComponents()) {
                Object record = section.getAccessor().invoke(config);
                for (RecordComponent leaf : section.getType().getRecordComponents()) {
                    if (key.equals("osprey." + section.getName() + "." + kebab(leaf.getName()))) {
                        return leaf.getAccessor().invoke(record);
                    }
                }
            }
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("A setting cannot be read", e);
        }
        throw new AssertionError(key);
    }
}
