package dev.osprey.diffusion;

/**
 * Denoising diffusion implicit models (Song et al. 2021, equation 12) with η = 0: with ᾱ′ of the timestep after, x′ =
 * √ᾱ′ · x₀ + √(1 − ᾱ′) · ε. As diffusers' {@code DDIMScheduler}; the timestep after is always timesteps / steps lower,
 * whatever the spacing.
 */
final class Ddim implements Sampler {

    private final int[] timesteps;
    private final int distance;
    private final float[] remaining;
    private final float atTheEnd;
    private final Prediction prediction;
    private final float clip;

    /**
     * @param timesteps falling, indices of {@code remaining}
     * @param atTheEnd ᾱ after the last step
     * @param clip bound of x₀ to both sides, infinite for none
     */
    Ddim(int[] timesteps, float[] remaining, float atTheEnd, Prediction prediction, float clip) {
        this.timesteps = timesteps;
        this.distance = remaining.length / timesteps.length;
        this.remaining = remaining;
        this.atTheEnd = atTheEnd;
        this.prediction = prediction;
        this.clip = clip;
    }

    @Override
    public int steps() {
        return timesteps.length;
    }

    @Override
    public float timestep(int step) {
        return timesteps[step];
    }

    @Override
    public float initialScale() {
        return 1;
    }

    @Override
    public Step step(int step, float[] output, float[] sample, Noise noise) {
        Prediction.requireAsLong(output, sample);
        int after = timesteps[step] - distance;
        float now = remaining[timesteps[step]];
        float next = after >= 0 ? remaining[after] : atTheEnd;
        float alpha = (float) Math.sqrt(now);
        float sigma = (float) Math.sqrt(1 - now);
        float nextAlpha = (float) Math.sqrt(next);
        float nextSigma = (float) Math.sqrt(1 - next);
        float[] changed = new float[sample.length];
        float[] denoised = new float[sample.length];
        for (int i = 0; i < sample.length; i++) {
            float original = prediction.original(output[i], sample[i], alpha, sigma);
            denoised[i] = Math.max(-clip, Math.min(clip, original));
            changed[i] = nextAlpha * denoised[i] + nextSigma * prediction.epsilon(output[i], sample[i], alpha, sigma);
        }
        return new Step(changed, denoised);
    }
}
