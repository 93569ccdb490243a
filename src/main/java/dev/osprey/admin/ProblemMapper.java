package dev.osprey.admin;

import dev.osprey.access.Problem;
import dev.osprey.fault.OspreyException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;

/** A failure as {@code application/problem+json}, see {@link Problem}. */
@Provider
public class ProblemMapper implements ExceptionMapper<OspreyException> {

    @Override
    public Response toResponse(OspreyException failure) {
        return Response.status(failure.code().httpStatus())
                .type(Problem.MEDIA_TYPE)
                .header("Cache-Control", "no-store")
                .entity(Problem.of(failure))
                .build();
    }
}
