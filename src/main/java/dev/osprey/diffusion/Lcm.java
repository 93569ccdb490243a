package dev.osprey.diffusion;

/**
 * Latent consistency models (Luo et al. 2023): every step foresees the picture, c_out · x₀ + c_skip · x (Song et al.
 * 2023, "Consistency Models", appendix C, with σ_data = ½ and t scaled), and all but the last make it noisy again for
 * the next timestep (algorithm 3 there): √ᾱ′ · picture + √(1 − ᾱ′) · noise. As diffusers' {@code LCMScheduler}.
 */
final class Lcm implements Sampler {

    private static final double DATA_VARIANCE = 0.25;

    private final int[] timesteps;
    private final float[] remaining;
    private final Prediction prediction;
    private final float clip;
    private final double timestepScaling;

    /**
     * @param timesteps falling, indices of {@code remaining}
     * @param clip bound of x₀ to both sides, infinite for none
     * @param timestepScaling of t in c_skip and c_out
     */
    Lcm(int[] timesteps, float[] remaining, Prediction prediction, float clip, double timestepScaling) {
        this.timesteps = timesteps;
        this.remaining = remaining;
        this.prediction = prediction;
        this.clip = clip;
        this.timestepScaling = timestepScaling;
    }

    /**
     * Evenly out of those that the model was distilled on, from the last on.
     *
     * @param trained timesteps of the training
     * @param distilled timesteps of the distillation, evenly out of the training's
     * @param steps in [1, distilled]
     */
    static int[] timesteps(int trained, int distilled, int steps) {
        int distance = trained / distilled;
        int[] timesteps = new int[steps];
        for (int step = 0; step < steps; step++) {
            int skipped = (int) (step * ((double) distilled / steps));
            timesteps[step] = (distilled - skipped) * distance - 1;
        }
        return timesteps;
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
        float now = remaining[timesteps[step]];
        float alpha = (float) Math.sqrt(now);
        float sigma = (float) Math.sqrt(1 - now);
        double time = timesteps[step] * timestepScaling;
        float skip = (float) (DATA_VARIANCE / (time * time + DATA_VARIANCE));
        float out = (float) (time / Math.sqrt(time * time + DATA_VARIANCE));
        float[] denoised = new float[sample.length];
        for (int i = 0; i < sample.length; i++) {
            float original = prediction.original(output[i], sample[i], alpha, sigma);
            denoised[i] = out * Math.max(-clip, Math.min(clip, original)) + skip * sample[i];
        }
        if (step == timesteps.length - 1) {
            return new Step(denoised, denoised);
        }
        float next = remaining[timesteps[step + 1]];
        float nextAlpha = (float) Math.sqrt(next);
        float nextSigma = (float) Math.sqrt(1 - next);
        float[] changed = noise.next(sample.length);
        for (int i = 0; i < changed.length; i++) {
            changed[i] = nextAlpha * denoised[i] + nextSigma * changed[i];
        }
        return new Step(changed, denoised);
    }
}
