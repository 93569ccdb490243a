package dev.osprey.studio;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Names of files: what clients call them is never a path, and nothing is looked up by it that the server did not make. */
final class FileName {

    private static final int MAX_CHARACTERS = 80;
    private static final Pattern FORBIDDEN = Pattern.compile("[^A-Za-z0-9._-]+");
    private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}");

    private FileName() {}

    /** Letters, digits, {@code .}, {@code _} and {@code -} of a client's name, its folders left out; never empty. */
    static String cleaned(String name) {
        String last = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
        String cleaned = FORBIDDEN.matcher(last).replaceAll("_").replaceAll("\\.{2,}", ".");
        while (!cleaned.isEmpty() && (cleaned.charAt(0) == '.' || cleaned.charAt(0) == '-')) {
            cleaned = cleaned.substring(1);
        }
        if (cleaned.length() > MAX_CHARACTERS) {
            // The end says what it is.
            cleaned = cleaned.substring(cleaned.length() - MAX_CHARACTERS);
        }
        return cleaned.isEmpty() ? "file" : cleaned;
    }

    /** Whether it can be the name of a file that the server made. */
    static boolean isSafe(String name) {
        return SAFE.matcher(name).matches();
    }

    /** What follows the last dot, in lower case; empty where there is none. */
    static String extension(String name) {
        int dot = name.lastIndexOf('.');
        return dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
    }

    static String withoutExtension(String name) {
        int dot = name.lastIndexOf('.');
        return dot < 1 ? name : name.substring(0, dot);
    }

    /** The id that a name begins with, as all names of uploads and made pictures do. */
    static Optional<String> id(String name) {
        return name.length() > ID_CHARACTERS && isId(name.substring(0, ID_CHARACTERS))
                ? Optional.of(name.substring(0, ID_CHARACTERS))
                : Optional.empty();
    }

    private static final int ID_CHARACTERS = 36;
    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    /** Whether it is a UUID as jobs have them. */
    static boolean isId(String text) {
        return ID.matcher(text).matches();
    }
}
