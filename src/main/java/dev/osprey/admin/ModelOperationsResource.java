package dev.osprey.admin;

import dev.osprey.runtime.WarmModels;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** {@code /api/admin/models}: the model repository, and loading, swapping, unloading, warming and trying what is in it. */
@Singleton
@Path("admin/models")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Models")
public class ModelOperationsResource {

    private static final double NANOS_PER_MILLISECOND = 1e6;

    private final ServerView view;
    private final WarmModels models;
    private final Trials trials;

    @Inject
    public ModelOperationsResource(ServerView view, WarmModels models, Trials trials) {
        this.view = view;
        this.models = models;
        this.trials = trials;
    }

    @GET
    @Operation(summary = "Models of the repository, loaded or not")
    public JsonArray list() {
        return view.models();
    }

    /**
     * Loads the version that the manifest names, unless one is served already; or the version of {@code {"version": 2}}, beside the
     * one that is served until the new one is warm.
     */
    @PUT
    @Path("{name}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Load a model, or swap its version; answers once it is warm")
    public JsonObject serve(@PathParam("name") String name, InputStream body) throws IOException {
        JsonObject wanted = JsonBody.object(body);
        if (wanted.containsKey("version")) {
            models.swap(name, ModelsResource.version(wanted.get("version")));
        } else {
            models.load(name);
        }
        return view.model(name);
    }

    @DELETE
    @Path("{name}")
    @Operation(summary = "Unload a model; its last runs are finished")
    public JsonObject unload(@PathParam("name") String name) {
        models.unload(name);
        return view.model(name);
    }

    @POST
    @Path("{name}/warm")
    @Operation(summary = "Run a model on random input as its warm-up does, behind live streams")
    public JsonObject warm(@PathParam("name") String name) {
        List<Duration> runs = trials.warm(name);
        JsonArrayBuilder milliseconds = Json.createArrayBuilder();
        runs.forEach(run -> milliseconds.add(ServerView.rounded(run.toNanos() / NANOS_PER_MILLISECOND)));
        return Json.createObjectBuilder()
                .add("runs", runs.size())
                .add("milliseconds", milliseconds)
                .build();
    }

    @POST
    @Path("{name}/try")
    @Consumes({"image/jpeg", "image/png"})
    @Operation(summary = "Run a model on one picture, behind live streams")
    public JsonObject attempt(@PathParam("name") String name, InputStream body) throws IOException {
        return trials.look(name, body);
    }
}
