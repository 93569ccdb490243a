package dev.osprey.admin;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.runtime.ModelStatus;
import dev.osprey.runtime.WarmModels;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;

/**
 * {@code /api/models}: what is loaded, and loading, swapping and unloading while streams run. For operators.
 */
@Singleton
@Path("models")
@Produces(MediaType.APPLICATION_JSON)
public class ModelsResource {

    private final WarmModels models;

    @Inject
    public ModelsResource(WarmModels models) {
        this.models = models;
    }

    @GET
    public JsonArray list() {
        return statuses();
    }

    private JsonArray statuses() {
        JsonArrayBuilder list = Json.createArrayBuilder();
        models.status().stream().map(ModelsResource::json).forEach(list::add);
        return list.build();
    }

    /**
     * Serves {@code {"version": 2}} of a model, beside the one that is served until the new one is warm; without a
     * version the one its manifest names, unless one is served already.
     */
    @PUT
    @Path("{name}")
    @Consumes(MediaType.APPLICATION_JSON)
    public JsonArray serve(@PathParam("name") String name, InputStream body) throws IOException {
        JsonObject wanted = JsonBody.object(body);
        if (wanted.containsKey("version")) {
            models.swap(name, version(wanted.get("version")));
        } else {
            models.load(name);
        }
        return statuses();
    }

    static int version(JsonValue value) {
        if (value instanceof JsonNumber number
                && number.isIntegral()
                && number.doubleValue() >= 1
                && number.doubleValue() <= Integer.MAX_VALUE) {
            return number.intValue();
        }
        throw new OspreyException(
                ErrorCode.SETTING_INVALID, "version is %s, expected a positive whole number".formatted(value));
    }

    @DELETE
    @Path("{name}")
    public JsonArray unload(@PathParam("name") String name) {
        models.unload(name);
        return statuses();
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
