package dev.osprey.studio;

import dev.osprey.jobs.Job;
import dev.osprey.jobs.Job.State;
import dev.osprey.jobs.JobEvent;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Jobs in the protocol's words ({@code protocols/studio.md}, 4.1, 4.2 and 4.4). */
final class Status {

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd_HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** Before it has said anything itself. */
    private static final String START = "Starting image generation...";

    private static final String MESH_START = "Starting 3D generation...";

    private Status() {}

    /** What the protocol calls the job: that of the picture, whatever is made of it. */
    static String id(Job job) {
        return job.kind().equals(MeshJob.KIND) ? job.reference().orElseThrow() : job.id();
    }

    /** The name under which an upload's picture is shown. */
    static String uploadName(Job upload) {
        String original = parameters(upload).getString("original_filename");
        return "%s_%s_%s.png"
                .formatted(upload.id(), STAMP.format(upload.submitted()), FileName.withoutExtension(original));
    }

    /** The name of a made picture. */
    static String pictureName(String id) {
        return id + "_generated.png";
    }

    static JsonObject of(Job job) {
        return of(job, job.state(), job.progress(), job.message());
    }

    /** As the job was when that happened, which is before it ended. */
    static JsonObject of(Job job, JobEvent event, double progress) {
        return of(job, event.state(), progress, event.message());
    }

    private static JsonObject of(Job job, State state, double progress, String message) {
        JsonObjectBuilder json = Json.createObjectBuilder().add("job_id", id(job));
        switch (job.kind()) {
            case UploadJob.KIND -> {
                words(json, "pending", 0, "Image uploaded");
                json.add("filename", uploadName(job)).add("preview_url", previewUrl(uploadName(job)));
            }
            case PictureJob.KIND -> picture(json, job, state, progress, message);
            default -> mesh(json, job, state, progress, message);
        }
        return json.build();
    }

    private static void words(JsonObjectBuilder json, String status, int progress, String step) {
        json.add("status", status).add("progress", progress).add("step", step).add("message", step);
    }

    private static int percent(double progress) {
        // Whole only when it is done.
        return (int) Math.min(99, Math.floor(progress * 100));
    }

    private static void picture(JsonObjectBuilder json, Job job, State state, double progress, String message) {
        parameters(job).forEach(json::add);
        json.add("type", "text_to_image").add("job_type", "text-to-image");
        switch (state) {
            case QUEUED -> words(json, "pending", 0, "Waiting for its turn");
            case RUNNING -> words(json, "processing", percent(progress), message.isEmpty() ? START : message);
            case SUCCEEDED -> {
                words(json, "completed", 100, "Image generation complete!");
                String name = pictureName(job.id());
                json.add("filename", name).add("preview_url", previewUrl(name)).add("image_url", previewUrl(name));
                job.result().flatMap(Fields::object).ifPresent(result -> result.forEach(json::add));
            }
            default -> {
                // Its client takes a field "error" for passing trouble and asks on.
                words(json, "failed", 0, "Image generation failed: " + reason(job));
                json.add("error_type", code(job)).add("error_details", reason(job));
            }
        }
    }

    private static void mesh(JsonObjectBuilder json, Job job, State state, double progress, String message) {
        MeshRequest request = MeshRequest.ofJson(job.parameters());
        switch (state) {
            case QUEUED -> words(json, "initializing", 0, MESH_START);
            case RUNNING -> words(json, "processing", percent(progress), message.isEmpty() ? MESH_START : message);
            case SUCCEEDED -> {
                JsonObject result = job.result().flatMap(Fields::object).orElse(JsonObject.EMPTY_JSON_OBJECT);
                words(
                        json,
                        "completed",
                        100,
                        result.getBoolean("cached", false)
                                ? "3D model retrieved from cache!"
                                : "3D model generation complete!");
                json.add("output_file", request.fileName())
                        .add("download_url", downloadUrl(request.source(), request.fileName()));
                result.forEach(json::add);
            }
            default -> {
                words(json, "failed", 0, "3D generation failed: " + reason(job));
                json.add("error", reason(job));
            }
        }
        json.add("type", "image_to_3d")
                .add("format", request.format().wireName())
                .add("dimensions", request.dimensions())
                .add("quality", request.quality())
                .add("mode", request.mode().wireName())
                .add("result_id", job.id());
    }

    /** One sentence that is safe to show. */
    static String reason(Job job) {
        return switch (job.state()) {
            case CANCELLED -> "It was cancelled";
            case EXPIRED -> "Its files are gone";
            default -> job.failure().map(Job.Failure::detail).orElse("The server's log says why");
        };
    }

    private static String code(Job job) {
        return switch (job.state()) {
            case CANCELLED, EXPIRED -> job.state().name();
            default -> job.failure().map(failure -> failure.code().name()).orElse("JOB_FAILED");
        };
    }

    static JsonObject parameters(Job job) {
        return Fields.object(job.parameters()).orElseThrow();
    }

    static String previewUrl(String name) {
        return "/api/preview/" + name;
    }

    static String downloadUrl(String id, String name) {
        return "/api/download/" + id + "/" + name;
    }
}
