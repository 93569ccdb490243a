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
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Measures the studio's requests, from when the resource is known until the answer's body begins; those that a limit refuses as well. */
@Provider
@Priority(Priorities.AUTHENTICATION)
public class RequestMeter implements ContainerRequestFilter, ContainerResponseFilter {

    private static final Pattern ONE_OF = Pattern.compile("\\{(\\w+): [a-z|]+}");

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
            String endpoint = endpoint(
                    type, resource.getResourceMethod(), request.getUriInfo().getPathParameters());
            request.setProperty(REQUEST, new Begun(endpoint, System.nanoTime()));
            meters.studioAsked(endpoint);
        }
    }

    /**
     * The address as it is declared, since one with a job's id in it would be a series of its own; but for parameters that stand for
     * one of a few words.
     */
    static String endpoint(Class<?> resource, AnnotatedElement method, Map<String, List<String>> parameters) {
        String declared = "/api" + path(resource) + path(method);
        return ONE_OF.matcher(declared)
                .replaceAll(one -> Matcher.quoteReplacement(
                        parameters.getOrDefault(one.group(1), List.of("")).get(0)));
    }

    private static String path(AnnotatedElement declared) {
        Path path = declared.getAnnotation(Path.class);
        return path == null || path.value().equals("/") ? "" : "/" + path.value();
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        if (request.getProperty(REQUEST) instanceof Begun begun) {
            Duration took = Duration.ofNanos(System.nanoTime() - begun.nanos());
            meters.studioAnswered(request.getMethod(), begun.endpoint(), response.getStatus(), took);
        }
    }
}
