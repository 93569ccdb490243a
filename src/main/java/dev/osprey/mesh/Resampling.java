package dev.osprey.mesh;

/** Maps in another number of samples: linear between samples where there are to be more, their mean where fewer. */
final class Resampling {

    private Resampling() {}

    /**
     * @param values float32 [rows, columns]
     * @return float32 [toRows, toColumns], covering the same picture
     */
    static float[] resampled(float[] values, int columns, int rows, int toColumns, int toRows) {
        float[] narrow = new float[rows * toColumns];
        for (int row = 0; row < rows; row++) {
            line(values, row * columns, 1, columns, narrow, row * toColumns, 1, toColumns);
        }
        float[] resampled = new float[toRows * toColumns];
        for (int column = 0; column < toColumns; column++) {
            line(narrow, column, toColumns, rows, resampled, column, toColumns, toRows);
        }
        return resampled;
    }

    /** A tent over each new sample, as wide as the old or the new ones are apart, whichever is more. */
    private static void line(
            float[] from,
            int fromStart,
            int fromStep,
            int fromCount,
            float[] to,
            int toStart,
            int toStep,
            int toCount) {
        double ratio = fromCount / (double) toCount;
        double reach = Math.max(1, ratio);
        for (int i = 0; i < toCount; i++) {
            double middle = (i + 0.5) * ratio - 0.5;
            double sum = 0;
            double weights = 0;
            int last = (int) Math.floor(middle + reach);
            for (int j = (int) Math.ceil(middle - reach); j <= last; j++) {
                double weight = 1 - Math.abs(j - middle) / reach;
                if (weight > 0) {
                    sum += weight * from[fromStart + fromStep * Math.max(0, Math.min(fromCount - 1, j))];
                    weights += weight;
                }
            }
            to[toStart + toStep * i] = (float) (sum / weights);
        }
    }
}
