package dev.osprey.admin;

import dev.osprey.fault.OspreyException;
import jakarta.json.Json;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;

/** A failure as {@code application/problem+json} (RFC 9457), the detail once more as {@code error}, where the studio's clients look. */
@Provider
public class ProblemMapper implements ExceptionMapper<OspreyException> {

    @Override
    public Response toResponse(OspreyException failure) {
        return Response.status(failure.code().httpStatus())
                .type("application/problem+json")
                .entity(Json.createObjectBuilder()
                        .add("type", "about:blank")
                        .add("title", failure.code().name())
                        .add("status", failure.code().httpStatus())
                        .add("detail", failure.detail())
                        .add("error", failure.detail())
                        .add("retryable", failure.code().retryable())
                        .build())
                .build();
    }
}
