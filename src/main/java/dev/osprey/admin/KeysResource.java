package dev.osprey.admin;

import dev.osprey.access.Caller.Allowance;
import dev.osprey.access.Keys;
import dev.osprey.access.Scope;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
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
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** {@code /api/admin/keys}: the keys that callers show; made here, seen once, revoked here. */
@Singleton
@Path("admin/keys")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Keys")
public class KeysResource {

    private final Keys keys;

    @Inject
    public KeysResource(Keys keys) {
        this.keys = keys;
    }

    @GET
    @Operation(summary = "Keys, the newest first; not their text")
    public JsonArray list() {
        JsonArrayBuilder list = Json.createArrayBuilder();
        keys.all().forEach(key -> list.add(json(key)));
        return list.build();
    }

    /** The answer holds the key itself, which nobody can read again later. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Make a key, whose text is in this answer and nowhere else")
    public Response create(InputStream body) throws IOException {
        JsonObject fields = JsonBody.object(body);
        String role = fields.getString("role", "user");
        if (!role.equals("user") && !role.equals("operator")) {
            throw new OspreyException(
                    ErrorCode.SETTING_INVALID, "role is \"%s\", expected user or operator".formatted(role));
        }
        Keys.NewKey made = keys.create(
                JsonBody.text(fields, "name"),
                role.equals("operator"),
                scopes(fields.get("scopes")),
                new Allowance(
                        JsonBody.number(fields, "requests_per_minute", 0, 0),
                        JsonBody.number(fields, "requests_per_day", 0, 0),
                        JsonBody.number(fields, "max_connections", 0, 0)),
                expires(fields.get("expires")));
        return Response.status(Response.Status.CREATED)
                .entity(json(made.key()).add("key", made.text()).build())
                .header("Cache-Control", "no-store")
                .build();
    }

    @DELETE
    @Path("{id}")
    @Operation(summary = "Revoke a key")
    public void revoke(@PathParam("id") String id) {
        keys.revoke(id);
    }

    private static Set<Scope> scopes(@Nullable JsonValue value) {
        Set<Scope> scopes = EnumSet.noneOf(Scope.class);
        if (value instanceof JsonArray names) {
            for (JsonValue name : names) {
                scopes.add(Optional.of(name)
                        .filter(JsonString.class::isInstance)
                        .flatMap(text -> Scope.of(((JsonString) text).getString()))
                        .orElseThrow(() -> new OspreyException(
                                ErrorCode.SETTING_INVALID,
                                "%s is no scope; there are %s"
                                        .formatted(
                                                name,
                                                String.join(
                                                        ", ",
                                                        EnumSet.allOf(Scope.class).stream()
                                                                .map(Scope::wireName)
                                                                .toList())))));
            }
        }
        return scopes;
    }

    private static Optional<Instant> expires(@Nullable JsonValue value) {
        if (value == null || value == JsonValue.NULL) {
            return Optional.empty();
        }
        try {
            return Optional.of(Instant.parse(value instanceof JsonString text ? text.getString() : value.toString()));
        } catch (DateTimeParseException e) {
            throw new OspreyException(
                    ErrorCode.SETTING_INVALID,
                    "expires is %s, expected a time as 2030-01-31T00:00:00Z".formatted(value),
                    e);
        }
    }

    private static JsonObjectBuilder json(Keys.Key key) {
        JsonArrayBuilder scopes = Json.createArrayBuilder();
        key.scopes().forEach(scope -> scopes.add(scope.wireName()));
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("id", key.id())
                .add("name", key.name())
                .add("prefix", key.prefix())
                .add("role", key.operator() ? "operator" : "user")
                .add("scopes", scopes)
                .add("requests_per_minute", key.allowance().requestsPerMinute())
                .add("requests_per_day", key.allowance().requestsPerDay())
                .add("max_connections", key.allowance().maxConnections())
                .add("created", key.created().toString());
        add(json, "expires", key.expires());
        add(json, "revoked", key.revoked());
        add(json, "last_used", key.lastUsed());
        return json;
    }

    private static void add(JsonObjectBuilder json, String name, Optional<Instant> time) {
        time.ifPresentOrElse(known -> json.add(name, known.toString()), () -> json.addNull(name));
    }
}
