package dev.osprey.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;

/** The settings a server has by default, system properties first, read without a container. */
public final class DefaultConfig {

    private DefaultConfig() {}

    public static OspreyConfig read() {
        Properties defaults = new Properties();
        try (InputStream file = DefaultConfig.class.getResourceAsStream("/META-INF/microprofile-config.properties")) {
            defaults.load(Objects.requireNonNull(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ConfigReader.read(
                key -> Optional.ofNullable(System.getProperty(key, defaults.getProperty(key))),
                defaults.stringPropertyNames());
    }
}
