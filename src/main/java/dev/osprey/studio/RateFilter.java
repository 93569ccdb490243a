package dev.osprey.studio;

import dev.osprey.access.RateLimit;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.NameBinding;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.Provider;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.jspecify.annotations.Nullable;

/** Answers 429 where an address asks for too much within a minute ({@code protocols/studio.md}, 8). */
@Provider
@RateFilter.Limited
public class RateFilter implements ContainerRequestFilter {

    private static final int TOO_MANY = 429;

    /** Binds the limit to a resource, over all of which it counts together. */
    @NameBinding
    @Retention(RetentionPolicy.RUNTIME)
    @Target({ElementType.METHOD, ElementType.TYPE})
    @interface Limited {}

    private final Studio studio;

    @Context
    private @Nullable HttpServletRequest servletRequest;

    @Inject
    public RateFilter(Studio studio) {
        this.studio = studio;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        String address = servletRequest == null ? "" : servletRequest.getRemoteAddr();
        RateLimit rate = studio.rate();
        if (!rate.tryCount(address, studio.settings().requestsPerMinute())) {
            request.abortWith(Response.status(TOO_MANY)
                    .header("Retry-After", rate.retryAfterSeconds(address))
                    .type(MediaType.APPLICATION_JSON)
                    .entity(Json.createObjectBuilder()
                            .add(
                                    "error",
                                    "Rate limit exceeded. Max %d requests per %ds"
                                            .formatted(
                                                    studio.settings().requestsPerMinute(),
                                                    RateLimit.WINDOW.toSeconds()))
                            .build())
                    .build());
        }
    }
}
