package dev.osprey.fingerspelling;

import dev.osprey.metrics.Meters;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;

/** What all sessions together have done, under the names of the protocol's first implementation. Any thread. */
final class Statistics {

    /** Frames that the two means are taken of. */
    private static final int LAST_FRAMES = 100;

    private static final double NANOS_PER_SECOND = 1e9;
    private static final double NANOS_PER_MILLI = 1e6;

    private final LongSupplier nanoClock;
    private final long startNanos;
    private final Deque<Frame> frames = new ArrayDeque<>();
    private long processedFrames;
    private long droppedFrames;
    private long inferenceCount;
    private long errorCount;

    private record Frame(long doneNanos, long tookNanos) {}

    Statistics(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        this.startNanos = nanoClock.getAsLong();
    }

    void publish(Meters meters) {
        String prefix = "osprey_fingerspelling_";
        meters.measured(prefix + "uptime_seconds", "How long the coach has been there.", this::uptimeSeconds);
        meters.measured(prefix + "processed_frames", "Frames that were looked at.", this::processedFrames);
        meters.measured(
                prefix + "dropped_frames",
                "Frames that a newer one, a reset or a deadline replaced.",
                this::droppedFrames);
        meters.measured(prefix + "drop_rate", "Frames dropped of those that came, in per cent.", this::dropRate);
        meters.measured(prefix + "inference_count", "Runs of a model that names letters.", this::inferenceCount);
        meters.measured(prefix + "error_count", "Frames that failed and messages in error.", this::errorCount);
        meters.measured(
                prefix + "avg_frame_time_ms",
                "Mean of what the last 100 frames took, from the worker's taking them on.",
                this::avgFrameTimeMs);
        meters.measured(prefix + "fps", "Frames a second, over the last 100.", this::fps);
    }

    /** A frame was looked at to its end. */
    synchronized void processed(long tookNanos) {
        processedFrames++;
        if (frames.size() == LAST_FRAMES) {
            frames.remove();
        }
        frames.add(new Frame(nanoClock.getAsLong(), tookNanos));
    }

    synchronized void dropped() {
        droppedFrames++;
    }

    synchronized void inferred() {
        inferenceCount++;
    }

    synchronized void failed() {
        errorCount++;
    }

    double uptimeSeconds() {
        return (nanoClock.getAsLong() - startNanos) / NANOS_PER_SECOND;
    }

    synchronized long processedFrames() {
        return processedFrames;
    }

    synchronized long droppedFrames() {
        return droppedFrames;
    }

    /** In per cent, with two decimals. */
    synchronized double dropRate() {
        long all = droppedFrames + processedFrames;
        return all == 0 ? 0 : Math.rint(10_000.0 * droppedFrames / all) / 100;
    }

    synchronized long inferenceCount() {
        return inferenceCount;
    }

    synchronized long errorCount() {
        return errorCount;
    }

    synchronized double avgFrameTimeMs() {
        return frames.stream().mapToLong(Frame::tookNanos).average().orElse(0) / NANOS_PER_MILLI;
    }

    synchronized double fps() {
        if (frames.size() < 2) {
            return 0;
        }
        long spanNanos = frames.getLast().doneNanos() - frames.getFirst().doneNanos();
        return spanNanos <= 0 ? 0 : (frames.size() - 1) * NANOS_PER_SECOND / spanNanos;
    }
}
