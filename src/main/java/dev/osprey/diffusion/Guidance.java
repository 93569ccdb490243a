package dev.osprey.diffusion;

/** Classifier-free guidance (Ho and Salimans 2022): away from what the denoiser says without the prompt. */
final class Guidance {

    private Guidance() {}

    /**
     * without + scale · (with − without), which is the paper's equation 6 with w = scale − 1. At scale 1 it is {@code with}
     * (up to rounding), at 0 {@code without}: the denoiser need not be asked for the other.
     *
     * @param without the denoiser's answer to the negative prompt, or to the empty one
     * @param with its answer to the prompt, as long
     * @return a new array
     */
    static float[] combine(float[] without, float[] with, float scale) {
        if (without.length != with.length) {
            throw new IllegalArgumentException(
                    without.length + " values without the prompt, " + with.length + " with it");
        }
        float[] combined = new float[with.length];
        for (int i = 0; i < combined.length; i++) {
            combined[i] = without[i] + scale * (with[i] - without[i]);
        }
        return combined;
    }
}
