package dev.osprey.socket;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What a client asks for beyond its protocol, by the query parameter {@code features}. */
public final class Features {

    private Features() {}

    /**
     * Those that exist of those that were asked for.
     *
     * @param all whose constants are features, asked for by their names in small letters
     * @param requested values of the query parameter, each a list with commas; unknown names are ignored
     */
    public static <F extends Enum<F>> Set<F> of(Class<F> all, List<String> requested) {
        Set<F> features = EnumSet.noneOf(all);
        for (String list : requested) {
            List<String> names = Arrays.asList(list.split(","));
            for (F feature : all.getEnumConstants()) {
                if (names.contains(feature.name().toLowerCase(Locale.ROOT))) {
                    features.add(feature);
                }
            }
        }
        return features;
    }
}
