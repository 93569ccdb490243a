package dev.osprey.segmentation;

import java.util.Arrays;
import java.util.LongSummaryStatistics;

/** The inference times of a connection's last 30 frames. Not thread-safe. */
final class InferenceTimes {

    private static final int REMEMBERED = 30;

    private final long[] nanos = new long[REMEMBERED];
    private long count;

    void add(long inferenceNanos) {
        nanos[(int) (count++ % REMEMBERED)] = inferenceNanos;
    }

    /** Over no frames, all figures are 0. */
    LongSummaryStatistics summary() {
        return Arrays.stream(nanos, 0, (int) Math.min(count, REMEMBERED)).summaryStatistics();
    }
}
