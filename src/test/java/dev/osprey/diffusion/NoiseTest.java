package dev.osprey.diffusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class NoiseTest {

    /** Computed in Python by what {@link Noise#seeded} says, of the seed 0x0123456789ABCDEF. */
    private static final float[] GOLDEN = {
        0.11006913f, -0.8030994f, -2.2234926f, 0.30090106f, -0.3810401f, 0.79339474f, -0.43989322f, -1.2890528f
    };

    /** The answers that the authors publish with their code (Random123, kat_vectors, philox4x32 10). */
    @Test
    void scramblesAsItsAuthorsDo() {
        assertArrayEquals(
                new int[] {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}, PhiloxNoise.philox(0, 0, 0, 0, 0, 0));
        assertArrayEquals(
                new int[] {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}, PhiloxNoise.philox(-1, -1, -1, -1, -1, -1));
        assertArrayEquals(
                new int[] {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1},
                PhiloxNoise.philox(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0));
    }

    @Test
    void givesTheSameNumbersEverywhere() {
        assertArrayEquals(GOLDEN, Noise.seeded(0x0123_4567_89AB_CDEFL).next(8));
    }

    @Test
    void doesNotMindBeingAskedInParts() {
        float[] whole = Noise.seeded(7).next(11);
        Noise parts = Noise.seeded(7);
        assertArrayEquals(Arrays.copyOf(whole, 3), parts.next(3));
        assertArrayEquals(Arrays.copyOfRange(whole, 3, 11), parts.next(8));
    }

    @Test
    void differsFromSeedToSeed() {
        float[] numbers = Noise.seeded(1).next(100);
        for (long seed : new long[] {0, 2, -1, 1L << 32}) {
            assertFalse(Arrays.equals(numbers, Noise.seeded(seed).next(100)), "seed " + seed);
        }
    }

    /** Mean 0, variance 1, skewness 0, kurtosis 3; neighbours have nothing to do with each other. */
    @Test
    void isNormal() {
        float[] numbers = Noise.seeded(42).next(1_000_000);
        double[] moments = new double[5];
        double neighbours = 0;
        double largest = 0;
        int within = 0;
        for (int i = 0; i < numbers.length; i++) {
            for (int power = 1; power < moments.length; power++) {
                moments[power] += Math.pow(numbers[i], power) / numbers.length;
            }
            neighbours += i == 0 ? 0 : (double) numbers[i] * numbers[i - 1] / numbers.length;
            largest = Math.max(largest, Math.abs(numbers[i]));
            within += Math.abs(numbers[i]) < 1 ? 1 : 0;
        }
        assertEquals(0, moments[1], 0.005);
        assertEquals(1, moments[2], 0.005);
        assertEquals(0, moments[3], 0.015);
        assertEquals(3, moments[4], 0.05);
        assertEquals(0, neighbours, 0.005);
        assertEquals(0.6827, within / 1e6, 0.002);
        assertEquals(5, largest, 0.6);
    }
}
