package dev.osprey.jobs;

import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import java.io.StringReader;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Jobs and their events as the wire has them. */
public final class JobJson {

    private JobJson() {}

    /** Everything that is known of a job. */
    public static JsonObject full(Job job) {
        JsonObjectBuilder json = outline(job).add("parameters", parsed(job.parameters()));
        job.result().ifPresent(result -> json.add("result", parsed(result)));
        return json.build();
    }

    /** A job in a list: without parameters and result, which may be long. */
    public static JsonObjectBuilder outline(Job job) {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("id", job.id())
                .add("kind", job.kind())
                .add("state", wireName(job.state()))
                .add("stage", job.stage())
                .add("progress", job.progress())
                .add("message", job.message())
                .add("attempt", job.attempt())
                .add("submitted_at", job.submitted().toString());
        job.reference().ifPresent(reference -> json.add("reference", reference));
        job.owner().ifPresent(owner -> json.add("owner", owner));
        job.started().ifPresent(started -> json.add("started_at", started.toString()));
        job.finished().ifPresent(finished -> json.add("finished_at", finished.toString()));
        job.failure()
                .ifPresent(failure -> json.add(
                        "failure",
                        Json.createObjectBuilder()
                                .add("code", failure.code().name())
                                .add("detail", failure.detail())));
        var artifacts = Json.createArrayBuilder();
        job.artifacts()
                .forEach(artifact -> artifacts.add(Json.createObjectBuilder()
                        .add("name", artifact.name())
                        .add("media_type", artifact.mediaType())
                        .add("bytes", artifact.bytes())
                        .add("url", "/api/jobs/" + job.id() + "/artifacts/" + encoded(artifact.name()))));
        return json.add("artifacts", artifacts).add("bytes", job.bytes());
    }

    static JsonObject event(JobEvent event) {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("sequence", event.sequence())
                .add("time", event.time().toString())
                .add("type", wireName(event.type()))
                .add("state", wireName(event.state()))
                .add("stage", event.stage())
                .add("progress", event.progress())
                .add("message", event.message());
        event.data().ifPresent(data -> json.add("data", parsed(data)));
        return json.build();
    }

    public static String wireName(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** For a path and for a header's {@code filename*}: percent for everything unusual. */
    static String encoded(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** JSON that a kind or a client has written; as text where it is none after all. */
    private static JsonValue parsed(String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return reader.readValue();
        } catch (JsonException | IllegalStateException e) {
            return Json.createValue(text);
        }
    }
}
