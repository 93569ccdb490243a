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
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;

/**
 * {@code /api/models}: what is loaded, and loading, swapping and unloading while streams run. Refuses everything unless
 * the operator has allowed it by {@code osprey.admin.enabled}.
 */
@Singleton
@Path("models")
@Produces(MediaType.APPLICATION_JSON)
public class ModelsResource {

    private static final int MAX_BODY_BYTES = 4_096;

    private final WarmModels models;
    private final boolean enabled;

    @Inject
    public ModelsResource(WarmModels models, OspreyConfig config) {
        this.models = models;
        this.enabled = config.admin().enabled();
    }

    @GET
    public JsonArray list(@Context HttpHeaders headers) {
        checkAllowed(headers);
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
     *
     * @param body read only once the operation is allowed
     */
    @PUT
    @Path("{name}")
    @Consumes(MediaType.APPLICATION_JSON)
    public JsonArray serve(@Context HttpHeaders headers, @PathParam("name") String name, InputStream body)
            throws IOException {
        checkAllowed(headers);
        JsonObject wanted = object(body);
        if (wanted.containsKey("version")) {
            models.swap(name, version(wanted.get("version")));
        } else {
            models.load(name);
        }
        return statuses();
    }

    private static int version(JsonValue value) {
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
    public JsonArray unload(@Context HttpHeaders headers, @PathParam("name") String name) {
        checkAllowed(headers);
        models.unload(name);
        return statuses();
    }

    /** Read here, as the container answers text that it cannot read with a page of its own. */
    private static JsonObject object(InputStream body) throws IOException {
        byte[] text = body.readNBytes(MAX_BODY_BYTES);
        try (JsonReader reader = Json.createReader(new ByteArrayInputStream(text))) {
            return reader.readObject();
        } catch (RuntimeException e) {
            // Not only a JsonException: numbers that are too long and nesting that is too deep are reported by others.
            throw new OspreyException(
                    ErrorCode.SETTING_INVALID,
                    "The body is not a JSON object of at most %d bytes".formatted(MAX_BODY_BYTES),
                    e);
        }
    }

    /** An operator's tool or a page of this server's own may; a page of another origin may not, whatever CORS lets it read. */
    private void checkAllowed(HttpHeaders headers) {
        if (!enabled) {
            throw new OspreyException(
                    ErrorCode.OPERATION_FORBIDDEN,
                    "Model operations are switched off; the setting osprey.admin.enabled allows them");
        }
        String origin = headers.getHeaderString("Origin");
        if (origin != null && !origin.endsWith("://" + headers.getHeaderString(HttpHeaders.HOST))) {
            throw new OspreyException(
                    ErrorCode.OPERATION_FORBIDDEN, "Model operations are not for pages of another origin");
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
