package dev.osprey.studio;

import dev.osprey.access.Caller;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.jobs.Job;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.EntityPart;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** {@code POST /api/batch-generate}: several solids at once ({@code protocols/studio.md}, 5). */
@Singleton
@Path("batch-generate")
@Produces(MediaType.APPLICATION_JSON)
public class BatchResource {

    private static final Logger LOG = System.getLogger(BatchResource.class.getName());

    private static final int ACCEPTED = 202;
    private static final int BAD_REQUEST = 400;

    /** What the protocol's words stand for. */
    private enum Quality {
        LOW(3, 20),
        MEDIUM(6, 40),
        HIGH(9, 60);

        private final int quality;
        private final int seconds;

        Quality(int quality, int seconds) {
            this.quality = quality;
            this.seconds = seconds;
        }
    }

    private final Studio studio;

    @Inject
    public BatchResource(Studio studio) {
        this.studio = studio;
    }

    /** Files; what is refused has null in its place. */
    @POST
    @StudioUploads.Limited
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    public JsonObject files(@Nullable List<EntityPart> parts, @Context HttpServletRequest request) throws IOException {
        List<EntityPart> files = Part.all(parts).stream()
                .filter(part -> "files".equals(part.getName()))
                .toList();
        if (files.isEmpty()) {
            throw invalid("No files provided");
        }
        if (files.stream().allMatch(file -> file.getFileName().orElse("").isBlank())) {
            throw invalid("No files selected");
        }
        requireAtMost(files.size(), "files");
        String format = word(parts, "format_type", "stl", MeshFormat.wireNames());
        Quality quality = Quality.valueOf(word(parts, "quality", "medium", List.of("low", "medium", "high"))
                .toUpperCase(Locale.ROOT));
        int together = number(parts, "batch_size", 4);
        studio.meshObstacle(Optional.empty()).ifPresent(why -> {
            throw new OspreyException(ErrorCode.MODEL_NOT_READY, "AI models not ready");
        });
        List<Optional<Job>> uploads = new ArrayList<>();
        for (EntityPart file : files) {
            uploads.add(upload(file, Caller.of(request)));
        }
        int accepted = (int) uploads.stream().flatMap(Optional::stream).count();
        if (accepted == 0) {
            throw invalid("No valid image files provided");
        }
        List<Job> solids = new ArrayList<>();
        JsonArrayBuilder ids = Json.createArrayBuilder();
        for (Optional<Job> upload : uploads) {
            if (upload.isPresent()) {
                submit(
                                Json.createObjectBuilder()
                                        .add("job_id", upload.get().id())
                                        .add("format", format)
                                        .add("quality", quality.quality)
                                        .build(),
                                Caller.of(request))
                        .ifPresent(solids::add);
                ids.add(upload.get().id());
            } else {
                ids.addNull();
            }
        }
        announce(solids, request.getRemoteAddr());
        return Json.createObjectBuilder()
                .add("success", true)
                .add("job_ids", ids)
                .add("total_jobs", accepted)
                .add("estimated_time_seconds", (int) ((double) accepted / together * quality.seconds))
                .add("message", "Batch generation started: %d jobs queued".formatted(accepted))
                .build();
    }

    private Optional<Job> upload(EntityPart file, Caller caller) {
        try {
            return Optional.of(studio.upload(file.getFileName().orElse(""), Part.bytes(file), caller));
        } catch (OspreyException e) {
            if (e.code() != ErrorCode.UPLOAD_INVALID) {
                // Nothing is wrong with the file: the store is away, or there is no room.
                throw e;
            }
            LOG.log(Level.DEBUG, "A file of a batch is refused: {0}", e.reason());
        } catch (IOException e) {
            LOG.log(Level.WARNING, "A file of a batch could not be kept", e);
        }
        return Optional.empty();
    }

    /** When all are taken on: whoever hears of the first one should have the answer that names them all. */
    private void announce(List<Job> solids, String address) {
        Batch batch = new Batch(solids.size());
        solids.forEach(solid -> studio.announce(solid, address, Optional.of(batch)));
    }

    private Optional<Job> submit(JsonObject fields, Caller caller) throws IOException {
        List<Fault> faults = new ArrayList<>();
        MeshRequest wanted = MeshRequest.read(fields, faults).orElseThrow(() -> invalid("Invalid request parameters"));
        try {
            return Optional.of(studio.submit(wanted, caller));
        } catch (Studio.AlreadyUnderWay e) {
            // It will be there all the same.
            LOG.log(Level.DEBUG, "A solid of a batch is being made already");
            return Optional.empty();
        }
    }

    /** Uploads that are there, or one in several formats. */
    @POST
    @Consumes(MediaType.WILDCARD)
    public Response uploads(InputStream body, @Context HttpServletRequest request) throws IOException {
        JsonObject fields = Body.read(body).orElse(JsonObject.EMPTY_JSON_OBJECT);
        boolean several = fields.get("formats") instanceof JsonArray && fields.get("job_id") instanceof JsonString;
        String list = several ? "formats" : "job_ids";
        List<JsonValue> entries = fields.get(list) instanceof JsonArray array ? array : List.of();
        if (entries.isEmpty()) {
            throw invalid(several ? "formats has no entry" : "No job_ids provided");
        }
        // As they were sent: the same one many times is many.
        requireAtMost(entries.size(), list);
        String field = several ? "format" : "job_id";
        List<JsonObject> wanted = entries.stream()
                .distinct()
                .map(entry -> Json.createObjectBuilder(fields)
                        .remove("job_ids")
                        .remove("formats")
                        .add(field, entry)
                        .build())
                .toList();
        List<Fault> faults = new ArrayList<>();
        wanted.forEach(one -> MeshRequest.read(one, faults));
        if (!faults.isEmpty()) {
            return Response.status(BAD_REQUEST).entity(Fault.body(faults)).build();
        }
        List<String> ids =
                wanted.stream().map(one -> one.getString("job_id")).distinct().toList();
        for (String id : ids) {
            Job source = studio.source(id, Caller.of(request)).orElseThrow(Studio::unknown);
            if (source.kind().equals(PictureJob.KIND) && !source.state().isFinished()) {
                throw new OspreyException(
                        ErrorCode.JOB_UNFINISHED, "The picture of job %s is still being made".formatted(id));
            }
        }
        studio.meshObstacle(Optional.empty()).ifPresent(why -> {
            throw new OspreyException(ErrorCode.MODEL_NOT_READY, "AI models not ready");
        });
        List<Job> solids = new ArrayList<>();
        for (JsonObject one : wanted) {
            submit(one, Caller.of(request)).ifPresent(solids::add);
        }
        announce(solids, request.getRemoteAddr());
        return Response.status(ACCEPTED)
                .entity(Json.createObjectBuilder()
                        .add("success", true)
                        .add("batch_id", UUID.randomUUID().toString())
                        .add("job_count", wanted.size())
                        .add("job_ids", Json.createArrayBuilder(ids))
                        .add("status", "queued")
                        .build())
                .build();
    }

    private void requireAtMost(int count, String what) {
        int limit = studio.settings().maxBatchFiles();
        if (count > limit) {
            throw new OspreyException(
                    ErrorCode.UPLOAD_TOO_LARGE, "%d %s, the limit of a batch is %d".formatted(count, what, limit));
        }
    }

    private static String word(@Nullable List<EntityPart> parts, String name, String otherwise, List<String> allowed)
            throws IOException {
        String text = Part.text(parts, name).toLowerCase(Locale.ROOT);
        if (text.isEmpty()) {
            return otherwise;
        }
        if (!allowed.contains(text)) {
            throw invalid("%s is \"%s\", expected one of %s".formatted(name, text, String.join(", ", allowed)));
        }
        return text;
    }

    private static int number(@Nullable List<EntityPart> parts, String name, int otherwise) throws IOException {
        String text = Part.text(parts, name);
        if (text.isEmpty()) {
            return otherwise;
        }
        try {
            int number = Integer.parseInt(text);
            if (number >= 1) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told as a number out of range is.
        }
        throw invalid("%s is \"%s\", expected a whole number from 1 on".formatted(name, text));
    }

    private static OspreyException invalid(String sentence) {
        return new OspreyException(ErrorCode.UPLOAD_INVALID, sentence);
    }
}
