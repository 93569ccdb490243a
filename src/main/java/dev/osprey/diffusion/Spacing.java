package dev.osprey.diffusion;

/** Which of the training's timesteps are used when there are fewer steps (Lin et al. 2023, table 2). */
enum Spacing {
    /** Every (timesteps / steps)th from the first on, moved up by an offset. */
    LEADING {
        @Override
        double[] timesteps(int trained, int steps, int offset) {
            int distance = trained / steps;
            double[] timesteps = new double[steps];
            for (int step = 0; step < steps; step++) {
                timesteps[step] = (steps - 1 - step) * distance + offset;
            }
            return timesteps;
        }
    },
    /** From the last to the first, evenly; not rounded. */
    LINSPACE {
        @Override
        double[] timesteps(int trained, int steps, int offset) {
            double[] timesteps = new double[steps];
            double distance = steps == 1 ? 0 : (trained - 1.0) / (steps - 1);
            for (int step = 0; step < steps; step++) {
                timesteps[step] = (steps - 1 - step) * distance;
            }
            if (steps > 1) {
                timesteps[0] = trained - 1.0;
            }
            return timesteps;
        }
    },
    /** Every (timesteps / steps)th from the last on. */
    TRAILING {
        @Override
        double[] timesteps(int trained, int steps, int offset) {
            double[] timesteps = new double[steps];
            // numpy.arange steps by what the first difference came to, not by what was asked for
            double distance = (trained - (double) trained / steps) - trained;
            for (int step = 0; step < steps; step++) {
                timesteps[step] = Math.rint(trained + step * distance) - 1;
            }
            return timesteps;
        }
    };

    /**
     * @param trained timesteps of the training
     * @param steps in [1, trained]
     * @param offset added by {@link #LEADING} only, as in diffusers
     * @return float64 [steps], falling; whole numbers but for {@link #LINSPACE}
     */
    abstract double[] timesteps(int trained, int steps, int offset);
}
