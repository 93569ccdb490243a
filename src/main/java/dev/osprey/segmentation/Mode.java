package dev.osprey.segmentation;

import dev.osprey.config.OspreyConfig;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The quality modes, in the order in which the protocol lists them. */
enum Mode {
    FAST,
    BALANCED,
    ACCURATE,
    SOTA;

    static final List<String> WIRE_NAMES =
            Arrays.stream(values()).map(Mode::wireName).toList();

    static Optional<Mode> ofWireName(String name) {
        return Arrays.stream(values())
                .filter(mode -> mode.wireName().equals(name))
                .findFirst();
    }

    String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Name of the model that serves this mode. */
    String model(OspreyConfig.Segmentation config) {
        return switch (this) {
            case FAST -> config.fastModel();
            case BALANCED -> config.balancedModel();
            case ACCURATE -> config.accurateModel();
            case SOTA -> config.sotaModel();
        };
    }
}
