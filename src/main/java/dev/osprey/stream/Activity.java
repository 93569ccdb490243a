package dev.osprey.stream;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalDouble;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What one client has been given, for operators to look at. Any thread; counting a frame takes no lock. */
public final class Activity {

    private static final double NANOS_PER_MILLISECOND = 1e6;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final long NONE = -1;

    private final String id = UUID.randomUUID().toString();
    private final Instant since = Instant.now();
    private final LongAdder answered = new LongAdder();
    private final LongAdder replaced = new LongAdder();
    private volatile String capability = "";
    private volatile @Nullable String mode;
    private volatile long ageNanos = NONE;
    private volatile double framesPerSecond;
    private long measuredAnswers;
    private long measuredNanos = NONE;

    /** The server's own name for the stream; says nothing of the client. */
    public String id() {
        return id;
    }

    public Instant since() {
        return since;
    }

    /** The client is this capability's, as metrics name it. */
    public void serves(String name) {
        capability = name;
    }

    /** Empty before a client has shown which it wants. */
    public String capability() {
        return capability;
    }

    /** The client's frames are looked at in this mode from now on. */
    public void mode(String name) {
        mode = name;
    }

    /** Null where the capability has none. */
    public @Nullable String mode() {
        return mode;
    }

    /** A frame was answered that came so long ago. */
    public void answered(Duration age) {
        ageNanos = age.toNanos();
        answered.increment();
    }

    /** A frame was answered without being looked at. */
    public void answered() {
        answered.increment();
    }

    /** A frame was looked at that came so long ago and had its answer before. */
    public void looked(Duration age) {
        ageNanos = age.toNanos();
    }

    /** A newer frame took the place of one. */
    public void replaced() {
        replaced.increment();
    }

    public long framesAnswered() {
        return answered.sum();
    }

    public long framesReplaced() {
        return replaced.sum();
    }

    /** Of the last frame that was answered, in milliseconds. */
    public OptionalDouble ageMilliseconds() {
        long age = ageNanos;
        return age == NONE ? OptionalDouble.empty() : OptionalDouble.of(age / NANOS_PER_MILLISECOND);
    }

    /** Answered from one look to the next; 0 before the second. */
    public double framesPerSecond() {
        return framesPerSecond;
    }

    /** Takes a look, for {@link #framesPerSecond}; to be called every few seconds, by one thread at a time. */
    public synchronized void measure(long nanoTime) {
        long answers = answered.sum();
        if (measuredNanos != NONE && nanoTime > measuredNanos) {
            framesPerSecond = (answers - measuredAnswers) * NANOS_PER_SECOND / (nanoTime - measuredNanos);
        }
        measuredAnswers = answers;
        measuredNanos = nanoTime;
    }
}
