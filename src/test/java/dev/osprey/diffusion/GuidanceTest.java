package dev.osprey.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class GuidanceTest {

    private static final float[] WITHOUT = {1, -2, 0.5f};
    private static final float[] WITH = {2, -2, 0.25f};

    @Test
    void goesAsFarAsItsScaleSays() {
        assertArrayEquals(WITHOUT, Guidance.combine(WITHOUT, WITH, 0));
        assertArrayEquals(WITH, Guidance.combine(WITHOUT, WITH, 1));
        assertArrayEquals(new float[] {8.5f, -2, -1.375f}, Guidance.combine(WITHOUT, WITH, 7.5f));
    }

    @Test
    void refusesAnswersOfDifferentLengths() {
        assertThrows(IllegalArgumentException.class, () -> Guidance.combine(WITHOUT, new float[2], 1));
    }
}
