package dev.osprey.segmentation;

import java.util.Arrays;
import java.util.EnumSet;
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
        Set<Feature> features = EnumSet.noneOf(Feature.class);
        for (String list : requested) {
            List<String> names = Arrays.asList(list.split(","));
            Arrays.stream(values())
                    .filter(feature -> names.contains(feature.wireName()))
                    .forEach(features::add);
        }
        return features;
    }

    String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
