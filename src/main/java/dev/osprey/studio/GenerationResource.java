package dev.osprey.studio;

import dev.osprey.access.Caller;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.jobs.Job;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Making pictures and solids, and how far they are. */
@Singleton
@Path("/")
@Produces(MediaType.APPLICATION_JSON)
public class GenerationResource {

    private static final Logger LOG = System.getLogger(GenerationResource.class.getName());

    private static final int BAD_REQUEST = 400;
    private static final int CONFLICT = 409;
    private static final int UNAVAILABLE = 503;
    private static final int RETRY_SECONDS = 5;

    private final Studio studio;

    @Inject
    public GenerationResource(Studio studio) {
        this.studio = studio;
    }

    @POST
    @RateFilter.Limited
    @Path("text-to-image")
    @Consumes(MediaType.WILDCARD)
    public Response picture(InputStream body, @Context HttpServletRequest request) throws IOException {
        JsonObject fields = Body.read(body).orElse(JsonObject.EMPTY_JSON_OBJECT);
        if (!fields.containsKey("prompt") || fields.isNull("prompt")) {
            return error(BAD_REQUEST, "No prompt provided");
        }
        List<Fault> faults = new ArrayList<>();
        Optional<PictureRequest> wanted = PictureRequest.read(fields, faults);
        if (wanted.isEmpty()) {
            return Response.status(BAD_REQUEST).entity(Fault.body(faults)).build();
        }
        if (wanted.get().prompt().isBlank()) {
            return error(BAD_REQUEST, "Prompt cannot be empty");
        }
        if (studio.pictureObstacle().isPresent()) {
            return unavailable();
        }
        Job job = studio.submit(wanted.get(), request.getRemoteAddr(), Caller.of(request));
        return Response.ok(Json.createObjectBuilder()
                        .add("job_id", job.id())
                        .add("status", "processing")
                        .add("message", "Image generation started")
                        .build())
                .build();
    }

    @POST
    @RateFilter.Limited
    @Path("generate-3d")
    @Consumes(MediaType.WILDCARD)
    public Response solid(InputStream body, @Context HttpServletRequest request) throws IOException {
        List<Fault> faults = new ArrayList<>();
        Optional<MeshRequest> wanted = Body.read(body).flatMap(fields -> MeshRequest.read(fields, faults));
        if (wanted.isEmpty()) {
            return Response.status(BAD_REQUEST).entity(Fault.body(faults)).build();
        }
        if (studio.meshObstacle(wanted).isPresent()) {
            return unavailable();
        }
        try {
            Job job = studio.submit(wanted.get(), Caller.of(request));
            studio.announce(job, request.getRemoteAddr(), Optional.empty());
        } catch (Studio.AlreadyUnderWay e) {
            return Response.status(CONFLICT)
                    .entity(Json.createObjectBuilder()
                            .add("error", "Generation already in progress")
                            .add("job_id", wanted.get().source())
                            .add("status", "conflict")
                            .add(
                                    "message",
                                    "This job is currently being processed. Wait for completion or use a different job_id.")
                            .build())
                    .build();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "A solid could not be taken on", e);
            throw new OspreyException(ErrorCode.JOB_FAILED, "3D generation failed", e);
        }
        return Response.ok(Json.createObjectBuilder(wanted.get().toJson())
                        .add("status", "generating_3d")
                        .build())
                .build();
    }

    @GET
    @Path("job-status/{id}")
    public Response status(@PathParam("id") String id, @Context HttpServletRequest request) {
        JsonObject status =
                studio.newest(id, Caller.of(request)).map(Status::of).orElseThrow(Studio::unknown);
        return Response.ok(status).header("Cache-Control", "no-store").build();
    }

    private Response unavailable() {
        boolean loading = studio.isLoading();
        Response.ResponseBuilder response = Response.status(UNAVAILABLE)
                .entity(
                        loading
                                ? Json.createObjectBuilder()
                                        .add("error", "AI models still loading, please wait a few seconds...")
                                        .add("status", "models_loading")
                                        .add("retry_after", RETRY_SECONDS)
                                        .build()
                                : Json.createObjectBuilder()
                                        .add("error", "AI models not ready")
                                        .add("status", "models_not_ready")
                                        .build());
        return loading ? response.header("Retry-After", RETRY_SECONDS).build() : response.build();
    }

    private static Response error(int status, String sentence) {
        return Response.status(status)
                .entity(Json.createObjectBuilder().add("error", sentence).build())
                .build();
    }
}
