package dev.osprey.config;

import java.util.Optional;

/** Where settings are set. Any thread. */
interface Sources {

    /**
     * What is set now, before it is checked.
     *
     * @param source as {@link Setting#source}
     */
    record Given(String text, String source) {}

    /** Nothing where the key is set nowhere. */
    Optional<Given> given(String key);

    /** Every key that is set anywhere, also those of others. */
    Iterable<String> names();
}
