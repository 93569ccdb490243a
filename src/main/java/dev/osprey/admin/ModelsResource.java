package dev.osprey.admin;

import dev.osprey.config.OspreyConfig;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.runtime.ModelStatus;
import dev.osprey.runtime.WarmModels;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.StringReader;
import java.util.Locale;

/**
 * {@code /api/models}: what is loaded, and loading, swapping and unloading while streams run. Refuses everything unless
 * the operator has allowed it by {@code osprey.admin.enabled}.
 */
@Singleton
@Path("models")
@Produces(MediaType.APPLICATION_JSON)
public class ModelsResource {

    private final WarmModels models;
    private final boolean enabled;

    @Inject
    public ModelsResource(WarmModels models, OspreyConfig config) {
        this.models = models;
        this.enabled = config.admin().enabled();
    }

    @GET
    public JsonArray list() {
        checkEnabled();
        JsonArrayBuilder list = Json.createArrayBuilder();
        models.status().stream().map(ModelsResource::json).forEach(list::add);
        return list.build();
    }

    /**
     * Serves {@code {"version": 2}} of a model, beside the one that is served until the new one is warm; without a
     * version the one its manifest names, unless one is served already. A JSON body is required, so that a page of
     * another origin cannot send it unasked.
     */
    @PUT
    @Path("{name}")
    @Consumes(MediaType.APPLICATION_JSON)
    public JsonArray serve(@PathParam("name") String name, String body) {
        checkEnabled();
        JsonObject wanted = object(body);
        if (wanted.containsKey("version")) {
            int version = wanted.getInt("version", 0);
            if (version < 1) {
                throw new OspreyException(
                        ErrorCode.SETTING_INVALID,
                        "version is %s, expected a positive whole number".formatted(wanted.get("version")));
            }
            models.swap(name, version);
        } else {
            models.load(name);
        }
        return list();
    }

    @DELETE
    @Path("{name}")
    public JsonArray unload(@PathParam("name") String name) {
        checkEnabled();
        models.unload(name);
        return list();
    }

    /** Read here, as the container answers text that it cannot read with a page of its own. */
    private static JsonObject object(String body) {
        try (JsonReader reader = Json.createReader(new StringReader(body))) {
            return reader.readObject();
        } catch (JsonException e) {
            throw new OspreyException(ErrorCode.SETTING_INVALID, "The body is not a JSON object", e);
        }
    }

    private void checkEnabled() {
        if (!enabled) {
            throw new OspreyException(
                    ErrorCode.OPERATION_FORBIDDEN,
                    "Model operations are switched off; the setting osprey.admin.enabled allows them");
        }
    }

    private static JsonObject json(ModelStatus status) {
        return Json.createObjectBuilder()
                .add("name", status.name())
                .add("version", status.version())
                .add("state", status.state().name().toLowerCase(Locale.ROOT))
                .add("provider", status.provider().name())
                .add("memory_mib", status.memoryMib())
                .add("leases", status.leases())
                .add("versions", Json.createArrayBuilder(status.versions()))
                .build();
    }
}
