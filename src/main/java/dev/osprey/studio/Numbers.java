package dev.osprey.studio;

import jakarta.json.Json;
import jakarta.json.JsonNumber;

/** Numbers as the protocol's clients print them: without a fraction where there is none. */
final class Numbers {

    private Numbers() {}

    static JsonNumber json(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Json.createValue((long) value)
                : Json.createValue(value);
    }
}
