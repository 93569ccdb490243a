package dev.osprey.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.context.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One frame or one run of a job: a span with others below it. A frame that never ends is told to nobody. Any thread; where it is
 * not recorded, every method does nothing.
 */
public final class Trace {

    /** Is not recorded. */
    public static final Trace NONE = new Trace(TracerProvider.noop().get(Tracing.SCOPE), Span.getInvalid(), () -> 0, 0);

    private static final double NANOS_PER_MILLISECOND = 1e6;

    private final Tracer tracer;
    private final Span root;
    private final Context within;
    private final LongSupplier nanoClock;
    private final long offsetNanos;
    private final List<Step> steps = new ArrayList<>(5);
    private @Nullable Stage stage;
    private volatile boolean failed;

    private record Step(String name, long startNanos, long endNanos) {}

    private record Stage(String name, Span span) {}

    /** @param offsetNanos what makes nanoseconds since 1970 of the clock's */
    Trace(Tracer tracer, Span root, LongSupplier nanoClock, long offsetNanos) {
        this.tracer = tracer;
        this.root = root;
        this.within = Context.root().with(root);
        this.nanoClock = nanoClock;
        this.offsetNanos = offsetNanos;
    }

    /** Whether what is told is kept; what would have to be found out first need not be where it is not. */
    public boolean isRecording() {
        return root.isRecording();
    }

    public void set(String key, String value) {
        root.setAttribute(key, value);
    }

    public void set(String key, long value) {
        root.setAttribute(key, value);
    }

    public void set(String key, double value) {
        root.setAttribute(key, value);
    }

    public void set(String key, boolean value) {
        root.setAttribute(key, value);
    }

    /**
     * A frame has its answer.
     *
     * @param provider what the model ran on
     * @param together how many the model looked at at once
     * @param ageNanos from the frame's arrival to its answer being ready
     */
    public void answered(String model, int version, String provider, int together, long ageNanos) {
        set("osprey.model.name", model);
        set("osprey.model.version", version);
        set("osprey.model.provider", provider);
        set("osprey.batch_size", together);
        set("osprey.frame.age_ms", ageNanos / NANOS_PER_MILLISECOND);
    }

    /** Something that was done, from when to when; told of at the end, so that none is without what it was part of. */
    public void step(String name, long startNanos, long endNanos) {
        if (isRecording()) {
            synchronized (this) {
                steps.add(new Step(name, startNanos, endNanos));
            }
        }
    }

    private Span begin(String name, long startNanos) {
        return tracer.spanBuilder(name)
                .setParent(within)
                .setStartTimestamp(startNanos + offsetNanos, TimeUnit.NANOSECONDS)
                .startSpan();
    }

    /** What is done from now on; the stage before it ends. Harmless when told again. */
    public void stage(String name) {
        if (!isRecording()) {
            return;
        }
        synchronized (this) {
            if (stage == null || !stage.name().equals(name)) {
                long now = nanoClock.getAsLong();
                endStage(now);
                stage = new Stage(name, begin(name, now));
            }
        }
    }

    private void endStage(long nanos) {
        if (stage != null) {
            stage.span().end(nanos + offsetNanos, TimeUnit.NANOSECONDS);
            stage = null;
        }
    }

    /**
     * It has failed, and so has the stage that is not over.
     *
     * @param code of the error, one of few
     * @param sentence that clients may be told
     */
    public void fail(String code, String sentence) {
        if (!isRecording()) {
            return;
        }
        failed = true;
        root.setStatus(StatusCode.ERROR, sentence);
        root.setAttribute("error.type", code);
        synchronized (this) {
            if (stage != null) {
                stage.span().setStatus(StatusCode.ERROR, sentence);
            }
        }
    }

    /** The client's connection has taken the answer that was ready then, or never will: that is the end. */
    public void sent(long readyNanos, boolean taken) {
        if (!isRecording()) {
            return;
        }
        long now = nanoClock.getAsLong();
        step("send", readyNanos, now);
        if (!taken && !failed) {
            fail("CONNECTION_ENDED", "The connection ended before the answer was sent");
        }
        end(now);
    }

    public void end() {
        end(nanoClock.getAsLong());
    }

    public void end(long nanos) {
        if (!isRecording()) {
            return;
        }
        synchronized (this) {
            steps.forEach(step ->
                    begin(step.name(), step.startNanos()).end(step.endNanos() + offsetNanos, TimeUnit.NANOSECONDS));
            steps.clear();
            endStage(nanos);
        }
        root.end(nanos + offsetNanos, TimeUnit.NANOSECONDS);
    }
}
