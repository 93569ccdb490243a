package dev.osprey.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Logits become a distribution. */
class SoftmaxTest {

    private static float[] softmax(float... values) {
        Lease.softmax(values);
        return values;
    }

    @Test
    void sharesOneByTheExponentials() {
        assertArrayEquals(new float[] {0.0900306F, 0.2447285F, 0.6652410F}, softmax(1, 2, 3), 1e-7F);
        assertArrayEquals(new float[] {0.25F, 0.25F, 0.25F, 0.25F}, softmax(7, 7, 7, 7));
    }

    @Test
    void staysFiniteForLargeLogits() {
        assertArrayEquals(new float[] {0, 1, 0}, softmax(-1e30F, 1e30F, 0));
        assertEquals(1, softmax(1_000, 999)[0] + softmax(1_000, 999)[1], 1e-6F);
    }
}
