package dev.osprey.client;

import java.util.ArrayDeque;
import java.util.Deque;

/** Frames and bits a second over the last few seconds. */
final class Rates {

    private static final long SPAN_NANOS = 3_000_000_000L;

    private final Deque<Sample> samples = new ArrayDeque<>();

    /** What had been sent at a time. */
    private record Sample(long nanos, long frames, long bytes) {}

    /** Both counts since the beginning. */
    void add(long nanos, long frames, long bytes) {
        samples.add(new Sample(nanos, frames, bytes));
        while (samples.size() > 2 && nanos - samples.getFirst().nanos() > SPAN_NANOS) {
            samples.removeFirst();
        }
    }

    double framesPerSecond() {
        return perSecond(
                samples.isEmpty()
                        ? 0
                        : samples.getLast().frames() - samples.getFirst().frames());
    }

    double megabitsPerSecond() {
        return perSecond(
                        samples.isEmpty()
                                ? 0
                                : samples.getLast().bytes() - samples.getFirst().bytes())
                * 8e-6;
    }

    private double perSecond(long count) {
        if (samples.size() < 2) {
            return 0;
        }
        long nanos = samples.getLast().nanos() - samples.getFirst().nanos();
        return nanos <= 0 ? 0 : count * 1e9 / nanos;
    }
}
