package dev.osprey.jobs;

import dev.osprey.access.Caller;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.jobs.Job.Artifact;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.ResponseBuilder;
import jakarta.ws.rs.core.StreamingOutput;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseEventSink;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code /api/jobs}: what the jobs are, their events and their files; cancelling and deleting. */
@Singleton
@Path("jobs")
@Produces(MediaType.APPLICATION_JSON)
public class JobsResource {

    private static final int MAX_LISTED = 200;
    private static final int MAX_EVENTS = 1_000;
    private static final int BUFFER_BYTES = 65_536;

    private final Jobs jobs;
    private final Downloads downloads;

    @Inject
    public JobsResource(Jobs jobs, Downloads downloads) {
        this.jobs = jobs;
        this.downloads = downloads;
    }

    /** Newest first; the caller's own, all for who sees all. */
    @GET
    public JsonObject list(
            @QueryParam("kind") @Nullable String kind,
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("offset") @Nullable String offset,
            @Context HttpServletRequest request) {
        Caller caller = Caller.of(request);
        JsonArrayBuilder list = Json.createArrayBuilder();
        jobs.latest(
                        Optional.ofNullable(kind),
                        caller.seesAll() ? Optional.empty() : caller.owner(),
                        (int) number("limit", limit, 50, 1, MAX_LISTED),
                        (int) number("offset", offset, 0, 0, Integer.MAX_VALUE))
                .forEach(job -> list.add(JobJson.outline(job)));
        return Json.createObjectBuilder().add("jobs", list).build();
    }

    @GET
    @Path("{id}")
    public JsonObject find(@PathParam("id") String id, @Context HttpServletRequest request) {
        return JobJson.full(known(id, request));
    }

    @POST
    @Path("{id}/cancel")
    public JsonObject cancel(@PathParam("id") String id, @Context HttpServletRequest request) {
        Job unused = known(id, request);
        return JobJson.full(jobs.cancel(id));
    }

    @DELETE
    @Path("{id}")
    public void delete(@PathParam("id") String id, @Context HttpServletRequest request) {
        Job unused = known(id, request);
        jobs.delete(id);
    }

    /** The events after a number, as many as fit; who asks again after the last of them misses none. */
    @GET
    @Path("{id}/events")
    public JsonObject events(
            @PathParam("id") String id,
            @QueryParam("after") @Nullable String after,
            @QueryParam("limit") @Nullable String limit,
            @Context HttpServletRequest request) {
        Job job = known(id, request);
        JsonArrayBuilder events = Json.createArrayBuilder();
        jobs.events(id, number("after", after, 0, 0, Long.MAX_VALUE), (int)
                        number("limit", limit, MAX_EVENTS, 1, MAX_EVENTS))
                .forEach(event -> events.add(JobJson.event(event)));
        return Json.createObjectBuilder()
                .add("state", JobJson.wireName(job.state()))
                .add("events", events)
                .build();
    }

    /**
     * The events after the one that the client had last, then each as it comes, until the job has ended. Nothing but 204 for who has
     * had all, which is what keeps a browser from asking again.
     */
    @GET
    @Path("{id}/events")
    @Produces(MediaType.SERVER_SENT_EVENTS)
    public void follow(
            @PathParam("id") String id,
            @HeaderParam("Last-Event-ID") @Nullable String lastEventId,
            @QueryParam("after") @Nullable String after,
            @Context SseEventSink sink,
            @Context Sse sse,
            @Context HttpServletRequest request) {
        Job job = known(id, request);
        long last = lastEventId != null
                ? number("Last-Event-ID", lastEventId, 0, 0, Long.MAX_VALUE)
                : number("after", after, 0, 0, Long.MAX_VALUE);
        if (job.state().isFinished() && jobs.events(id, last, 1).isEmpty()) {
            throw new WebApplicationException(Response.noContent().build());
        }
        Caller caller = Caller.of(request);
        new EventStream(sink, sse, caller).begin(jobs, id, last, caller.account(request.getRemoteAddr()));
    }

    /** A file of a job, whole or one range of it; for the page to show, or with {@code ?download} to be saved. */
    @GET
    @Path("{id}/artifacts/{name}")
    @Produces(MediaType.WILDCARD)
    public void artifact(
            @PathParam("id") String id,
            @PathParam("name") String name,
            @QueryParam("download") @Nullable String download,
            @HeaderParam("Range") @Nullable String range,
            @HeaderParam("If-Range") @Nullable String ifRange,
            @Context Request conditions,
            @Context HttpServletRequest request,
            @Suspended AsyncResponse response) {
        Job job = known(id, request);
        downloads.answer(response, () -> file(job, name, download, range, ifRange, conditions, true));
    }

    @HEAD
    @Path("{id}/artifacts/{name}")
    @Produces(MediaType.WILDCARD)
    public Response head(
            @PathParam("id") String id,
            @PathParam("name") String name,
            @QueryParam("download") @Nullable String download,
            @HeaderParam("Range") @Nullable String range,
            @HeaderParam("If-Range") @Nullable String ifRange,
            @Context Request conditions,
            @Context HttpServletRequest request)
            throws IOException {
        return file(known(id, request), name, download, range, ifRange, conditions, false);
    }

    private Response file(
            Job job,
            String name,
            @Nullable String download,
            @Nullable String range,
            @Nullable String ifRange,
            Request conditions,
            boolean withBody)
            throws IOException {
        Artifact artifact = job.artifact(name)
                .orElseThrow(() -> new OspreyException(
                        ErrorCode.ARTIFACT_UNKNOWN, "The job has no artifact of that name, or no longer"));
        java.nio.file.Path file = jobs.file(job, artifact);
        long size = Files.size(file);
        EntityTag tag = new EntityTag(Long.toHexString(size) + "-"
                + Long.toHexString(Files.getLastModifiedTime(file).toMillis()));
        ResponseBuilder unchanged = conditions.evaluatePreconditions(tag);
        if (unchanged != null) {
            return unchanged.tag(tag).build();
        }
        boolean rangeHolds = ifRange == null || ifRange.strip().equals('"' + tag.getValue() + '"');
        Optional<ByteRange> part = range == null || !rangeHolds ? Optional.empty() : ByteRange.of(range, size);
        if (part.isPresent() && !part.get().isSatisfiable()) {
            return Response.status(Response.Status.REQUESTED_RANGE_NOT_SATISFIABLE)
                    .header("Content-Range", "bytes */" + size)
                    .build();
        }
        ByteRange sent = part.orElse(new ByteRange(0, size - 1));
        ResponseBuilder response = Response.status(
                        part.isPresent() ? Response.Status.PARTIAL_CONTENT : Response.Status.OK)
                .type(artifact.mediaType())
                .tag(tag)
                .header("Accept-Ranges", "bytes")
                .header(HttpHeaders.CONTENT_LENGTH, sent.bytes())
                .header(HttpHeaders.CACHE_CONTROL, "private, no-cache")
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        (download == null ? "inline" : "attachment") + "; filename*=UTF-8''" + JobJson.encoded(name))
                .header("X-Content-Type-Options", "nosniff")
                // A file that a browser shows as a page of its own is not one of this server's pages.
                .header("Content-Security-Policy", "sandbox");
        part.ifPresent(bytes ->
                response.header("Content-Range", "bytes %d-%d/%d".formatted(bytes.first(), bytes.last(), size)));
        if (withBody) {
            response.entity((StreamingOutput) out -> copy(file, sent, out));
        }
        return response.build();
    }

    private static void copy(java.nio.file.Path file, ByteRange range, OutputStream out) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream in = Files.newInputStream(file)) {
            in.skipNBytes(range.first());
            long left = range.bytes();
            while (left > 0) {
                int read = in.read(buffer, 0, (int) Math.min(left, buffer.length));
                if (read < 0) {
                    throw new IOException("The file has become shorter");
                }
                out.write(buffer, 0, read);
                left -= read;
            }
        }
    }

    /** The job, where it is the caller's to see; who may not see it does not learn that there is one. */
    private Job known(String id, HttpServletRequest request) {
        return jobs.find(id)
                .filter(job -> Caller.of(request).sees(job.owner()))
                .orElseThrow(() -> new OspreyException(ErrorCode.JOB_UNKNOWN, "There is no job of that id"));
    }

    private static long number(String name, @Nullable String text, long unless, long least, long most) {
        if (text == null) {
            return unless;
        }
        try {
            long number = Long.parseLong(text.strip());
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told as a number out of range is.
        }
        throw new OspreyException(
                ErrorCode.SETTING_INVALID,
                "%s is \"%s\", expected a whole number from %d to %d"
                        .formatted(name, text.substring(0, Math.min(text.length(), 40)), least, most));
    }
}
