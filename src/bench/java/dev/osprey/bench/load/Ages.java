package dev.osprey.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** How old pictures were when they came back, of all cameras, from the end of the warm-up to the end. */
final class Ages {

    /** Parts of the measured time, to see whether frames grow older. */
    static final int PARTS = 10;

    private static final long LONGEST_MICROS = TimeUnit.HOURS.toMicros(1);
    private static final int SIGNIFICANT_DIGITS = 3;

    private final long beginNanos;
    private final long endNanos;
    private final List<Histogram> parts = new ArrayList<>();

    Ages(long beginNanos, long endNanos) {
        this.beginNanos = beginNanos;
        this.endNanos = endNanos;
        for (int i = 0; i < PARTS; i++) {
            parts.add(new Histogram(LONGEST_MICROS, SIGNIFICANT_DIGITS));
        }
    }

    long endNanos() {
        return endNanos;
    }

    /** Adds what has come back now; whether it came back in the measured time. */
    synchronized boolean add(long micros) {
        long now = System.nanoTime();
        if (now < beginNanos || now >= endNanos) {
            return false;
        }
        int part = (int) (PARTS * (now - beginNanos) / (endNanos - beginNanos));
        parts.get(part).recordValue(Math.max(0, Math.min(micros, LONGEST_MICROS)));
        return true;
    }

    double seconds() {
        return (endNanos - beginNanos) / 1e9;
    }

    synchronized Histogram all() {
        Histogram all = new Histogram(LONGEST_MICROS, SIGNIFICANT_DIGITS);
        parts.forEach(all::add);
        return all;
    }

    /** By part, in milliseconds. */
    synchronized List<Double> percentiles(double percent) {
        return parts.stream()
                .map(part -> part.getValueAtPercentile(percent) / 1e3)
                .toList();
    }
}
