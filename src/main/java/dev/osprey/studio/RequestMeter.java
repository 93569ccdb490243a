package dev.osprey.studio;

import dev.osprey.metrics.Meters;
import jakarta.annotation.Priority;
import jakarta.inject.Inject;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.ext.Provider;
import java.lang.reflect.AnnotatedElement;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Measures the studio's requests, from when the resource is known until the answer's body begins; those that a limit refuses as well. */
@Provider
@Priority(Priorities.AUTHENTICATION)
public class RequestMeter implements ContainerRequestFilter, ContainerResponseFilter {

    private static final String REQUEST = RequestMeter.class.getName();

    private final Meters meters;

    @Context
    private @Nullable ResourceInfo resource;

    private record Begun(String endpoint, long nanos) {}

    @Inject
    public RequestMeter(Meters meters) {
        this.meters = meters;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        Class<?> type = resource == null ? null : resource.getResourceClass();
        if (resource != null && type != null && type.getPackage().equals(RequestMeter.class.getPackage())) {
            // As it is declared: an address with a job's id in it would be a series of its own.
            String endpoint = "/api" + path(type) + path(resource.getResourceMethod());
            request.setProperty(REQUEST, new Begun(endpoint, System.nanoTime()));
            meters.asked(endpoint);
        }
    }

    private static String path(AnnotatedElement declared) {
        Path path = declared.getAnnotation(Path.class);
        return path == null || path.value().equals("/") ? "" : "/" + path.value();
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        if (request.getProperty(REQUEST) instanceof Begun begun) {
            Duration took = Duration.ofNanos(System.nanoTime() - begun.nanos());
            meters.told(request.getMethod(), begun.endpoint(), response.getStatus(), took);
        }
    }
}
