package dev.osprey.admin;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.jobs.Job;
import dev.osprey.jobs.JobJson;
import dev.osprey.jobs.Jobs;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.json.JsonObject;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** {@code /api/admin/jobs}: everybody's jobs. */
@Singleton
@Path("admin/jobs")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Jobs")
public class JobOperationsResource {

    private static final int LISTED = 50;
    private static final int MAX_LISTED = 200;

    private final ServerView view;
    private final Jobs jobs;

    @Inject
    public JobOperationsResource(ServerView view, Jobs jobs) {
        this.view = view;
        this.jobs = jobs;
    }

    @GET
    @Operation(summary = "Jobs, the newest first")
    public JsonObject list(
            @QueryParam("kind") @Nullable String kind,
            @QueryParam("state") @Nullable String state,
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("offset") @Nullable String offset) {
        return view.jobs(
                Optional.ofNullable(kind),
                Optional.ofNullable(state).map(JobOperationsResource::state),
                Parameters.number("limit", limit, LISTED, 1, MAX_LISTED),
                Parameters.number("offset", offset, 0, 0, Integer.MAX_VALUE));
    }

    private static Job.State state(String name) {
        return Arrays.stream(Job.State.values())
                .filter(state -> JobJson.wireName(state).equals(name))
                .findFirst()
                .orElseThrow(() -> new OspreyException(
                        ErrorCode.SETTING_INVALID,
                        "state is \"%s\", expected one of %s"
                                .formatted(
                                        Parameters.quoted(name),
                                        Arrays.stream(Job.State.values())
                                                .map(JobJson::wireName)
                                                .collect(Collectors.joining(", ")))));
    }

    @POST
    @Path("{id}/cancel")
    @Operation(summary = "Cancel a job; one that has ended stays as it is")
    public JsonObject cancel(@PathParam("id") String id) {
        return JobJson.full(jobs.cancel(id));
    }

    @POST
    @Path("{id}/retry")
    @Operation(summary = "Submit a new job of the same kind, parameters, owner and input as one that has ended")
    public Response retry(@PathParam("id") String id) throws IOException {
        Job job = jobs.retry(id);
        return Response.created(URI.create("jobs/" + job.id()))
                .entity(JobJson.full(job))
                .build();
    }

    @DELETE
    @Path("{id}")
    @Operation(summary = "Forget a job that has ended, with its files")
    public void delete(@PathParam("id") String id) {
        jobs.delete(id);
    }
}
