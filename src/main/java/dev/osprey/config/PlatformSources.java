package dev.osprey.config;

import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * MicroProfile Config, asked source by source: Payara's remembers for a minute what it has answered, and does not say who it was
 * that said so.
 */
final class PlatformSources implements Sources {

    static final String FILE = "osprey.properties";
    static final String SYSTEM_PROPERTY = "system property";

    private final Config config;

    PlatformSources(Config config) {
        this.config = config;
    }

    @Override
    public Optional<Given> given(String key) {
        // In the order in which they count.
        for (ConfigSource source : config.getConfigSources()) {
            String text = source.getValue(key);
            if (text != null) {
                String resolved = text.contains("${")
                        ? config.getOptionalValue(key, String.class).orElse("")
                        : text;
                // Set to nothing is not set, as the platform has it.
                return resolved.isEmpty() ? Optional.empty() : Optional.of(new Given(resolved, nameOf(source, key)));
            }
        }
        return Optional.empty();
    }

    private static String nameOf(ConfigSource source, String key) {
        String name = source.getName().toLowerCase(Locale.ROOT);
        if (name.startsWith("propert") || name.contains("microprofile-config.properties")) {
            return "default";
        } else if (name.contains("environment") || name.startsWith("env")) {
            return "environment";
        } else if (name.startsWith("system")) {
            return systemProperty(key);
        }
        return "asadmin";
    }

    /** Payara Micro makes system properties of the lines of the file that it is started with. */
    private static String systemProperty(String key) {
        String option = "-D" + key + "=";
        boolean onCommandLine = ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .anyMatch(argument -> argument.startsWith(option));
        boolean hasFile = System.getProperty("sun.java.command", "")
                .toLowerCase(Locale.ROOT)
                .contains("--systemproperties");
        return hasFile && !onCommandLine ? FILE : SYSTEM_PROPERTY;
    }

    @Override
    public Iterable<String> names() {
        return config.getPropertyNames();
    }
}
