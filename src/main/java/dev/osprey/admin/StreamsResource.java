package dev.osprey.admin;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.json.JsonArray;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** {@code /api/admin/streams}: who is connected, and ending it. */
@Singleton
@Path("admin/streams")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Streams")
public class StreamsResource {

    private final ServerView view;
    private final Streams streams;

    @Inject
    public StreamsResource(ServerView view, Streams streams) {
        this.view = view;
        this.streams = streams;
    }

    @GET
    @Operation(summary = "Clients that are connected, of all capabilities, the oldest first")
    public JsonArray list() {
        return view.streams();
    }

    @DELETE
    @Path("{id}")
    @Operation(summary = "Close a stream: its client is sent the close code 1008")
    public void close(@PathParam("id") String id) {
        streams.close(id);
    }
}
