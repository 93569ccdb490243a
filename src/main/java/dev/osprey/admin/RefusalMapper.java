package dev.osprey.admin;

import jakarta.json.Json;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;

/** What JAX-RS itself refuses, in the same words as {@link ProblemMapper}: there would be a page of the container's. */
@Provider
public class RefusalMapper implements ExceptionMapper<WebApplicationException> {

    private static final int REFUSED = 400;

    @Override
    public Response toResponse(WebApplicationException refusal) {
        Response response = refusal.getResponse();
        if (response.getStatus() < REFUSED || response.hasEntity()) {
            return response;
        }
        String reason = response.getStatusInfo().getReasonPhrase();
        return Response.fromResponse(response)
                .type("application/problem+json")
                .entity(Json.createObjectBuilder()
                        .add("type", "about:blank")
                        .add("title", reason)
                        .add("status", response.getStatus())
                        .add("error", reason)
                        .build())
                .build();
    }
}
