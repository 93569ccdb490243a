package dev.osprey.studio;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code /api/cache}: what is kept of solids made before ({@code protocols/studio.md}, 3.4); to be changed by the operator alone. */
@Singleton
@Path("cache")
@Produces(MediaType.APPLICATION_JSON)
public class CacheResource {

    private static final int BAD_REQUEST = 400;
    private static final long BYTES_PER_MIB = 1_048_576;
    private static final int MAX_ENTRIES = 1_000_000;
    private static final int MAX_MIB = 1_048_576;

    private final ResultCache cache;

    @Inject
    public CacheResource(ResultCache cache) {
        this.cache = cache;
    }

    @GET
    @Path("stats")
    public JsonObject stats() {
        ResultCache.Stats stats = cache.stats();
        long asked = stats.hits() + stats.misses();
        return success()
                .add("cache_enabled", stats.mostEntries() > 0)
                .add(
                        "stats",
                        Json.createObjectBuilder()
                                .add("size", stats.entries())
                                .add("max_size", stats.mostEntries())
                                .add("memory_mb", stats.bytes() / (double) BYTES_PER_MIB)
                                .add("max_memory_mb", stats.mostBytes() / BYTES_PER_MIB)
                                .add("hits", stats.hits())
                                .add("misses", stats.misses())
                                .add("hit_rate", asked == 0 ? 0.0 : stats.hits() / (double) asked))
                .add("timestamp", Instant.now().toString())
                .build();
    }

    @GET
    @Path("config")
    public JsonObject config() {
        return Json.createObjectBuilder().add("config", limits()).build();
    }

    private JsonObject limits() {
        ResultCache.Stats stats = cache.stats();
        return Json.createObjectBuilder()
                .add("max_size", stats.mostEntries())
                .add("max_memory_mb", stats.mostBytes() / BYTES_PER_MIB)
                .add("ttl_seconds", stats.keep().toSeconds())
                .build();
    }

    @POST
    @Path("config")
    @Consumes(MediaType.WILDCARD)
    public Response configure(InputStream body) throws IOException {
        JsonObject fields = Body.read(body).orElse(JsonObject.EMPTY_JSON_OBJECT);
        List<Fault> faults = new ArrayList<>();
        Fields read = new Fields(fields, faults);
        Optional<Integer> entries =
                read.has("max_size") ? Optional.of((int) read.whole("max_size", 0, 0, MAX_ENTRIES)) : Optional.empty();
        Optional<Long> bytes = read.has("max_memory_mb")
                ? Optional.of(read.whole("max_memory_mb", 1, 1, MAX_MIB) * BYTES_PER_MIB)
                : Optional.empty();
        if (!faults.isEmpty()) {
            return Response.status(BAD_REQUEST).entity(Fault.body(faults)).build();
        }
        if (entries.isEmpty() && bytes.isEmpty()) {
            return Response.status(BAD_REQUEST)
                    .entity(Json.createObjectBuilder()
                            .add("error", "No config provided")
                            .build())
                    .build();
        }
        cache.limit(entries, bytes);
        return Response.ok(success()
                        .add("message", "Cache configured")
                        .add("config", limits())
                        .build())
                .build();
    }

    @POST
    @Path("clear")
    @Consumes(MediaType.WILDCARD)
    public JsonObject clear() {
        cache.clear();
        return success().add("message", "Cache cleared").build();
    }

    @GET
    @Path("entries")
    public JsonObject entries() {
        JsonArrayBuilder entries = Json.createArrayBuilder();
        List<ResultCache.Kept> kept = cache.kept();
        kept.forEach(entry -> entries.add(Json.createObjectBuilder()
                .add("key", entry.key())
                .add("bytes", entry.bytes())
                .add("made", entry.made().toString())));
        return Json.createObjectBuilder()
                .add("entries", entries)
                .add("total", kept.size())
                .add("timestamp", Instant.now().toString())
                .build();
    }

    private static JsonObjectBuilder success() {
        return Json.createObjectBuilder().add("status", "success");
    }
}
