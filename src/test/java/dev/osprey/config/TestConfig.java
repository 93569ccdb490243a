package dev.osprey.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;

/** Settings for tests: the shipped defaults with a few of them changed. */
public final class TestConfig {

    private TestConfig() {}

    /** @param changes key and value by turns, the keys without {@code osprey.} */
    public static OspreyConfig with(String... changes) {
        Map<String, String> settings = defaults();
        for (int i = 0; i < changes.length; i += 2) {
            settings.put("osprey." + changes[i], changes[i + 1]);
        }
        return read(settings);
    }

    /** As {@link #with}, to be changed while something goes on. */
    public static Settings settings(String... changes) {
        Map<String, String> given = defaults();
        for (int i = 0; i < changes.length; i += 2) {
            given.put("osprey." + changes[i], changes[i + 1]);
        }
        Sources sources = new Sources() {
            @Override
            public Optional<Given> given(String key) {
                return Optional.ofNullable(given.get(key)).map(text -> new Given(text, "test"));
            }

            @Override
            public Iterable<String> names() {
                return given.keySet();
            }
        };
        return new Settings(sources, Defaults.read());
    }

    /** The words that a setting may be. */
    public static List<String> words(String key) {
        RecordComponent component =
                Objects.requireNonNull(ConfigReader.components().get("osprey." + key));
        return List.of(component.getAnnotation(OneOf.class).value());
    }

    static OspreyConfig read(Map<String, String> settings) {
        return ConfigReader.read(key -> Optional.ofNullable(settings.get(key)), settings.keySet());
    }

    /** What the application brings along. */
    static Map<String, String> defaults() {
        Properties file = new Properties();
        try (InputStream stream = TestConfig.class.getResourceAsStream("/META-INF/microprofile-config.properties")) {
            if (stream == null) {
                throw new IllegalStateException("The application brings no settings along");
            }
            file.load(stream);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, String> settings = new TreeMap<>();
        // The file has settings of the platform's as well.
        file.stringPropertyNames().stream()
                .filter(key -> key.startsWith("osprey."))
                .forEach(key -> settings.put(key, file.getProperty(key)));
        return settings;
    }
}
