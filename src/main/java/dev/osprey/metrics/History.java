package dev.osprey.metrics;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.LongAdder;

/** The frames of all streams, counted since the start, and what a quarter of an hour of looking at the server has seen. Any thread. */
@Singleton
public class History {

    /** How often the server is looked at. */
    public static final Duration INTERVAL = Duration.ofSeconds(2);

    /** What is remembered. */
    public static final Duration LENGTH = Duration.ofMinutes(15);

    private static final int MOST_POINTS = (int) LENGTH.dividedBy(INTERVAL);

    private final LongAdder answered = new LongAdder();
    private final LongAdder replaced = new LongAdder();
    private final Ages ages = new Ages();
    private final Deque<Point> points = new ArrayDeque<>(MOST_POINTS);

    /**
     * The server at one moment.
     *
     * @param framesPerSecond answered since the point before
     * @param ages of those frames; empty where there was none
     * @param queue pieces of work that waited for a model
     * @param gpuMib taken on all GPUs, by whatever process; empty where there is none
     */
    public record Point(
            Instant time,
            double framesPerSecond,
            Optional<Percentiles> ages,
            int queue,
            int connections,
            int jobsRunning,
            long heapMib,
            OptionalLong residentMib,
            int modelsMib,
            OptionalLong gpuMib) {}

    void answered(Duration age) {
        answered.increment();
        ages.add(age);
    }

    void replaced() {
        replaced.increment();
    }

    /** Frames answered since the start. */
    public long framesAnswered() {
        return answered.sum();
    }

    /** Frames since the start that a newer one took the place of. */
    public long framesReplaced() {
        return replaced.sum();
    }

    /** Of the frames answered since this was last asked; empty where there was none. For one caller. */
    public Optional<Percentiles> takeAges() {
        return ages.take();
    }

    /** Remembers a point, and forgets the oldest where there are enough. */
    public synchronized void add(Point point) {
        if (points.size() == MOST_POINTS) {
            points.remove();
        }
        points.add(point);
    }

    /** Not before that time, oldest first. */
    public synchronized List<Point> since(Instant time) {
        return points.stream().filter(point -> !point.time().isBefore(time)).toList();
    }
}
