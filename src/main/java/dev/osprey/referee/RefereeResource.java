package dev.osprey.referee;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.osprey.access.Caller;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.jobs.Job;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.EntityPart;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code /analyze} and {@code /streaming/stats}, see {@link RefereeAddress}; and the way of a page to its job. */
@Singleton
@Path("referee")
@Produces(MediaType.APPLICATION_JSON)
public class RefereeResource {

    private static final int UNPROCESSABLE = 422;
    private static final Set<String> TRUE = Set.of("true", "1", "yes", "on", "t", "y");
    private static final Set<String> FALSE = Set.of("false", "0", "no", "off", "f", "n");

    /** Of a flag's text. */
    private static final int MAX_FLAG_BYTES = 16;

    private final Referee referee;

    @Inject
    public RefereeResource(Referee referee) {
        this.referee = referee;
    }

    @GET
    @Path("stats")
    public JsonObject stats(@Context HttpServletRequest request) {
        return referee.stats(Caller.of(request));
    }

    /** A video and its signal in, the result out once it is there. */
    @POST
    @Path("analyze")
    @LimitedUpload
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    public CompletionStage<Response> analyze(
            @Nullable List<EntityPart> received,
            @Context HttpServletRequest request,
            @Context ContainerRequestContext context)
            throws IOException {
        List<EntityPart> parts = parts(received);
        Optional<Response> obstacle = obstacle(parts);
        if (obstacle.isPresent()) {
            return CompletableFuture.completedStage(obstacle.get());
        }
        Job job = submit(parts, Caller.of(request));
        UploadLimit.release(context);
        try {
            return referee.ended(job.id(), Caller.of(request).account(request.getRemoteAddr()))
                    .thenApply(this::answer);
        } catch (OspreyException e) {
            referee.cancel(job);
            throw e;
        }
    }

    /** As {@link #analyze}, but the answer is the job, which the client may follow. */
    @POST
    @Path("bouts")
    @LimitedUpload
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    public Response submitted(@Nullable List<EntityPart> received, @Context HttpServletRequest request)
            throws IOException {
        List<EntityPart> parts = parts(received);
        Optional<Response> obstacle = obstacle(parts);
        if (obstacle.isPresent()) {
            return obstacle.get();
        }
        String id = submit(parts, Caller.of(request)).id();
        return Response.accepted(Json.createObjectBuilder().add("job_id", id).build())
                .location(URI.create("/api/jobs/" + id))
                .build();
    }

    /** The container reads nothing where there is neither a body nor a type. */
    private static List<EntityPart> parts(@Nullable List<EntityPart> received) {
        return received == null ? List.of() : received;
    }

    /** What to answer where a file or the model is missing. */
    private Optional<Response> obstacle(List<EntityPart> parts) {
        JsonArrayBuilder detail = Json.createArrayBuilder();
        List<String> missing = Stream.of("video", "signal")
                .filter(name -> named(parts, name).isEmpty())
                .toList();
        missing.forEach(name -> detail.add(missing(name)));
        if (!missing.isEmpty()) {
            return Optional.of(Response.status(UNPROCESSABLE)
                    .entity(Json.createObjectBuilder().add("detail", detail).build())
                    .build());
        }
        // 503 would say more, but 500 is what the protocol says.
        return referee.obstacle().map(why -> Response.serverError()
                .entity(Json.createObjectBuilder()
                        .add("detail", "YOLO model not loaded")
                        .build())
                .build());
    }

    /** @param parts with a video and a signal */
    private Job submit(List<EntityPart> parts, Caller caller) throws IOException {
        EntityPart video = named(parts, "video").orElseThrow();
        EntityPart signal = named(parts, "signal").orElseThrow();
        String videoName = fileName(video, "Video");
        String signalName = fileName(signal, "Signal");
        boolean keypoints = flag(parts, "include_keypoints", false);
        boolean overlay = flag(parts, "save_overlay", true);
        AnalysisRequest request = new AnalysisRequest(
                Optional.empty(), signalName, Optional.of(videoName), keypoints, overlay, Optional.empty());
        return referee.submit(signalName, request, caller.owner(), folder -> {
            try (InputStream content = video.getContent()) {
                Files.copy(content, folder.resolve(BoutAnalysis.VIDEO));
            }
            Files.write(folder.resolve(BoutAnalysis.SIGNAL), limited(signal));
        });
    }

    private byte[] limited(EntityPart signal) throws IOException {
        int limit = referee.settings().maxSignalBytes();
        byte[] text;
        try (InputStream content = signal.getContent()) {
            text = content.readNBytes(limit + 1);
        }
        if (text.length > limit) {
            throw new OspreyException(
                    ErrorCode.UPLOAD_TOO_LARGE,
                    "The signal file is larger than the limit of %d bytes".formatted(limit));
        }
        return text;
    }

    private Response answer(Job job) {
        return Response.ok(referee.result(job)).build();
    }

    private static Optional<EntityPart> named(List<EntityPart> parts, String name) {
        return parts.stream().filter(part -> name.equals(part.getName())).findFirst();
    }

    private static JsonObject missing(String part) {
        return Json.createObjectBuilder()
                .add("loc", Json.createArrayBuilder().add("body").add(part))
                .add("msg", "Field required")
                .add("type", "missing")
                .build();
    }

    private static String fileName(EntityPart part, String which) {
        String name = part.getFileName().orElse("");
        if (name.isEmpty()) {
            throw new OspreyException(ErrorCode.SETTING_INVALID, which + " file must have a filename");
        } else if (name.length() > Request.MAX_NAME_LENGTH) {
            throw new OspreyException(
                    ErrorCode.SETTING_INVALID,
                    "%s file's name has %d characters, the limit is %d"
                            .formatted(which, name.length(), Request.MAX_NAME_LENGTH));
        }
        return name;
    }

    private static boolean flag(List<EntityPart> parts, String name, boolean otherwise) throws IOException {
        Optional<EntityPart> part = named(parts, name);
        if (part.isEmpty()) {
            return otherwise;
        }
        String text;
        try (InputStream content = part.get().getContent()) {
            text = new String(content.readNBytes(MAX_FLAG_BYTES), UTF_8).strip().toLowerCase(Locale.ROOT);
        }
        if (text.isEmpty()) {
            return otherwise;
        } else if (TRUE.contains(text) || FALSE.contains(text)) {
            return TRUE.contains(text);
        }
        throw new OspreyException(
                ErrorCode.SETTING_INVALID, "%s is \"%s\", expected true or false".formatted(name, text));
    }
}
