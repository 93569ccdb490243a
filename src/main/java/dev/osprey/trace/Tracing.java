package dev.osprey.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Begins traces, each of its own: whether one is recorded is decided when it begins, by the sampler that the operator has chosen.
 * All times are those of one clock of nanoseconds, {@link System#nanoTime} where nothing else is said. Any thread; never slow.
 */
public final class Tracing {

    static final String SCOPE = "dev.osprey";

    /** Records nothing. */
    public static final Tracing OFF = new Tracing(
            false, TracerProvider.noop().get(SCOPE), System::nanoTime, InstantSource.system(), patience -> {});

    private final boolean on;
    private final Tracer tracer;
    private final LongSupplier nanoClock;
    private final InstantSource wallClock;
    private final Consumer<Duration> sender;

    /**
     * @param nanoClock whose times are handed in
     * @param sender sends what has been recorded, and waits for that long at most until it has been
     */
    Tracing(Tracer tracer, LongSupplier nanoClock, InstantSource wallClock, Consumer<Duration> sender) {
        this(true, tracer, nanoClock, wallClock, sender);
    }

    private Tracing(
            boolean on, Tracer tracer, LongSupplier nanoClock, InstantSource wallClock, Consumer<Duration> sender) {
        this.on = on;
        this.tracer = tracer;
        this.nanoClock = nanoClock;
        this.wallClock = wallClock;
        this.sender = sender;
    }

    /** Sends what waits to be sent, before the server ends: nothing else does. Waits for that long at most. */
    public void send(Duration patience) {
        sender.accept(patience);
    }

    /**
     * A frame that has come.
     *
     * @param capability as metrics name it
     * @param stream the server's own name for the stream
     */
    public Trace frame(String capability, String stream, long arrivedNanos) {
        if (!on) {
            return Trace.NONE;
        }
        Trace trace = begin("frame", SpanKind.SERVER, arrivedNanos);
        trace.set("osprey.capability", capability);
        trace.set("osprey.stream.id", stream);
        return trace;
    }

    /** A frame, as {@link #frame}, whose place a newer one takes now, before it was looked at. */
    public void replaced(String capability, String stream, long arrivedNanos) {
        Trace trace = frame(capability, stream, arrivedNanos);
        if (trace.isRecording()) {
            long now = nanoClock.getAsLong();
            trace.step("queue", arrivedNanos, now);
            trace.set("osprey.frame.replaced", true);
            trace.end(now);
        }
    }

    /** A run of a job that begins now. */
    public Trace job(String id, String kind, int attempt) {
        if (!on) {
            return Trace.NONE;
        }
        Trace trace = begin("job", SpanKind.INTERNAL, nanoClock.getAsLong());
        trace.set("osprey.job.id", id);
        trace.set("osprey.job.kind", kind);
        trace.set("osprey.job.attempt", attempt);
        return trace;
    }

    private Trace begin(String name, SpanKind kind, long startNanos) {
        // Once for each trace: within it nothing goes back, and over weeks the two clocks drift apart.
        Instant now = wallClock.instant();
        long offsetNanos = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano() - nanoClock.getAsLong();
        Span span = tracer.spanBuilder(name)
                .setNoParent()
                .setSpanKind(kind)
                .setStartTimestamp(startNanos + offsetNanos, TimeUnit.NANOSECONDS)
                .startSpan();
        return span.isRecording() ? new Trace(tracer, span, nanoClock, offsetNanos) : Trace.NONE;
    }
}
