package dev.osprey.diffusion;

/**
 * How much of a picture is left at every timestep of the training (Ho et al. 2020, "Denoising Diffusion Probabilistic
 * Models", section 2): with β(t) the variance of the noise added at timestep t, the picture's own part is ᾱ(t) = ∏ (1 −
 * β(s)), s ≤ t.
 *
 * <p>Rounds to float where {@code diffusers} does, since small ᾱ magnify what is lost.
 *
 * @param timesteps of the training, 2 or more
 * @param first β of the first timestep, in (0, 1); without meaning for {@link Betas#SQUARED_COSINE}
 * @param last β of the last timestep, not below {@code first}, below 1; as {@code first}
 * @param zeroTerminalSnr whether all β are changed so that nothing of the picture is left at the end (Lin et al. 2023,
 *     "Common Diffusion Noise Schedules and Sample Steps are Flawed", algorithm 1)
 */
record NoiseSchedule(int timesteps, double first, double last, Betas betas, boolean zeroTerminalSnr) {

    /** How β grows. */
    enum Betas {
        /** β itself is linear in t (Ho et al. 2020, section 4). */
        LINEAR,
        /** The root of β is linear in t, as latent diffusion models have it (Rombach et al. 2022, their code). */
        SCALED_LINEAR,
        /** ᾱ is cos² of t (Nichol and Dhariwal 2021, "Improved DDPM", equation 17), β at most 0.999. */
        SQUARED_COSINE
    }

    private static final double LARGEST_BETA = 0.999;
    private static final double COSINE_OFFSET = 0.008;

    /** float32 [timesteps], ᾱ, falling, in [0, 1). */
    float[] remaining() {
        float[] kept = new float[timesteps];
        for (int t = 0; t < timesteps; t++) {
            kept[t] = 1 - beta(t);
        }
        return products(zeroTerminalSnr ? withZeroTerminalSnr(kept) : kept);
    }

    private float beta(int t) {
        return switch (betas) {
            case LINEAR -> between((float) first, (float) last, t);
            case SCALED_LINEAR -> {
                float root = between((float) Math.sqrt(first), (float) Math.sqrt(last), t);
                yield root * root;
            }
            case SQUARED_COSINE -> {
                double now = (double) t / timesteps;
                double next = (t + 1.0) / timesteps;
                yield (float) Math.min(1 - squaredCosine(next) / squaredCosine(now), LARGEST_BETA);
            }
        };
    }

    /** From both ends towards the middle, as torch.linspace. */
    private float between(float from, float to, int t) {
        float step = (to - from) / (timesteps - 1);
        return t < timesteps / 2 ? from + step * t : to - step * (timesteps - 1 - t);
    }

    private static double squaredCosine(double time) {
        double cosine = StrictMath.cos((time + COSINE_OFFSET) / (1 + COSINE_OFFSET) * Math.PI / 2);
        return cosine * cosine;
    }

    private static float[] products(float[] kept) {
        float[] products = new float[kept.length];
        double product = 1;
        for (int t = 0; t < kept.length; t++) {
            product *= kept[t];
            products[t] = (float) product;
        }
        return products;
    }

    /** Shifts √ᾱ so that the last is 0 and scales it so that the first stays; back to 1 − β. */
    private static float[] withZeroTerminalSnr(float[] kept) {
        float[] products = products(kept);
        float first = root(products[0]);
        float last = root(products[products.length - 1]);
        float scale = first / (first - last);
        float[] changed = new float[kept.length];
        float before = 1;
        for (int t = 0; t < kept.length; t++) {
            float shifted = (root(products[t]) - last) * scale;
            float squared = shifted * shifted;
            float beta = 1 - squared / before;
            changed[t] = 1 - beta;
            before = squared;
        }
        return changed;
    }

    private static float root(float value) {
        return (float) Math.sqrt(value);
    }
}
