package dev.osprey.access;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What a caller may be allowed to use, each for itself. */
public enum Scope {
    SEGMENTATION,
    SIGNS,
    FINGERSPELLING,
    REFEREE,
    STUDIO,
    /** Reading {@code /metrics}, for what collects them. */
    METRICS;

    /** All that clients use. */
    public static final Set<Scope> CAPABILITIES = Set.of(SEGMENTATION, SIGNS, FINGERSPELLING, REFEREE, STUDIO);

    /** As it is written in keys, tokens and answers. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The one of that name, where there is one. */
    public static Optional<Scope> of(String wireName) {
        return EnumSet.allOf(Scope.class).stream()
                .filter(scope -> scope.wireName().equals(wireName))
                .findFirst();
    }
}
