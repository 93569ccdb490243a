package dev.osprey.diffusion;

/**
 * Where normally distributed numbers come from.
 *
 * <p>{@link #seeded} gives the same numbers on every machine: Philox-4x32-10 (Salmon et al. 2011, "Parallel Random
 * Numbers: As Easy as 1, 2, 3", section 3.3) counts 0, 1, 2, … under the seed as its key (low word first); of each
 * block's four words the first and second, then the third and fourth become two normal numbers by Box and Muller
 * (1958): with u = (word + ½) / 2³², √(−2 ln u₁) · cos 2πu₂ and √(−2 ln u₁) · sin 2πu₂, in float64 by {@link
 * StrictMath}, then rounded to float32. None is beyond ±6.77. They are not torch's numbers of the same seed.
 */
@FunctionalInterface
public interface Noise {

    /** The next numbers, float32 [count], of mean 0 and variance 1. */
    float[] next(int count);

    /** A stream of its own, from its beginning; for one thread. */
    static Noise seeded(long seed) {
        return new PhiloxNoise(seed);
    }
}
