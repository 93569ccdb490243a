package dev.osprey.admin;

import dev.osprey.fault.OspreyException;
import jakarta.json.Json;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletionException;

/**
 * What nobody has foreseen: the log has it, the client reads that there is something in the log. Errors as well, such as of too little
 * memory for one request: what is counted and held for a request is let go of only where it is answered.
 */
@Provider
public class FailureMapper implements ExceptionMapper<Throwable> {

    private static final Logger LOG = System.getLogger(FailureMapper.class.getName());

    private static final int INTERNAL_ERROR = 500;

    @Override
    public Response toResponse(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof OspreyException known) {
            return new ProblemMapper().toResponse(known);
        } else if (cause instanceof WebApplicationException refusal) {
            return new RefusalMapper().toResponse(refusal);
        }
        LOG.log(Level.ERROR, "A request failed", cause);
        String sentence = "The request failed; the server's log says why";
        return Response.status(INTERNAL_ERROR)
                .type("application/problem+json")
                .entity(Json.createObjectBuilder()
                        .add("type", "about:blank")
                        .add("title", "Internal Server Error")
                        .add("status", INTERNAL_ERROR)
                        .add("detail", sentence)
                        .add("error", sentence)
                        .build())
                .build();
    }
}
