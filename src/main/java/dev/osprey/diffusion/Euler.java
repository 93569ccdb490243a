package dev.osprey.diffusion;

/**
 * Euler's method on dx/dσ = (x − x₀) / σ (Karras et al. 2022, "Elucidating the Design Space of Diffusion-Based
 * Generative Models", algorithm 2 without churn), where a sample is x = x₀ + σ · ε with σ = √((1 − ᾱ) / ᾱ), and the
 * denoiser gets x / √(σ² + 1). As diffusers' {@code EulerDiscreteScheduler}; σ between two timesteps is interpolated.
 */
final class Euler implements Sampler {

    /** ᾱ of the last timestep where nothing is left of the picture, so that σ is finite. */
    private static final float SMALLEST_REMAINING = 0x1p-24f;

    private final double[] timesteps;
    private final float[] sigmas;
    private final float initialScale;
    private final Prediction prediction;

    /**
     * @param timesteps falling, in [0, remaining.length)
     * @param leading whether the first timestep may be below the last of the training; the first sample then is of its
     *     picture too
     */
    Euler(double[] timesteps, float[] remaining, boolean leading, Prediction prediction) {
        this.timesteps = timesteps;
        this.prediction = prediction;
        this.sigmas = new float[timesteps.length + 1];
        for (int step = 0; step < timesteps.length; step++) {
            // the denoiser is told a float, and the noise belongs to what it is told
            float time = (float) timesteps[step];
            int below = (int) time;
            int above = Math.min(below + 1, remaining.length - 1);
            float low = sigma(remaining[below]);
            sigmas[step] = (float) (low + (double) (time - below) * ((double) sigma(remaining[above]) - low));
        }
        float largest = sigmas[0];
        this.initialScale = leading ? (float) Math.sqrt(largest * largest + 1) : largest;
    }

    private static float sigma(float remaining) {
        float left = remaining == 0 ? SMALLEST_REMAINING : remaining;
        return (float) Math.sqrt((1 - left) / left);
    }

    @Override
    public int steps() {
        return timesteps.length;
    }

    @Override
    public float timestep(int step) {
        return (float) timesteps[step];
    }

    @Override
    public float initialScale() {
        return initialScale;
    }

    @Override
    public float[] input(int step, float[] sample) {
        float scale = scale(sigmas[step]);
        float[] scaled = new float[sample.length];
        for (int i = 0; i < sample.length; i++) {
            scaled[i] = sample[i] / scale;
        }
        return scaled;
    }

    private static float scale(float sigma) {
        return (float) Math.sqrt(sigma * sigma + 1);
    }

    @Override
    public Step step(int step, float[] output, float[] sample, Noise noise) {
        Prediction.requireAsLong(output, sample);
        float sigma = sigmas[step];
        float distance = sigmas[step + 1] - sigma;
        float[] changed = new float[sample.length];
        float[] denoised = new float[sample.length];
        for (int i = 0; i < sample.length; i++) {
            denoised[i] = original(output[i], sample[i], sigma);
            changed[i] = sample[i] + (sample[i] - denoised[i]) / sigma * distance;
        }
        return new Step(changed, denoised);
    }

    private float original(float output, float sample, float sigma) {
        return switch (prediction) {
            case EPSILON -> sample - sigma * output;
            case VELOCITY -> output * (-sigma / scale(sigma)) + sample / (sigma * sigma + 1);
            case SAMPLE -> output;
        };
    }
}
