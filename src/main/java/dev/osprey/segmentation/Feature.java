package dev.osprey.segmentation;

import dev.osprey.socket.Features;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What a client may ask for beyond the protocol; {@code docs/protocol-extensions.md} describes it. */
enum Feature {
    BINARY,
    MASK,
    RECEIPT;

    /** @param requested values of the query parameter {@code features}, each a list with commas; unknown names are ignored */
    static Set<Feature> of(List<String> requested) {
        return Features.of(Feature.class, requested);
    }

    String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
