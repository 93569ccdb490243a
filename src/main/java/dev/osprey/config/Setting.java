package dev.osprey.config;

import java.util.Optional;

/**
 * A setting as it is now.
 *
 * @param key {@code osprey.<section>.<name>}
 * @param value that counts; of a secret, dots
 * @param standard what the application brings along; of a secret, dots
 * @param source where the value comes from: default, osprey.properties, environment, system property, asadmin or console
 * @param live whether another value counts at once
 * @param description unit and meaning in words
 * @param pending what will count after a restart, where that is another value; of a secret, dots
 * @param problem why the newest value does not count, where it is none that the setting may have
 */
public record Setting(
        String key,
        String value,
        String standard,
        String source,
        boolean live,
        boolean secret,
        String description,
        Optional<String> pending,
        Optional<String> problem) {

    private static final String MASK = "••••";

    /** What may be shown of it. */
    Setting masked() {
        return secret
                ? new Setting(key, MASK, MASK, source, live, true, description, pending.map(text -> MASK), problem)
                : this;
    }
}
