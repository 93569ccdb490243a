package dev.osprey.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TracingTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    /** As far from zero as the real one may be: it may have begun anywhere. */
    private long nanos = Long.MIN_VALUE + 5_000_000;

    private final RecordedTraces traces = with(Sampler.alwaysOn());

    private RecordedTraces with(Sampler sampler) {
        return new RecordedTraces(() -> nanos, InstantSource.fixed(NOW), sampler);
    }

    /** Microseconds after {@link #NOW}. */
    private static long micros(long epochNanos) {
        return (epochNanos - TimeUnit.SECONDS.toNanos(NOW.getEpochSecond())) / 1_000;
    }

    private static String inWords(SpanData span) {
        return "%s %d..%d"
                .formatted(span.getName(), micros(span.getStartEpochNanos()), micros(span.getEndEpochNanos()));
    }

    private static String text(SpanData span, String key) {
        return String.valueOf(span.getAttributes().get(AttributeKey.stringKey(key)));
    }

    @Test
    void tellsWhatAFrameWentThroughAndWhen() {
        long arrived = nanos - 900_000;
        Trace frame = traces.tracing().frame("segmentation", "a stream", arrived);
        assertTrue(frame.isRecording());
        frame.step("queue", arrived, arrived + 100_000);
        frame.step("run", arrived + 200_000, arrived + 800_000);
        assertEquals(List.of(), traces.spans());
        frame.answered("person", 2, "CUDA", 3, 850_000);
        nanos += 50_000;
        frame.sent(arrived + 850_000, true);
        SpanData root = traces.roots().get(0);
        assertEquals("frame -900..50", inWords(root));
        assertEquals(
                List.of("queue -900..-800", "run -700..-100", "send -50..50"),
                traces.below(root).stream().map(TracingTest::inWords).toList());
        assertEquals(4, traces.spans().size());
        assertTrue(traces.spans().stream().allMatch(span -> span.getTraceId().equals(root.getTraceId())));
        assertEquals(SpanKind.SERVER, root.getKind());
        assertEquals("segmentation", text(root, "osprey.capability"));
        assertEquals("a stream", text(root, "osprey.stream.id"));
        assertEquals("CUDA", text(root, "osprey.model.provider"));
        assertEquals(3L, root.getAttributes().get(AttributeKey.longKey("osprey.batch_size")));
        assertEquals(0.85, root.getAttributes().get(AttributeKey.doubleKey("osprey.frame.age_ms")));
        assertEquals(StatusCode.UNSET, root.getStatus().getStatusCode());
    }

    @Test
    void saysThatAnAnswerNeverLeft() {
        Trace frame = traces.tracing().frame("segmentation", "a stream", nanos);
        frame.sent(nanos, false);
        SpanData root = traces.roots().get(0);
        assertEquals(StatusCode.ERROR, root.getStatus().getStatusCode());
        assertEquals("CONNECTION_ENDED", text(root, "error.type"));
    }

    @Test
    void keepsTheFailureWhereTheErrorNeverLeft() {
        Trace frame = traces.tracing().frame("segmentation", "a stream", nanos);
        frame.fail("IMAGE_UNREADABLE", "No picture");
        frame.sent(nanos, false);
        assertEquals("IMAGE_UNREADABLE", text(traces.roots().get(0), "error.type"));
        assertEquals("No picture", traces.roots().get(0).getStatus().getDescription());
    }

    @Test
    void saysThatAFrameWasReplaced() {
        traces.tracing().replaced("signs", "a stream", nanos - 30_000);
        SpanData root = traces.roots().get(0);
        assertEquals("frame -30..0", inWords(root));
        assertEquals(true, root.getAttributes().get(AttributeKey.booleanKey("osprey.frame.replaced")));
        assertEquals(
                List.of("queue -30..0"),
                traces.below(root).stream().map(TracingTest::inWords).toList());
    }

    @Test
    void dividesAJobIntoStages() {
        Trace job = traces.tracing().job("an id", "film", 2);
        nanos += 10_000;
        job.stage("reading");
        nanos += 10_000;
        job.stage("reading");
        nanos += 10_000;
        job.stage("drawing");
        nanos += 10_000;
        job.fail("JOB_FAILED", "No more ink");
        job.end();
        job.stage("too late");
        job.end();
        // Relative to when the job began, which is when the wall clock was asked.
        SpanData root = traces.roots().get(0);
        assertEquals("job 0..40", inWords(root));
        assertEquals(
                List.of("reading 10..30", "drawing 30..40"),
                traces.below(root).stream().map(TracingTest::inWords).toList());
        assertEquals(2L, root.getAttributes().get(AttributeKey.longKey("osprey.job.attempt")));
        assertEquals("No more ink", root.getStatus().getDescription());
        assertEquals(
                List.of(StatusCode.UNSET, StatusCode.ERROR),
                traces.below(root).stream()
                        .map(span -> span.getStatus().getStatusCode())
                        .toList());
    }

    @Test
    void keepsNothingOfWhatIsNotSampled() {
        RecordedTraces none = with(Sampler.alwaysOff());
        for (Tracing tracing : List.of(none.tracing(), Tracing.OFF)) {
            Trace frame = tracing.frame("segmentation", "a stream", nanos);
            assertSame(Trace.NONE, frame);
            assertFalse(frame.isRecording());
            frame.set("osprey.mode", "fast");
            frame.step("queue", nanos, nanos);
            frame.sent(nanos, false);
            tracing.replaced("segmentation", "a stream", nanos);
            Trace job = tracing.job("an id", "film", 1);
            assertSame(Trace.NONE, job);
            job.stage("reading");
            job.end();
        }
        assertEquals(List.of(), none.spans());
    }

    @Test
    void samplesTheShareThatIsSet() {
        RecordedTraces some = with(Sampler.parentBased(Sampler.traceIdRatioBased(0.25)));
        for (int i = 0; i < 4_000; i++) {
            some.tracing().replaced("segmentation", "a stream", nanos);
        }
        int roots = some.roots().size();
        // Six standard deviations around the mean.
        assertTrue(Math.abs(roots - 1_000) < 6 * Math.sqrt(4_000 * 0.25 * 0.75), () -> roots + " of 4000");
        assertEquals(2 * roots, some.spans().size());
    }
}
