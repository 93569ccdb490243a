package dev.osprey.admin;

import dev.osprey.access.Caller;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.ext.Provider;
import org.jspecify.annotations.Nullable;

/**
 * The second lock of what is below {@code /api/admin}: by the resource that was found, however its address was spelled. The first one is
 * {@link dev.osprey.access.AccessFilter}'s.
 */
@Provider
public class OperatorsOnly implements ContainerRequestFilter {

    @Context
    private @Nullable ResourceInfo resource;

    @Context
    private @Nullable HttpServletRequest servletRequest;

    @Override
    public void filter(ContainerRequestContext request) {
        Path path = resource == null ? null : resource.getResourceClass().getAnnotation(Path.class);
        boolean operators = path != null
                && (path.value().startsWith("admin") || path.value().startsWith("models"));
        if (operators && (servletRequest == null || !Caller.of(servletRequest).operator())) {
            throw new OspreyException(ErrorCode.OPERATION_FORBIDDEN, "This is for operators");
        }
    }
}
