package dev.osprey.diffusion;

/**
 * The way from noise to a picture in a given number of steps; what {@code diffusers} calls a scheduler. Immutable, for any
 * thread, and without a state of its own: what a step gives depends on what it is given alone. Samples are float32 in the
 * denoiser's own layout, whatever its shape.
 *
 * <pre>{@code
 * float[] sample = sampler.initial(noise, size);
 * for (int step = 0; step < sampler.steps(); step++) {
 *     float[] output = denoiser.run(sampler.input(step, sample), sampler.timestep(step));
 *     sample = sampler.step(step, output, sample, noise).sample();
 * }
 * }</pre>
 */
sealed interface Sampler permits Ddim, Euler, Lcm {

    /**
     * What a step gives.
     *
     * @param sample the next sample; after the last step the picture (or what the decoder makes one of)
     * @param denoised the picture as foreseen at this step, for a preview
     */
    record Step(float[] sample, float[] denoised) {}

    int steps();

    /**
     * What the denoiser is told; falls from step to step.
     *
     * @param step in [0, steps)
     */
    float timestep(int step);

    /** The standard deviation of the first sample. */
    float initialScale();

    /** The sample to begin with. */
    default float[] initial(Noise noise, int size) {
        float[] sample = noise.next(size);
        float scale = initialScale();
        for (int i = 0; i < size; i++) {
            sample[i] *= scale;
        }
        return sample;
    }

    /** The sample as the denoiser wants it at this step: itself, or a scaled copy. */
    default float[] input(int step, float[] sample) {
        return sample;
    }

    /**
     * One step towards the picture.
     *
     * @param step in [0, steps)
     * @param output the denoiser's answer, guided or not, as long as {@code sample}
     * @param sample unscaled
     * @param noise asked for {@code sample.length} numbers at every step but the last by LCM, never by the others
     */
    Step step(int step, float[] output, float[] sample, Noise noise);
}
