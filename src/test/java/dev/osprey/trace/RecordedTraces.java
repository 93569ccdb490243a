package dev.osprey.trace;

import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.InstantSource;
import java.util.List;
import java.util.function.LongSupplier;

/** Tracing by OpenTelemetry's own implementation, every span kept. */
public final class RecordedTraces {

    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
    private final Tracing tracing;

    /** @param nanoClock whose times are handed in */
    public RecordedTraces(LongSupplier nanoClock) {
        this(nanoClock, InstantSource.system(), Sampler.alwaysOn());
    }

    RecordedTraces(LongSupplier nanoClock, InstantSource wallClock, Sampler sampler) {
        SdkTracerProvider provider = SdkTracerProvider.builder()
                .setSampler(sampler)
                .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                .build();
        tracing = new Tracing(provider.get(Tracing.SCOPE), nanoClock, wallClock, patience -> {});
    }

    public Tracing tracing() {
        return tracing;
    }

    /** That have ended, in the order of their ends. */
    public List<SpanData> spans() {
        return exporter.getFinishedSpanItems();
    }

    /** Those that are below no other. */
    public List<SpanData> roots() {
        return spans().stream()
                .filter(span -> span.getParentSpanId().equals(SpanId.getInvalid()))
                .toList();
    }

    /** The names of those below, in the order of their ends. */
    public List<String> steps(SpanData root) {
        return below(root).stream().map(SpanData::getName).toList();
    }

    /** Of an attribute as text; {@code null} where the span has none of that name. */
    public static String attribute(SpanData span, String key) {
        return span.getAttributes().asMap().entrySet().stream()
                .filter(each -> each.getKey().getKey().equals(key))
                .map(each -> each.getValue().toString())
                .findFirst()
                .orElse("null");
    }

    /** Whether what is below lies within it, one after the other. */
    public boolean isInOrder(SpanData root) {
        long before = root.getStartEpochNanos();
        for (SpanData step : below(root)) {
            if (step.getStartEpochNanos() < before || step.getEndEpochNanos() < step.getStartEpochNanos()) {
                return false;
            }
            before = step.getEndEpochNanos();
        }
        return before <= root.getEndEpochNanos();
    }

    /** In the order of their ends. */
    public List<SpanData> below(SpanData root) {
        return spans().stream()
                .filter(span -> span.getParentSpanId().equals(root.getSpanId()))
                .toList();
    }
}
