package dev.osprey.admin;

import dev.osprey.access.Caller;
import dev.osprey.config.OspreyConfig;
import dev.osprey.config.Version;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.fingerspelling.Fingerspelling;
import dev.osprey.inference.Scheduler;
import dev.osprey.jobs.Job;
import dev.osprey.jobs.JobJson;
import dev.osprey.jobs.Jobs;
import dev.osprey.metrics.History;
import dev.osprey.metrics.Percentiles;
import dev.osprey.metrics.Problems;
import dev.osprey.model.ModelManifest;
import dev.osprey.operation.Condition;
import dev.osprey.referee.Referee;
import dev.osprey.runtime.ModelStatus;
import dev.osprey.runtime.WarmModels;
import dev.osprey.signs.Signs;
import dev.osprey.stream.Activity;
import dev.osprey.stream.LiveStream;
import dev.osprey.studio.Studio;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The server as the console shows it, in JSON. Any thread. */
@Singleton
public class ServerView {

    private final OspreyConfig config;
    private final WarmModels models;
    private final Scheduler scheduler;
    private final Jobs jobs;
    private final Streams streams;
    private final History history;
    private final Problems problems;
    private final Fingerspelling fingerspelling;
    private final Signs signs;
    private final Referee referee;
    private final Studio studio;
    private final Condition condition;
    private final Gpus gpus = new Gpus(Gpu.COMMAND);
    private final Instant started = Instant.now();

    @Inject
    ServerView(
            OspreyConfig config,
            WarmModels models,
            Scheduler scheduler,
            Jobs jobs,
            Streams streams,
            History history,
            Problems problems,
            Fingerspelling fingerspelling,
            Signs signs,
            Referee referee,
            Studio studio,
            Condition condition) {
        this.config = config;
        this.models = models;
        this.scheduler = scheduler;
        this.jobs = jobs;
        this.streams = streams;
        this.history = history;
        this.problems = problems;
        this.fingerspelling = fingerspelling;
        this.signs = signs;
        this.referee = referee;
        this.studio = studio;
        this.condition = condition;
    }

    Gpus gpus() {
        return gpus;
    }

    JsonObject overview() {
        JsonObjectBuilder memory = Json.createObjectBuilder()
                .add("heap_used_mib", Memory.heapUsedMib())
                .add("heap_max_mib", Memory.heapMaxMib());
        add(memory, "resident_mib", Memory.residentMib());
        memory.add("models_mib", models.usedMib()).add("models_budget_mib", models.memoryBudgetMib());
        return Json.createObjectBuilder()
                .add("version", Version.TEXT)
                .add("started", started.toString())
                .add("uptime_seconds", Duration.between(started, Instant.now()).toSeconds())
                .add("state", word(condition.state()))
                .add("reasons", Json.createArrayBuilder(reasons()))
                .add("provider", models.provider().name())
                .add("access", access())
                .add(
                        "totals",
                        Json.createObjectBuilder()
                                .add("connections", streams.open().size())
                                .add("frames_answered", history.framesAnswered())
                                .add("frames_replaced", history.framesReplaced())
                                .add("errors", problems.failureCount())
                                .add("refusals", problems.refusalCount())
                                .add("jobs_queued", jobs.count(Job.State.QUEUED))
                                .add("jobs_running", jobs.count(Job.State.RUNNING)))
                .add("memory", memory)
                .add("gpus", gpuList())
                .build();
    }

    /** What of the server is not available, a sentence each. */
    private List<String> reasons() {
        List<String> reasons = new ArrayList<>(condition.reasons());
        add(reasons, "fingerspelling", fingerspelling.obstacle());
        add(reasons, "signs", signs.obstacle());
        add(reasons, "referee", referee.obstacle());
        add(reasons, "studio", studio.obstacle());
        return reasons;
    }

    private static void add(List<String> reasons, String what, Optional<String> obstacle) {
        obstacle.ifPresent(why -> reasons.add(what + ": " + why));
    }

    private String access() {
        return config.access().mode().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private JsonArrayBuilder gpuList() {
        JsonArrayBuilder list = Json.createArrayBuilder();
        for (Gpu gpu : gpus.last()) {
            JsonObjectBuilder json = Json.createObjectBuilder()
                    .add("name", gpu.name())
                    .add("memory_used_mib", gpu.memoryUsedMib())
                    .add("memory_total_mib", gpu.memoryTotalMib());
            OptionalInt utilisation = gpu.utilisationPercent();
            if (utilisation.isPresent()) {
                json.add("utilisation_percent", utilisation.getAsInt());
            } else {
                json.addNull("utilisation_percent");
            }
            list.add(json);
        }
        return list;
    }

    static JsonObject point(History.Point point) {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("time", point.time().toString())
                .add("frames_per_second", rounded(point.framesPerSecond()));
        if (point.ages().isPresent()) {
            Percentiles ages = point.ages().get();
            json.add(
                    "age_ms",
                    Json.createObjectBuilder()
                            .add("p50", rounded(ages.p50()))
                            .add("p95", rounded(ages.p95()))
                            .add("p99", rounded(ages.p99())));
        } else {
            json.addNull("age_ms");
        }
        json.add("queue", point.queue())
                .add("connections", point.connections())
                .add("jobs_running", point.jobsRunning())
                .add("heap_mib", point.heapMib());
        add(json, "resident_mib", point.residentMib());
        json.add("models_mib", point.modelsMib());
        add(json, "gpu_mib", point.gpuMib());
        return json.build();
    }

    /** @param length what is looked back at */
    JsonObject history(Duration length) {
        JsonArrayBuilder points = Json.createArrayBuilder();
        history.since(Instant.now().minus(length)).forEach(point -> points.add(point(point)));
        return Json.createObjectBuilder()
                .add("interval_seconds", History.INTERVAL.toSeconds())
                .add("points", points)
                .build();
    }

    /** One row a model; of one that is only on its way out, a version that still drains. */
    JsonArray models() {
        List<ModelStatus> all = models.status();
        Map<String, ModelStatus> rows = new LinkedHashMap<>();
        all.forEach(status -> rows.merge(
                status.name(),
                status,
                (first, second) -> first.state() == ModelStatus.State.DRAINING ? second : first));
        JsonArrayBuilder list = Json.createArrayBuilder();
        rows.values().forEach(status -> list.add(model(status, all)));
        return list.build();
    }

    /** @throws OspreyException {@link ErrorCode#MODEL_UNKNOWN} */
    JsonObject model(String name) {
        return models().getValuesAs(JsonObject.class).stream()
                .filter(row -> row.getString("name").equals(name))
                .findFirst()
                .orElseThrow(
                        () -> new OspreyException(ErrorCode.MODEL_UNKNOWN, "The repository has no model of that name"));
    }

    private JsonObjectBuilder model(ModelStatus status, List<ModelStatus> all) {
        String name = status.name();
        Optional<ModelManifest> manifest =
                models.served(name).or(() -> models.catalogue().find(name));
        Optional<String> failure = models.failure(name);
        boolean absent = status.state() == ModelStatus.State.UNLOADED;
        JsonArrayBuilder draining = Json.createArrayBuilder();
        all.stream()
                .filter(other -> other.name().equals(name) && other.state() == ModelStatus.State.DRAINING)
                .forEach(other -> draining.add(other.version()));
        JsonObjectBuilder json = Json.createObjectBuilder().add("name", name);
        add(json, "kind", manifest.map(known -> known.kind().wireName()).orElse(null));
        add(json, "description", manifest.map(ModelManifest::description).orElse(null));
        json.add("state", absent ? (failure.isPresent() ? "failed" : "absent") : word(status.state()));
        if (absent) {
            json.addNull("version");
        } else {
            json.add("version", status.version());
        }
        json.add("versions", Json.createArrayBuilder(status.versions()))
                .add("draining", draining)
                .add("provider", status.provider().name())
                .add("memory_mib", status.memoryMib())
                .add("leases", status.leases())
                .add("queue", scheduler.waiting(name));
        json.add(
                "takes_picture",
                manifest.map(known -> known.input() instanceof ModelManifest.Pictures)
                        .orElse(false));
        add(json, "licence", manifest.map(ModelManifest::licence).orElse(null));
        add(json, "reason", failure.orElse(null));
        return json;
    }

    private static String word(Enum<?> state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    JsonArray streams() {
        JsonArrayBuilder list = Json.createArrayBuilder();
        streams.open().forEach(stream -> list.add(stream(stream)));
        return list.build();
    }

    private static JsonObjectBuilder stream(LiveStream stream) {
        Activity activity = stream.activity();
        JsonObjectBuilder json =
                Json.createObjectBuilder().add("id", activity.id()).add("capability", activity.capability());
        add(json, "mode", activity.mode());
        json.add("client", stream.address());
        Caller caller = stream.caller();
        add(json, "caller", caller.id().isEmpty() ? null : caller.name());
        json.add("since", activity.since().toString())
                .add("frames_per_second", rounded(activity.framesPerSecond()))
                .add("answered", activity.framesAnswered())
                .add("replaced", activity.framesReplaced());
        OptionalDouble age = activity.ageMilliseconds();
        if (age.isPresent()) {
            json.add("age_ms", rounded(age.getAsDouble()));
        } else {
            json.addNull("age_ms");
        }
        return json.add("waiting", stream.waiting());
    }

    JsonObject jobs(Optional<String> kind, Optional<Job.State> state, int limit, int offset) {
        JsonArrayBuilder list = Json.createArrayBuilder();
        jobs.latest(kind, Optional.empty(), state, limit, offset).forEach(job -> list.add(job(job)));
        return Json.createObjectBuilder().add("jobs", list).build();
    }

    private static JsonObjectBuilder job(Job job) {
        JsonObjectBuilder json = JobJson.outline(job);
        if (job.owner().isEmpty()) {
            json.addNull("owner");
        }
        return json;
    }

    JsonObject problems() {
        JsonArrayBuilder refusals = Json.createArrayBuilder();
        problems.refusals()
                .forEach(refusal -> refusals.add(Json.createObjectBuilder()
                        .add("limit", refusal.limit())
                        .add("count", refusal.count())
                        .add("first", refusal.first().toString())
                        .add("last", refusal.last().toString())));
        JsonArrayBuilder errors = Json.createArrayBuilder();
        for (Problems.Failure failure : problems.failures()) {
            JsonObjectBuilder json = Json.createObjectBuilder()
                    .add("capability", failure.capability())
                    .add("code", failure.code())
                    .add("count", failure.count())
                    .add("first", failure.first().toString())
                    .add("last", failure.last().toString());
            add(json, "detail", failure.detail());
            errors.add(json);
        }
        return Json.createObjectBuilder()
                .add("refusals", refusals)
                .add("errors", errors)
                .build();
    }

    private static void add(JsonObjectBuilder json, String name, @Nullable String value) {
        json.add(name, value == null ? JsonValue.NULL : Json.createValue(value));
    }

    private static void add(JsonObjectBuilder json, String name, OptionalLong value) {
        json.add(name, value.isPresent() ? Json.createValue(value.getAsLong()) : JsonValue.NULL);
    }

    /** To a hundredth. */
    static double rounded(double value) {
        return Math.round(value * 100) / 100.0;
    }
}
