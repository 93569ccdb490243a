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
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.EntityPart;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code POST /api/upload-image}: a picture in, the identifier of its job out. */
@Singleton
@Path("upload-image")
@Produces(MediaType.APPLICATION_JSON)
public class UploadResource {

    private static final Logger LOG = System.getLogger(UploadResource.class.getName());

    private final Studio studio;

    @Inject
    public UploadResource(Studio studio) {
        this.studio = studio;
    }

    @POST
    @RateFilter.Limited
    @StudioUploads.Limited
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    public JsonObject upload(@Nullable List<EntityPart> parts, @Context HttpServletRequest request) {
        EntityPart image = Part.named(parts, "image").orElseThrow(UploadResource::none);
        String name = image.getFileName().orElse("");
        if (name.isBlank()) {
            throw new OspreyException(ErrorCode.UPLOAD_INVALID, "No file selected");
        }
        try {
            return answer(studio.upload(name, Part.bytes(image), Caller.of(request)));
        } catch (IOException e) {
            LOG.log(Level.WARNING, "An upload could not be kept", e);
            throw new OspreyException(ErrorCode.JOB_FAILED, "Upload failed", e);
        }
    }

    /** Any other body. */
    @POST
    @Consumes(MediaType.WILDCARD)
    public JsonObject other() {
        throw none();
    }

    private static OspreyException none() {
        return new OspreyException(ErrorCode.UPLOAD_INVALID, "No image file provided");
    }

    private static JsonObject answer(Job job) {
        JsonObject parameters = Status.parameters(job);
        String name = Status.uploadName(job);
        return Json.createObjectBuilder()
                .add("job_id", job.id())
                .add("filename", name)
                .add("original_filename", parameters.getString("original_filename"))
                .add("preview_url", Status.previewUrl(name))
                .add("image_url", Status.previewUrl(name))
                .add("status", "uploaded")
                .add("image_info", parameters.get("image_info"))
                .build();
    }
}
