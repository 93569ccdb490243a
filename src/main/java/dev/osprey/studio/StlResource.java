package dev.osprey.studio;

import dev.osprey.access.BodyLimit;
import dev.osprey.access.Caller;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.jobs.Job;
import dev.osprey.studio.MeshOperation.Operation;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.json.JsonObject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.EntityPart;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /api/stl/analyze}, {@code repair}, {@code optimize}, {@code simplify}: a mesh in, a report out, or the new mesh
 * itself where the client accepts nothing else ({@code protocols/studio.md}, 6).
 */
@Singleton
@Path("stl")
@Produces(MediaType.WILDCARD)
public class StlResource {

    private static final List<String> MESH_TYPES = List.of("model/stl", MediaType.APPLICATION_OCTET_STREAM);

    /** Much longer than clients wait. */
    private static final Duration PATIENCE = Duration.ofHours(1);

    private final Studio studio;

    @Inject
    public StlResource(Studio studio) {
        this.studio = studio;
    }

    @POST
    @Path("{operation: analyze|repair|optimize|simplify}")
    @StudioUploads.Limited
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    public CompletionStage<Response> work(
            @PathParam("operation") String operation,
            @Nullable List<EntityPart> parts,
            @Context HttpHeaders headers,
            @Context HttpServletRequest http,
            @Context ContainerRequestContext context)
            throws IOException {
        Caller caller = Caller.of(http);
        MeshOperation.Request request = request(Operation.valueOf(operation.toUpperCase(Locale.ROOT)), parts);
        Job job = studio.submit(request, Part.bytes(file(parts)), caller);
        BodyLimit.release(context);
        boolean asMesh = headers.getAcceptableMediaTypes().stream()
                .anyMatch(type -> MESH_TYPES.contains(type.getType() + "/" + type.getSubtype()));
        try {
            return studio.ended(job.id(), caller.account(http.getRemoteAddr()), PATIENCE)
                    .thenApply(ended -> answer(ended, request, asMesh, caller));
        } catch (OspreyException e) {
            studio.cancel(job);
            throw e;
        }
    }

    /** Any other body. */
    @POST
    @Path("{operation: analyze|repair|optimize|simplify}")
    @Consumes(MediaType.WILDCARD)
    @Produces(MediaType.APPLICATION_JSON)
    public Response other() {
        throw none();
    }

    private static OspreyException none() {
        return new OspreyException(ErrorCode.UPLOAD_INVALID, "No STL file provided");
    }

    private static EntityPart file(@Nullable List<EntityPart> parts) {
        EntityPart file = Part.named(parts, "file")
                .filter(part -> !part.getFileName().orElse("").isBlank())
                .orElseThrow(StlResource::none);
        if (!FileName.extension(file.getFileName().orElse("")).equals("stl")) {
            throw new OspreyException(ErrorCode.UPLOAD_INVALID, "File must be STL format");
        }
        return file;
    }

    private static MeshOperation.Request request(Operation operation, @Nullable List<EntityPart> parts)
            throws IOException {
        String faces = Part.text(parts, "target_faces");
        String reduction = Part.text(parts, "target_reduction");
        return new MeshOperation.Request(
                operation,
                FileName.cleaned(file(parts).getFileName().orElse("")),
                Part.text(parts, "aggressive").equalsIgnoreCase("true"),
                faces.isEmpty() || operation != Operation.SIMPLIFY
                        ? Optional.empty()
                        : Optional.of((int) number("target_faces", faces, 1, Integer.MAX_VALUE)),
                reduction.isEmpty() || operation != Operation.SIMPLIFY
                        ? MeshOperation.DEFAULT_REDUCTION
                        : number("target_reduction", reduction, 0, 1));
    }

    private static double number(String name, String text, double least, double most) {
        try {
            double number = Double.parseDouble(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told as a number out of range is.
        }
        throw new OspreyException(
                ErrorCode.SETTING_INVALID,
                "%s is \"%s\", expected a number from %.0f to %.0f"
                        .formatted(name, text.substring(0, Math.min(40, text.length())), least, most));
    }

    private Response answer(Job job, MeshOperation.Request request, boolean asMesh, Caller caller) {
        JsonObject report = studio.outcome(job);
        if (!asMesh || request.operation() == Operation.ANALYZE) {
            return Response.ok(report).type(MediaType.APPLICATION_JSON).build();
        }
        if (studio.result(job.id(), request.outputName(), caller) instanceof Studio.Found.File file) {
            return Response.ok((StreamingOutput) out -> Files.copy(file.path(), out))
                    .type("model/stl")
                    .header(HttpHeaders.CONTENT_LENGTH, file.path().toFile().length())
                    .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"" + request.outputName() + "\"")
                    .build();
        }
        throw Studio.unknown();
    }
}
