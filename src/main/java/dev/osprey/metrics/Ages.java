package dev.osprey.metrics;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How many frames were how old when they were answered. An age is counted in a bucket that is a sixteenth of a power of two wide, so
 * that a percentile is within 1/32 of the age it stands for, whatever its order of magnitude. Any thread counts; one takes.
 */
final class Ages {

    private static final int STEPS = 16;
    private static final int STEP_BITS = 4;

    /** Microseconds up to 2^36, which is 19 hours; what is older counts as that old. */
    private static final int BUCKETS = STEPS * (36 - STEP_BITS + 1);

    private final AtomicLongArray counts = new AtomicLongArray(BUCKETS);

    void add(Duration age) {
        counts.incrementAndGet(bucket(age.toNanos() / 1_000));
    }

    /** What was counted since the last time; empty where nothing was. */
    Optional<Percentiles> take() {
        long[] taken = new long[BUCKETS];
        long total = 0;
        for (int i = 0; i < BUCKETS; i++) {
            taken[i] = counts.getAndSet(i, 0);
            total += taken[i];
        }
        return total == 0
                ? Optional.empty()
                : Optional.of(new Percentiles(at(taken, total, 0.5), at(taken, total, 0.95), at(taken, total, 0.99)));
    }

    /** The least age, in milliseconds, that this part of all ages is not above. */
    private static double at(long[] counts, long total, double part) {
        long rank = (long) Math.ceil(part * total);
        int bucket = 0;
        for (long seen = counts[0]; seen < rank; seen += counts[bucket]) {
            bucket++;
        }
        return middleMicros(bucket) / 1_000;
    }

    static int bucket(long micros) {
        if (micros < STEPS) {
            return (int) Math.max(0, micros);
        }
        int octave = Long.SIZE - 1 - Long.numberOfLeadingZeros(micros) - STEP_BITS;
        int step = (int) (micros >> octave) - STEPS;
        return Math.min(BUCKETS - 1, (octave + 1) * STEPS + step);
    }

    static double middleMicros(int bucket) {
        if (bucket < STEPS) {
            return bucket;
        }
        int octave = bucket / STEPS - 1;
        long least = (long) (STEPS + bucket % STEPS) << octave;
        return least + ((1L << octave) - 1) / 2.0;
    }
}
