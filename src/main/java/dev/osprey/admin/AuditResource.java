package dev.osprey.admin;

import dev.osprey.access.Audit;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** {@code /api/admin/audit}: who changed what. */
@Singleton
@Path("admin/audit")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Audit log")
public class AuditResource {

    private static final int MAX_LISTED = 500;

    private final Audit audit;

    @Inject
    public AuditResource(Audit audit) {
        this.audit = audit;
    }

    /**
     * The newest first.
     *
     * @param limit at most 500
     * @param before only entries with a lower id: what comes after the last one of an earlier answer
     */
    @GET
    @Operation(summary = "Who did what, from where, and whether it was let through, the newest first")
    public JsonObject list(
            @QueryParam("limit") @DefaultValue("100") int limit,
            @QueryParam("before") @DefaultValue("9223372036854775807") long before) {
        JsonArrayBuilder entries = Json.createArrayBuilder();
        audit.latest(Math.max(1, Math.min(limit, MAX_LISTED)), before)
                .forEach(entry -> entries.add(Json.createObjectBuilder()
                        .add("id", entry.id())
                        .add("time", entry.time().toString())
                        .add("who", entry.who())
                        .add("action", entry.action())
                        .add("subject", entry.subject())
                        .add("address", entry.address())
                        .add("outcome", entry.outcome())
                        .add("times", entry.times())));
        return Json.createObjectBuilder().add("entries", entries).build();
    }
}
