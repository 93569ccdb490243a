package dev.osprey.metrics;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;

/**
 * The studio's numbers once more, under the names that dashboards of its predecessor ask for ({@code protocols/studio.md}, 11), with
 * its labels and bounds. The parts of a histogram are gauges here, since the platform's histograms hold whole numbers and these are
 * seconds. Any thread.
 */
final class StudioAliases {

    private static final double[] REQUEST_SECONDS = {0.1, 0.5, 1, 2, 5, 10, 30, 60, 120};
    private static final double[] GENERATION_SECONDS = {1, 5, 10, 30, 60, 120, 180, 300};

    /** What makes pictures and solids; the label names a service of somebody else's in the original. */
    private static final Tag PROVIDER = new Tag("provider", "osprey");

    private static final double NANOS_PER_SECOND = 1e9;
    private static final double PERCENT = 100;

    private final MetricRegistry registry;
    private final Map<String, AtomicInteger> inProgress = new ConcurrentHashMap<>();
    private final Map<List<String>, Seconds> durations = new ConcurrentHashMap<>();
    private final Map<String, LongSupplier> models = new ConcurrentHashMap<>();

    StudioAliases(MetricRegistry registry) {
        this.registry = registry;
        if (ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system) {
            gauge(
                    "orfeas_cpu_usage_percent",
                    "CPU usage of the machine.",
                    () -> PERCENT * Math.max(0, system.getCpuLoad()));
            gauge("orfeas_memory_usage_bytes", "Memory of the machine that is not free.", () -> used(system));
            gauge(
                    "orfeas_memory_usage_percent",
                    "Memory of the machine that is not free.",
                    () -> PERCENT * used(system) / system.getTotalMemorySize());
        }
        gauge(
                "orfeas_gpu_memory_bytes",
                "What the loaded models count against the memory budget.",
                () -> models.values().stream()
                        .mapToLong(LongSupplier::getAsLong)
                        .sum(),
                new Tag("gpu_id", "0"));
    }

    private static double used(com.sun.management.OperatingSystemMXBean system) {
        return system.getTotalMemorySize() - system.getFreeMemorySize();
    }

    void memory(String model, LongSupplier bytes) {
        models.put(model, bytes);
    }

    void queued(IntSupplier waiting) {
        gauge("orfeas_job_queue_size", "Jobs that wait.", waiting::getAsInt);
    }

    void failed(String capability, String code) {
        count("orfeas_errors", "Errors.", new Tag("error_type", code), new Tag("endpoint", capability));
    }

    void studioAsked(String endpoint) {
        inProgress("orfeas_requests_in_progress", "Requests that are being answered.", new Tag("endpoint", endpoint))
                .incrementAndGet();
    }

    void studioAnswered(String method, String endpoint, int status, Duration took) {
        Tag where = new Tag("endpoint", endpoint);
        Tag how = new Tag("method", method);
        inProgress("orfeas_requests_in_progress", "Requests that are being answered.", where)
                .decrementAndGet();
        count("orfeas_requests", "Requests.", how, where, new Tag("status", Integer.toString(status)));
        seconds("orfeas_request_duration_seconds", REQUEST_SECONDS, how, where).add(took);
    }

    void jobBegan(String kind) {
        inProgress("orfeas_generations_in_progress", "Generations under way.", new Tag("type", kind))
                .incrementAndGet();
    }

    void jobEnded(String kind, String outcome, Duration took) {
        Tag type = new Tag("type", kind);
        inProgress("orfeas_generations_in_progress", "Generations under way.", type)
                .decrementAndGet();
        String status = outcome.equals("succeeded") ? "success" : outcome;
        count("orfeas_generations", "Generations.", type, PROVIDER, new Tag("status", status));
        seconds("orfeas_generation_duration_seconds", GENERATION_SECONDS, type, PROVIDER)
                .add(took);
    }

    private void count(String name, String description, Tag... tags) {
        registry.counter(describe(name, description), tags).inc();
    }

    private AtomicInteger inProgress(String name, String description, Tag tag) {
        return inProgress.computeIfAbsent(name + " " + tag.getTagValue(), unused -> {
            AtomicInteger count = new AtomicInteger();
            gauge(name, description, count::get, tag);
            return count;
        });
    }

    private Seconds seconds(String name, double[] bounds, Tag... tags) {
        List<String> key = Stream.concat(Stream.of(name), Arrays.stream(tags).map(Tag::getTagValue))
                .toList();
        return durations.computeIfAbsent(key, unused -> new Seconds(name, bounds, tags));
    }

    private void gauge(String name, String description, DoubleSupplier value, Tag... tags) {
        registry.gauge(describe(name, description), value, DoubleSupplier::getAsDouble, tags);
    }

    private static Metadata describe(String name, String description) {
        return Metadata.builder().withName(name).withDescription(description).build();
    }

    /** A histogram as Prometheus has it: how many were no more than each bound, how many there were, and their sum. */
    private final class Seconds {

        private final double[] bounds;
        private final LongAdder[] counts;
        private final LongAdder count = new LongAdder();
        private final DoubleAdder sum = new DoubleAdder();

        Seconds(String name, double[] bounds, Tag... tags) {
            this.bounds = bounds;
            this.counts = Stream.generate(LongAdder::new).limit(bounds.length).toArray(LongAdder[]::new);
            for (int i = 0; i < bounds.length; i++) {
                bucket(name, Double.toString(bounds[i]), counts[i]::sum, tags);
            }
            bucket(name, "+Inf", count::sum, tags);
            gauge(name + "_count", "How many there were.", count::sum, tags);
            gauge(name + "_sum", "Seconds of all of them.", sum::sum, tags);
        }

        private void bucket(String name, String bound, DoubleSupplier value, Tag... tags) {
            Tag[] all = Arrays.copyOf(tags, tags.length + 1);
            all[tags.length] = new Tag("le", bound);
            gauge(name + "_bucket", "How many took no longer than these seconds.", value, all);
        }

        void add(Duration took) {
            double seconds = took.toNanos() / NANOS_PER_SECOND;
            count.increment();
            sum.add(seconds);
            for (int i = 0; i < bounds.length; i++) {
                if (seconds <= bounds[i]) {
                    counts[i].increment();
                }
            }
        }
    }
}
