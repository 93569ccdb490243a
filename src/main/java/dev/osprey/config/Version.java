package dev.osprey.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Which Osprey this is. */
public final class Version {

    /** Maven's version and, where it was built from a repository, the commit: {@code 1.0 (1a2b3c4)}. */
    public static final String TEXT;

    /** Maven's version alone: {@code 1.0}. */
    public static final String NUMBER;

    static {
        Properties built = built();
        TEXT = of(built);
        NUMBER = built.getProperty("version");
    }

    private Version() {}

    private static Properties built() {
        Properties built = new Properties();
        try (InputStream file = Version.class.getResourceAsStream("version.properties")) {
            built.load(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return built;
    }

    static String of(Properties built) {
        String commit = built.getProperty("commit", "");
        boolean known = !commit.isEmpty() && !commit.startsWith("@");
        return built.getProperty("version") + (known ? " (" + commit + ")" : "");
    }
}
