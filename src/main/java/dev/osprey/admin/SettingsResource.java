package dev.osprey.admin;

import dev.osprey.config.Setting;
import dev.osprey.config.Settings;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.socket.JsonMessage;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
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
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** {@code /api/admin/settings}: what is set, where it is set, and setting what may change while the server runs. */
@Singleton
@Path("admin/settings")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Settings")
public class SettingsResource {

    private static final int MAX_BODY_BYTES = 16_384;

    private final Settings settings;

    @Inject
    public SettingsResource(Settings settings) {
        this.settings = settings;
    }

    @GET
    @Operation(
            summary =
                    "Every setting: its value, where that is from, its default, whether it may change while the server runs")
    public JsonArray list() {
        JsonArrayBuilder rows = Json.createArrayBuilder();
        settings.list().stream().map(SettingsResource::json).forEach(rows::add);
        return rows.build();
    }

    /** Takes {@code {"value": "200"}}; a number or a truth value need not be quoted. */
    @PUT
    @Path("{key}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Set a setting until the server stops, where it may change while the server runs")
    public JsonObject change(@PathParam("key") String key, InputStream body) throws IOException {
        return json(settings.change(key, value(body)));
    }

    @DELETE
    @Path("{key}")
    @Operation(summary = "Forget what was set for a setting while the server ran")
    public JsonObject forget(@PathParam("key") String key) {
        return json(settings.forget(key));
    }

    private static String value(InputStream body) throws IOException {
        byte[] text = body.readNBytes(MAX_BODY_BYTES);
        return JsonMessage.readObject(new String(text, StandardCharsets.UTF_8))
                .map(object -> object.get("value"))
                .flatMap(SettingsResource::text)
                .orElseThrow(() -> new OspreyException(
                        ErrorCode.SETTING_INVALID,
                        "The body is not a JSON object of at most %d bytes with a text as its value"
                                .formatted(MAX_BODY_BYTES)));
    }

    private static Optional<String> text(JsonValue value) {
        return switch (value.getValueType()) {
            case STRING -> Optional.of(((JsonString) value).getString());
            case NUMBER, TRUE, FALSE -> Optional.of(value.toString());
            default -> Optional.empty();
        };
    }

    /** As {@code docs/operating.md} has it. */
    private static JsonObject json(Setting setting) {
        JsonObjectBuilder row = Json.createObjectBuilder()
                .add("key", setting.key())
                .add("value", setting.value())
                .add("default", setting.standard())
                .add("source", setting.source())
                .add("live", setting.live())
                .add("secret", setting.secret())
                .add("description", setting.description());
        addOrNull(row, "pending", setting.pending());
        addOrNull(row, "problem", setting.problem());
        return row.build();
    }

    private static void addOrNull(JsonObjectBuilder row, String name, Optional<String> value) {
        value.ifPresentOrElse(text -> row.add(name, text), () -> row.addNull(name));
    }
}
