package dev.osprey.studio;

import dev.osprey.runtime.ExecutionProvider;
import dev.osprey.runtime.ModelStatus;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What the studio is and has: for clients that look before they ask ({@code protocols/studio.md}, 3, 4.7 and 4.8). */
@Singleton
@Path("/")
@Produces(MediaType.APPLICATION_JSON)
public class Descriptions {

    /** Of the protocol's modes the one that has everything. */
    static final String MODE = "full_ai";

    private static final int BAD_REQUEST = 400;

    /** Metalness and roughness as physically based renderers have them. */
    private static final List<Material> MATERIALS = List.of(
            new Material("metal", "#b8bcc2", 1, 0.3, 1),
            new Material("plastic", "#d9482b", 0, 0.45, 1),
            new Material("wood", "#9c6b3f", 0, 0.8, 1),
            new Material("glass", "#cfe8ef", 0, 0.05, 0.35),
            new Material("ceramic", "#f2efe8", 0, 0.2, 1),
            new Material("rubber", "#2f2f33", 0, 0.95, 1));

    private static final List<Lighting> LIGHTING = List.of(
            new Lighting("studio", "#ffffff", 0.5, 1.0),
            new Lighting("daylight", "#fff4e0", 0.6, 1.2),
            new Lighting("evening", "#ffb27a", 0.35, 0.9),
            new Lighting("night", "#9fb8ff", 0.15, 0.5));

    private record Material(String name, String colour, double metalness, double roughness, double opacity) {}

    private record Lighting(String name, String colour, double ambient, double directional) {}

    private final Studio studio;

    @Inject
    public Descriptions(Studio studio) {
        this.studio = studio;
    }

    @GET
    @Path("health")
    public JsonObject health() {
        boolean pictures = studio.pictureObstacle().isEmpty();
        boolean solids = studio.meshObstacle(Optional.empty()).isEmpty();
        JsonArrayBuilder capabilities = Json.createArrayBuilder()
                .add("image_upload")
                .add("3d_generation")
                .add("stl_export")
                .add("gpu_memory_management");
        if (pictures) {
            capabilities.add("text_to_image");
        }
        if (solids) {
            // What its clients call the way from a picture to a solid, and a picture on it.
            capabilities.add("hunyuan3d").add("advanced_texturing");
        }
        return Json.createObjectBuilder()
                .add("status", "healthy")
                .add("timestamp", Instant.now().toString())
                .add("mode", MODE)
                .add("gpu_info", gpu())
                .add("active_jobs", studio.active())
                .add("models_status", pictures && solids ? "ready" : studio.isLoading() ? "loading" : "not_ready")
                .add("processor", processor())
                .add("capabilities", capabilities)
                .build();
    }

    @GET
    @Path("models-info")
    public JsonObject models() {
        return Json.createObjectBuilder()
                .add("mode", MODE)
                .add("device", device())
                .add("gpu_stats", gpu())
                .add("processor", processor())
                .build();
    }

    private String device() {
        boolean cuda = studio.modelStatus().stream()
                .anyMatch(status ->
                        status.state() == ModelStatus.State.READY && status.provider() == ExecutionProvider.CUDA);
        return cuda ? "cuda" : "cpu";
    }

    /** Of the budget that all models share, wherever they run. */
    private JsonObject gpu() {
        int allocated = studio.modelStatus().stream()
                .filter(status -> status.state() == ModelStatus.State.READY)
                .mapToInt(ModelStatus::memoryMib)
                .sum();
        int total = studio.memoryBudgetMib();
        JsonObjectBuilder json = Json.createObjectBuilder();
        for (String suffix : List.of("", "_mb")) {
            json.add("allocated" + suffix, allocated)
                    .add("reserved" + suffix, allocated)
                    .add("total" + suffix, total)
                    .add("free" + suffix, total - allocated);
        }
        return json.build();
    }

    private JsonObject processor() {
        JsonObjectBuilder models = Json.createObjectBuilder();
        studio.modelStatus().stream()
                .filter(status -> status.state() == ModelStatus.State.READY)
                .forEach(status -> models.add(status.name(), status.version()));
        return Json.createObjectBuilder().add("models", models).build();
    }

    /** There is no language model: the prompt is as good as it was. */
    @POST
    @Path("local-llm/generate")
    @Consumes(MediaType.WILDCARD)
    public Response prompt(InputStream body) throws IOException {
        JsonObject fields = Body.read(body).orElse(JsonObject.EMPTY_JSON_OBJECT);
        if (!(fields.get("prompt") instanceof JsonString prompt)) {
            return Response.status(BAD_REQUEST)
                    .entity(Json.createObjectBuilder()
                            .add("error", "No prompt provided")
                            .build())
                    .build();
        }
        return Response.ok(Json.createObjectBuilder()
                        .add("response", prompt.getString())
                        .add("model", "none")
                        .add("source", "passthrough")
                        .add("latency_ms", 0)
                        .build())
                .build();
    }

    @GET
    @Path("local-llm/status")
    public JsonObject promptHelper() {
        return Json.createObjectBuilder().add("available", false).build();
    }

    @GET
    @Path("materials/presets")
    public JsonObject materials() {
        JsonArrayBuilder names = Json.createArrayBuilder();
        JsonObjectBuilder presets = Json.createObjectBuilder();
        for (Material material : MATERIALS) {
            names.add(material.name());
            presets.add(
                    material.name(),
                    Json.createObjectBuilder()
                            .add("name", material.name())
                            .add("color", material.colour())
                            .add("metalness", material.metalness())
                            .add("roughness", material.roughness())
                            .add("opacity", material.opacity()));
        }
        return Json.createObjectBuilder()
                .add("success", true)
                .add("materials", names)
                .add("presets", presets)
                .build();
    }

    @GET
    @Path("lighting/presets")
    public JsonObject lighting() {
        JsonArrayBuilder names = Json.createArrayBuilder();
        JsonObjectBuilder presets = Json.createObjectBuilder();
        for (Lighting lighting : LIGHTING) {
            names.add(lighting.name());
            presets.add(
                    lighting.name(),
                    Json.createObjectBuilder()
                            .add("name", lighting.name())
                            .add("color", lighting.colour())
                            .add("ambient_intensity", lighting.ambient())
                            .add("directional_intensity", lighting.directional()));
        }
        return Json.createObjectBuilder()
                .add("success", true)
                .add("environments", names)
                .add("presets", presets)
                .build();
    }
}
