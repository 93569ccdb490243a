package dev.osprey.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
    private final Meters meters = new RegistryMeters(registry(), new History(), new Problems());

    @Test
    void countsUnderThePublishedNames() {
        meters.refused("max-connections");
        meters.refused("max-connections");
        meters.disconnected("segmentation", 1_000);
        meters.failed("segmentation", "INVALID_MODE");
        meters.replaced("fast");
        assertEquals(
                Map.of(
                        "osprey_refusals{limit=max-connections}", 2L,
                        "osprey_disconnections{capability=segmentation,reason=normal,close_code=1000}", 1L,
                        "osprey_errors{capability=segmentation,code=INVALID_MODE}", 1L,
                        "osprey_frames_replaced{mode=fast}", 1L),
                written);
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
