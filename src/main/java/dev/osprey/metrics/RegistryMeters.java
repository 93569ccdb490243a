package dev.osprey.metrics;

import dev.osprey.config.OspreyConfig;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.eclipse.microprofile.metrics.Counter;
import org.eclipse.microprofile.metrics.Histogram;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;
import org.jspecify.annotations.Nullable;

/**
 * Counters in the platform's registry, published at {@code /metrics} in Prometheus format. Times are histograms of
 * microseconds: Payara 6 publishes the quantiles of a timer in nanoseconds under the name of seconds.
 */
@Singleton
class RegistryMeters implements Meters {

    /** Kinds of jobs that the studio's predecessor counted. */
    private static final Set<String> GENERATIONS = Set.of("text-to-image", "image-to-3d");

    private final MetricRegistry registry;
    private final History history;
    private final Problems problems;
    private final Optional<StudioAliases> aliases;

    /** To find a histogram in the registry takes longer than all that a frame's message needs. */
    private final Map<Served, Answered> answered = new ConcurrentHashMap<>();

    private final Map<String, Histogram> kept = new ConcurrentHashMap<>();

    private final Map<String, Ran> ran = new ConcurrentHashMap<>();
    private final Map<String, Counter> refusals = new ConcurrentHashMap<>();
    private final Map<Failure, Counter> errors = new ConcurrentHashMap<>();
    private final Map<String, Counter> replaced = new ConcurrentHashMap<>();

    /** Gauges that are told of again with each version of a model. */
    private final Set<String> published = ConcurrentHashMap.newKeySet();

    private record Served(String mode, String model) {}

    private record Ran(Histogram batch, Histogram turn) {}

    private record Failure(String capability, String code) {}

    private record Answered(Histogram inference, Histogram age) {}

    @Inject
    RegistryMeters(MetricRegistry registry, History history, Problems problems, OspreyConfig config) {
        this.registry = registry;
        this.history = history;
        this.problems = problems;
        this.aliases = config.metrics().studioAliases() ? Optional.of(new StudioAliases(registry)) : Optional.empty();
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
        refusals.computeIfAbsent(
                        limit,
                        name -> registry.counter(
                                describe("osprey_refusals", "Clients held to a limit."), new Tag("limit", name)))
                .inc();
    }

    @Override
    public void disconnected(String capability, int closeCode) {
        registry.counter(
                        describe("osprey_disconnections", "Connections that ended, by why they did."),
                        new Tag("capability", capability),
                        new Tag("reason", reason(closeCode)),
                        // Clients may make up codes from 3000 on; each would be a series of its own.
                        new Tag("close_code", closeCode < 3_000 ? Integer.toString(closeCode) : "other"))
                .inc();
    }

    /** RFC 6455, section 7.4.1, and the registry of close codes that it founded. */
    private static String reason(int closeCode) {
        return switch (closeCode) {
            case 1000 -> "normal";
            case 1001 -> "going-away";
            case 1002, 1003, 1007, 1010 -> "protocol";
            case 1005 -> "unsaid";
            case 1006 -> "lost";
            case 1008 -> "policy";
            case 1009 -> "too-big";
            case 1011 -> "internal";
            case 1012 -> "restart";
            case 1013 -> "try-again-later";
            default -> "other";
        };
    }

    @Override
    public void failed(String capability, String code, @Nullable String detail) {
        problems.failed(capability, code, detail);
        errors.computeIfAbsent(
                        new Failure(capability, code),
                        failure -> registry.counter(
                                describe("osprey_errors", "Errors sent to clients, by code."),
                                new Tag("capability", failure.capability()),
                                new Tag("code", failure.code())))
                .inc();
        aliases.ifPresent(alias -> alias.failed(capability, code));
    }

    @Override
    public void answered(String mode, String model, Duration inference, Duration age) {
        Answered histograms = answered.computeIfAbsent(new Served(mode, model), this::histograms);
        histograms.inference().update(inference.toNanos() / 1_000);
        histograms.age().update(age.toNanos() / 1_000);
        history.answered(age);
    }

    /** One at a time: Payara 6 keeps what they are configured with in a map for one thread, and throws where two make one at once. */
    private Histogram histogram(Metadata description, Tag... tags) {
        synchronized (RegistryMeters.class) {
            return registry.histogram(description, tags);
        }
    }

    private Answered histograms(Served served) {
        return new Answered(
                histogram(
                        describe("osprey_inference_microseconds", "How long the model ran on a frame."),
                        new Tag("mode", served.mode()),
                        new Tag("model", served.model())),
                ages(served));
    }

    private Histogram ages(Served served) {
        return histogram(
                describe("osprey_frame_age_microseconds", "From a frame's arrival to its answer being ready."),
                new Tag("mode", served.mode()),
                new Tag("model", served.model()));
    }

    @Override
    public void kept(String mode, Duration age) {
        // No model looks at it now. It is no picture that somebody waits for, either, as those of the history are.
        kept.computeIfAbsent(mode, name -> ages(new Served(name, "none"))).update(age.toNanos() / 1_000);
    }

    @Override
    public void replaced(String mode) {
        history.replaced();
        this.replaced
                .computeIfAbsent(
                        mode,
                        name -> registry.counter(
                                describe("osprey_frames_replaced", "Frames answered with a newer frame's picture."),
                                new Tag("mode", name)))
                .inc();
    }

    @Override
    public void ran(String model, int batch, Duration took) {
        Ran histograms = ran.computeIfAbsent(model, this::turns);
        histograms.batch().update(batch);
        histograms.turn().update(took.toNanos() / 1_000);
    }

    private Ran turns(String model) {
        Tag tag = new Tag("model", model);
        return new Ran(
                histogram(describe("osprey_batch_tasks", "Tasks that had a turn of a model together."), tag),
                histogram(
                        describe(
                                "osprey_turn_microseconds",
                                "What a turn of a model took, decoding before and drawing after it included."),
                        tag));
    }

    @Override
    public void queue(String model, IntSupplier waiting) {
        if (!published.add("queue " + model)) {
            return;
        }
        registry.gauge(
                describe("osprey_queue_tasks", "Tasks that wait for a turn of a model."),
                waiting,
                IntSupplier::getAsInt,
                new Tag("model", model));
    }

    @Override
    public void memory(String model, LongSupplier bytes) {
        if (!published.add("memory " + model)) {
            return;
        }
        registry.gauge(
                describe("osprey_model_memory_bytes", "What the loaded versions of a model count against the budget."),
                bytes,
                LongSupplier::getAsLong,
                new Tag("model", model));
        aliases.ifPresent(alias -> alias.memory(model, bytes));
    }

    @Override
    public void jobs(String state, IntSupplier count) {
        registry.gauge(
                describe("osprey_jobs", "Jobs that are kept, by state."),
                count,
                IntSupplier::getAsInt,
                new Tag("state", state));
        if (state.equals("queued")) {
            aliases.ifPresent(alias -> alias.queued(count));
        }
    }

    @Override
    public void measured(String name, String description, DoubleSupplier value) {
        registry.gauge(describe(name, description), value, DoubleSupplier::getAsDouble);
    }

    @Override
    public void jobBegan(String kind) {
        if (GENERATIONS.contains(kind)) {
            aliases.ifPresent(alias -> alias.jobBegan(kind));
        }
    }

    @Override
    public void jobEnded(String kind, String outcome, Duration took) {
        histogram(
                        describe("osprey_job_run_milliseconds", "How long a run of a job took, by how it ended."),
                        new Tag("kind", kind),
                        new Tag("outcome", outcome))
                .update(took.toMillis());
        if (GENERATIONS.contains(kind)) {
            aliases.ifPresent(alias -> alias.jobEnded(kind, outcome, took));
        }
    }

    @Override
    public void studioAsked(String endpoint) {
        aliases.ifPresent(alias -> alias.studioAsked(endpoint));
    }

    @Override
    public void studioAnswered(String method, String endpoint, int status, Duration took) {
        histogram(
                        describe(
                                "osprey_studio_request_milliseconds",
                                "From a request to the studio to its answer, by HTTP status."),
                        new Tag("method", method),
                        new Tag("endpoint", endpoint),
                        new Tag("status", Integer.toString(status)))
                .update(took.toMillis());
        aliases.ifPresent(alias -> alias.studioAnswered(method, endpoint, status, took));
    }

    private static Metadata describe(String name, String description) {
        return Metadata.builder().withName(name).withDescription(description).build();
    }
}
