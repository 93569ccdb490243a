package dev.osprey.studio;

import dev.osprey.access.Caller;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.jobs.Downloads;
import dev.osprey.studio.Studio.Found;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.json.Json;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;

/** Results and pictures as files ({@code protocols/studio.md}, 4.5 and 4.6). Nothing is found but by names that the server made. */
@Singleton
@Path("/")
@Produces(MediaType.WILDCARD)
public class FilesResource {

    private static final int NOT_FOUND = 404;
    private static final int BYTES_PER_MIB = 1_048_576;

    private static final Map<String, String> MEDIA_TYPES = Map.ofEntries(
            Map.entry("png", "image/png"),
            Map.entry("jpg", "image/jpeg"),
            Map.entry("jpeg", "image/jpeg"),
            Map.entry("gif", "image/gif"),
            Map.entry("bmp", "image/bmp"),
            Map.entry("tiff", "image/tiff"),
            Map.entry("webp", "image/webp"),
            Map.entry("stl", MeshFormat.STL.mediaType()),
            Map.entry("obj", MeshFormat.OBJ.mediaType()),
            Map.entry("glb", MeshFormat.GLB.mediaType()),
            Map.entry("ply", MeshFormat.PLY.mediaType()));

    private final Studio studio;
    private final Downloads downloads;

    @Inject
    public FilesResource(Studio studio, Downloads downloads) {
        this.studio = studio;
        this.downloads = downloads;
    }

    @GET
    @Path("download/{id}/{name}")
    public void download(
            @PathParam("id") String id,
            @PathParam("name") String name,
            @Context HttpServletRequest request,
            @Suspended AsyncResponse response) {
        find(id, name, request, response, file -> attachment(file));
    }

    @GET
    @Path("download-base64/{id}/{name}")
    public void base64(
            @PathParam("id") String id,
            @PathParam("name") String name,
            @Context HttpServletRequest request,
            @Suspended AsyncResponse response) {
        find(id, name, request, response, this::encoded);
    }

    @GET
    @Path("preview/{name}")
    public void preview(
            @PathParam("name") String name, @Context HttpServletRequest request, @Suspended AsyncResponse response) {
        java.nio.file.Path file = studio.preview(name, Caller.of(request))
                .orElseThrow(() -> new OspreyException(ErrorCode.ARTIFACT_UNKNOWN, "Image not found"));
        downloads.answer(response, () -> inline(new Found.File(file, name)));
    }

    @GET
    @Path("preview-output/{id}/{name}")
    public void output(
            @PathParam("id") String id,
            @PathParam("name") String name,
            @Context HttpServletRequest request,
            @Suspended AsyncResponse response) {
        try {
            find(id, name, request, response, FilesResource::inline);
        } catch (OspreyException e) {
            boolean unknown = e.code() == ErrorCode.JOB_UNKNOWN || e.code() == ErrorCode.ARTIFACT_UNKNOWN;
            throw unknown ? new OspreyException(e.code(), "Output not found", e) : e;
        }
    }

    private interface Answer {
        Response to(Found.File file) throws IOException;
    }

    /** Answers at once with what is there; with what is being made when it is, for as long as clients like to wait. */
    private void find(String id, String name, HttpServletRequest request, AsyncResponse response, Answer answer) {
        Caller caller = Caller.of(request);
        Found found = studio.result(id, name, caller);
        if (found instanceof Found.File file) {
            downloads.answer(response, () -> answer.to(file));
        } else if (found instanceof Found.Underway underway) {
            studio.ended(
                            underway.job().id(),
                            caller.account(request.getRemoteAddr()),
                            studio.settings().downloadWait())
                    .whenComplete((job, failure) -> {
                        if (failure != null) {
                            response.resume(notYet());
                            return;
                        }
                        try {
                            if (studio.result(id, name, caller) instanceof Found.File file) {
                                downloads.answer(response, () -> answer.to(file));
                            } else {
                                response.resume(notYet());
                            }
                        } catch (RuntimeException e) {
                            // Any: the client would wait for ever.
                            response.resume(e);
                        }
                    });
        }
    }

    private static Response notYet() {
        return Response.status(NOT_FOUND)
                .header("Retry-After", 5)
                .type(MediaType.APPLICATION_JSON)
                .entity(Json.createObjectBuilder()
                        .add("error", "The file is still being made")
                        .build())
                .build();
    }

    private static Response attachment(Found.File file) throws IOException {
        return Response.ok((StreamingOutput) out -> Files.copy(file.path(), out))
                .type(MediaType.APPLICATION_OCTET_STREAM)
                .header(HttpHeaders.CONTENT_LENGTH, Files.size(file.path()))
                .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"" + file.name() + "\"")
                .header(HttpHeaders.CACHE_CONTROL, "no-cache, no-store, must-revalidate")
                .header("Pragma", "no-cache")
                .header(HttpHeaders.EXPIRES, "0")
                .build();
    }

    private Response encoded(Found.File file) throws IOException {
        long size = Files.size(file.path());
        long limit = (long) studio.settings().maxBase64Mib() * BYTES_PER_MIB;
        if (size > limit) {
            throw new OspreyException(
                    ErrorCode.UPLOAD_TOO_LARGE,
                    "The file has %d bytes, the limit for base64 is %d: use /api/download".formatted(size, limit));
        }
        EncodedFile encoded = new EncodedFile(file.path(), file.name(), size);
        return Response.ok(encoded)
                .type(MediaType.APPLICATION_JSON)
                .header(HttpHeaders.CONTENT_LENGTH, encoded.contentLength())
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .build();
    }

    private static Response inline(Found.File file) throws IOException {
        String type = MEDIA_TYPES.getOrDefault(FileName.extension(file.name()), MediaType.APPLICATION_OCTET_STREAM);
        return Response.ok((StreamingOutput) out -> Files.copy(file.path(), out))
                .type(type)
                .header(HttpHeaders.CONTENT_LENGTH, Files.size(file.path()))
                .header(HttpHeaders.CACHE_CONTROL, "private, no-cache")
                .build();
    }
}
