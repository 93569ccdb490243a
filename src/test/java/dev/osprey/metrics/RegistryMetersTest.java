package dev.osprey.metrics;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.config.TestConfig;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.eclipse.microprofile.metrics.Counter;
import org.eclipse.microprofile.metrics.Gauge;
import org.eclipse.microprofile.metrics.Histogram;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;
import org.junit.jupiter.api.Test;

/** The published names; the registry is the platform's, so this one only writes down what it is asked. */
class RegistryMetersTest {

    private final Map<String, Object> written = new TreeMap<>();
    private final Problems problems = new Problems();
    private final Meters meters = new RegistryMeters(registry(), new History(), problems, TestConfig.with());

    @Test
    void countsUnderThePublishedNames() {
        meters.refused("max-connections");
        meters.refused("max-connections");
        meters.disconnected("segmentation", 1_000);
        meters.failed("segmentation", "INVALID_MODE", "There is no mode best");
        meters.replaced("fast");
        assertEquals(
                Map.of(
                        "osprey_refusals{limit=max-connections}", 2L,
                        "osprey_disconnections{capability=segmentation,reason=normal,close_code=1000}", 1L,
                        "osprey_errors{capability=segmentation,code=INVALID_MODE}", 1L,
                        "osprey_frames_replaced{mode=fast}", 1L),
                written);
        assertEquals(
                List.of("There is no mode best"),
                problems.failures().stream().map(Problems.Failure::detail).toList());
    }

    @Test
    void measuresInMicroseconds() {
        meters.answered("fast", "person", Duration.ofNanos(1_234_567), Duration.ofMillis(20));
        meters.answered("fast", "person", Duration.ofNanos(999), Duration.ZERO);
        meters.kept("referee", Duration.ofNanos(300_999));
        assertEquals(
                Map.of(
                        "osprey_inference_microseconds{mode=fast,model=person}", List.of(1_234L, 0L),
                        "osprey_frame_age_microseconds{mode=fast,model=person}", List.of(20_000L, 0L),
                        "osprey_frame_age_microseconds{mode=referee,model=none}", List.of(300L)),
                written);
    }

    @Test
    void publishesHowManyConnectionsAreOpen() {
        int[] open = {3};
        meters.connections("segmentation", () -> open[0]);
        Gauge<?> gauge = (Gauge<?>) written.get("osprey_connections{capability=segmentation}");
        assertEquals(3, gauge == null ? null : gauge.getValue());
        open[0] = 4;
        assertEquals(4, gauge == null ? null : gauge.getValue());
    }

    @Test
    void tellsHowRunsOfJobsEndAndWhatTheStudioAnswers() {
        meters.jobBegan("text-to-image");
        meters.jobEnded("text-to-image", "cancelled", Duration.ofMillis(1_500));
        meters.studioAsked("/api/text-to-image");
        meters.studioAnswered("POST", "/api/text-to-image", 429, Duration.ofNanos(3_999_999));
        assertEquals(
                Map.of(
                        "osprey_job_run_milliseconds{kind=text-to-image,outcome=cancelled}", List.of(1_500L),
                        "osprey_studio_request_milliseconds{method=POST,endpoint=/api/text-to-image,status=429}",
                                List.of(3L)),
                written);
    }

    @Test
    void tellsTheStudiosNumbersByTheirFormerNamesAsWell() {
        Meters aliased = new RegistryMeters(
                registry(), new History(), new Problems(), TestConfig.with("metrics.studio-aliases", "true"));
        aliased.studioAsked("/api/stl/analyze");
        assertEquals(1.0, value("orfeas_requests_in_progress{endpoint=/api/stl/analyze}"));
        aliased.studioAnswered("POST", "/api/stl/analyze", 200, Duration.ofMillis(700));
        assertEquals(0.0, value("orfeas_requests_in_progress{endpoint=/api/stl/analyze}"));
        assertEquals(1L, written.get("orfeas_requests{method=POST,endpoint=/api/stl/analyze,status=200}"));
        String of = "{method=POST,endpoint=/api/stl/analyze";
        assertEquals(0.0, value("orfeas_request_duration_seconds_bucket" + of + ",le=0.5}"));
        assertEquals(1.0, value("orfeas_request_duration_seconds_bucket" + of + ",le=1.0}"));
        assertEquals(1.0, value("orfeas_request_duration_seconds_bucket" + of + ",le=+Inf}"));
        assertEquals(1.0, value("orfeas_request_duration_seconds_count" + of + "}"));
        assertEquals(0.7, value("orfeas_request_duration_seconds_sum" + of + "}"));

        aliased.jobBegan("image-to-3d");
        assertEquals(1.0, value("orfeas_generations_in_progress{type=image-to-3d}"));
        aliased.jobEnded("image-to-3d", "succeeded", Duration.ofSeconds(7));
        aliased.jobBegan("image-to-3d");
        aliased.jobEnded("image-to-3d", "failed", Duration.ofSeconds(2));
        aliased.jobBegan("referee");
        aliased.jobEnded("referee", "succeeded", Duration.ofSeconds(2));
        assertEquals(0.0, value("orfeas_generations_in_progress{type=image-to-3d}"));
        assertEquals(1L, written.get("orfeas_generations{type=image-to-3d,provider=osprey,status=success}"));
        assertEquals(1L, written.get("orfeas_generations{type=image-to-3d,provider=osprey,status=failed}"));
        of = "{type=image-to-3d,provider=osprey";
        assertEquals(1.0, value("orfeas_generation_duration_seconds_bucket" + of + ",le=5.0}"));
        assertEquals(2.0, value("orfeas_generation_duration_seconds_bucket" + of + ",le=10.0}"));
        assertEquals(9.0, value("orfeas_generation_duration_seconds_sum" + of + "}"));

        aliased.jobs("queued", () -> 4);
        aliased.jobs("running", () -> 1);
        aliased.memory("depth", () -> 1_000);
        aliased.memory("sota", () -> 2_000);
        aliased.failed("studio", "MODEL_FAILED", null);
        assertEquals(4.0, value("orfeas_job_queue_size{}"));
        assertEquals(3_000.0, value("orfeas_gpu_memory_bytes{gpu_id=0}"));
        assertEquals(1L, written.get("orfeas_errors{error_type=MODEL_FAILED,endpoint=studio}"));
        assertTrue(value("orfeas_cpu_usage_percent{}") >= 0);
        assertTrue(value("orfeas_memory_usage_bytes{}") > 0);
        double percent = value("orfeas_memory_usage_percent{}");
        assertTrue(percent > 0 && percent <= 100, () -> percent + " %");
    }

    private double value(String gauge) {
        return ((Number) requireNonNull((Gauge<?>) written.get(gauge), gauge).getValue()).doubleValue();
    }

    private MetricRegistry registry() {
        return fake(MetricRegistry.class, (proxy, method, arguments) -> {
            String name = ((Metadata) arguments[0]).getName()
                    + Arrays.stream((Tag[]) arguments[arguments.length - 1])
                            .map(tag -> tag.getTagName() + "=" + tag.getTagValue())
                            .collect(Collectors.joining(",", "{", "}"));
            return switch (method.getName()) {
                case "counter" -> counter(name);
                case "histogram" -> histogram(name);
                case "gauge" -> gauge(name, arguments[1], arguments[2]);
                default -> throw new UnsupportedOperationException(method.getName());
            };
        });
    }

    private Counter counter(String name) {
        return fake(Counter.class, (proxy, method, arguments) -> {
            written.merge(name, 1L, (count, one) -> (Long) count + (Long) one);
            return null;
        });
    }

    private Histogram histogram(String name) {
        return fake(Histogram.class, (proxy, method, arguments) -> {
            List<Object> values = new ArrayList<>((List<?>) written.getOrDefault(name, List.of()));
            values.add(arguments[0]);
            written.put(name, values);
            return null;
        });
    }

    @SuppressWarnings("unchecked")
    private Gauge<Number> gauge(String name, Object object, Object function) {
        Gauge<Number> gauge = () -> ((Function<Object, Number>) function).apply(object);
        written.put(name, gauge);
        return gauge;
    }

    private static <T> T fake(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
