package dev.osprey.config;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the application brings along: {@code META-INF/microprofile-config.properties}, its values and what it says of them. */
final class Defaults {

    private static final String FILE = "META-INF/microprofile-config.properties";

    /** @param description the comment above the setting, which may speak of the settings after it as well */
    record Entry(String value, String description) {}

    private final Map<String, Entry> entries;

    private Defaults(Map<String, Entry> entries) {
        this.entries = entries;
    }

    static Defaults read() {
        try (InputStream stream = Defaults.class.getClassLoader().getResourceAsStream(FILE)) {
            if (stream == null) {
                throw new IllegalStateException("The application brings no settings along");
            }
            return read(new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One setting a line; a comment speaks of all settings up to the next comment, and an empty line ends what it says. */
    static Defaults read(BufferedReader file) throws IOException {
        Map<String, Entry> entries = new LinkedHashMap<>();
        List<String> comment = new ArrayList<>();
        boolean said = false;
        for (String line = file.readLine(); line != null; line = file.readLine()) {
            int equals = line.indexOf('=');
            if (line.startsWith("#")) {
                if (said) {
                    comment.clear();
                    said = false;
                }
                comment.add(line.substring(1).strip());
            } else if (line.isBlank()) {
                comment.clear();
                said = false;
            } else if (equals > 0) {
                said = true;
                entries.put(
                        line.substring(0, equals).strip(),
                        new Entry(line.substring(equals + 1).strip(), String.join(" ", comment)));
            }
        }
        return new Defaults(entries);
    }

    Optional<Entry> of(String key) {
        return Optional.ofNullable(entries.get(key));
    }
}
