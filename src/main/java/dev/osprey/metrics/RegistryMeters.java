package dev.osprey.metrics;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;
import java.util.function.IntSupplier;
import org.eclipse.microprofile.metrics.Histogram;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;

/**
 * Counters in the platform's registry, published at {@code /metrics} in Prometheus format. Times are histograms of
 * microseconds: Payara 6 publishes the quantiles of a timer in nanoseconds under the name of seconds.
 */
@Singleton
class RegistryMeters implements Meters {

    private final MetricRegistry registry;
    private final History history;
    private final Problems problems;

    /** To find a histogram in the registry takes longer than all that a frame's message needs. */
    private final Map<Served, Answered> answered = new ConcurrentHashMap<>();

    private record Served(String mode, String model) {}

    private record Answered(Histogram inference, Histogram age) {}

    @Inject
    RegistryMeters(MetricRegistry registry, History history, Problems problems) {
        this.registry = registry;
        this.history = history;
        this.problems = problems;
    }

    @Override
    public void connections(String capability, IntSupplier open) {
        registry.gauge(
                describe("osprey_connections", "Open connections."),
                open,
                IntSupplier::getAsInt,
                new Tag("capability", capability));
    }

    @Override
    public void refused(String limit) {
        problems.refused(limit);
        registry.counter(describe("osprey_refusals", "Clients held to a limit."), new Tag("limit", limit))
                .inc();
    }

    @Override
    public void disconnected(String capability, int closeCode) {
        registry.counter(
                        describe("osprey_disconnections", "Connections that ended, by WebSocket close code."),
                        new Tag("capability", capability),
                        // Clients may make up codes from 3000 on; each would be a series of its own.
                        new Tag("close_code", closeCode < 3_000 ? Integer.toString(closeCode) : "other"))
                .inc();
    }

    @Override
    public void failed(String capability, String code) {
        problems.failed(capability, code, null);
        registry.counter(
                        describe("osprey_errors", "Errors sent to clients, by code."),
                        new Tag("capability", capability),
                        new Tag("code", code))
                .inc();
    }

    @Override
    public void answered(String mode, String model, Duration inference, Duration age) {
        Answered histograms = answered.computeIfAbsent(new Served(mode, model), this::histograms);
        histograms.inference().update(inference.toNanos() / 1_000);
        histograms.age().update(age.toNanos() / 1_000);
        history.answered(age);
    }

    private Answered histograms(Served served) {
        Tag mode = new Tag("mode", served.mode());
        Tag model = new Tag("model", served.model());
        return new Answered(
                registry.histogram(
                        describe("osprey_inference_microseconds", "How long the model ran on a frame."), mode, model),
                registry.histogram(
                        describe("osprey_frame_age_microseconds", "From a frame's arrival to its answer being ready."),
                        mode,
                        model));
    }

    @Override
    public void replaced(String mode) {
        history.replaced();
        registry.counter(
                        describe("osprey_frames_replaced", "Frames answered with a newer frame's picture."),
                        new Tag("mode", mode))
                .inc();
    }

    @Override
    public void jobs(String state, IntSupplier count) {
        registry.gauge(
                describe("osprey_jobs", "Jobs that are kept, by state."),
                count,
                IntSupplier::getAsInt,
                new Tag("state", state));
    }

    @Override
    public void measured(String name, String description, DoubleSupplier value) {
        registry.gauge(describe(name, description), value, DoubleSupplier::getAsDouble);
    }

    private static Metadata describe(String name, String description) {
        return Metadata.builder().withName(name).withDescription(description).build();
    }
}
