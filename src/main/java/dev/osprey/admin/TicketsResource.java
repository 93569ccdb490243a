package dev.osprey.admin;

import dev.osprey.access.Caller;
import dev.osprey.access.Tickets;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.json.Json;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** {@code /api/tickets}: what a page puts into an address that it can send no header to, {@code ?ticket=…}. */
@Singleton
@Path("tickets")
@Produces(MediaType.APPLICATION_JSON)
public class TicketsResource {

    private final Tickets tickets;

    @Inject
    public TicketsResource(Tickets tickets) {
        this.tickets = tickets;
    }

    @POST
    public Response issue(@Context HttpServletRequest request) {
        return Response.status(Response.Status.CREATED)
                .entity(Json.createObjectBuilder()
                        .add("ticket", tickets.issue(Caller.of(request)))
                        .add("expires_in", Tickets.LIFE.toSeconds())
                        .build())
                .header("Cache-Control", "no-store")
                .build();
    }
}
