package dev.osprey.diffusion;

/**
 * What a denoiser's answer is. With α = √ᾱ and σ = √(1 − ᾱ), a sample is x = α · x₀ + σ · ε, and two of the four tell the
 * others.
 */
enum Prediction {
    /** The noise ε (Ho et al. 2020, equation 12). */
    EPSILON {
        @Override
        float original(float output, float sample, float alpha, float sigma) {
            return (sample - sigma * output) / alpha;
        }

        @Override
        float epsilon(float output, float sample, float alpha, float sigma) {
            return output;
        }
    },
    /** v = α · ε − σ · x₀ (Salimans and Ho 2022, "Progressive Distillation", appendix D). */
    VELOCITY {
        @Override
        float original(float output, float sample, float alpha, float sigma) {
            return alpha * sample - sigma * output;
        }

        @Override
        float epsilon(float output, float sample, float alpha, float sigma) {
            return alpha * output + sigma * sample;
        }
    },
    /** The picture x₀ itself. */
    SAMPLE {
        @Override
        float original(float output, float sample, float alpha, float sigma) {
            return output;
        }

        @Override
        float epsilon(float output, float sample, float alpha, float sigma) {
            return (sample - alpha * output) / sigma;
        }
    };

    /** A denoiser that also answers with variances, or for two prompts at once, is not meant here. */
    static void requireAsLong(float[] output, float[] sample) {
        if (output.length != sample.length) {
            throw new IllegalArgumentException(
                    "an answer of " + output.length + " values to a sample of " + sample.length);
        }
    }

    /** x₀ by this answer. */
    abstract float original(float output, float sample, float alpha, float sigma);

    /** ε by this answer. */
    abstract float epsilon(float output, float sample, float alpha, float sigma);
}
