package dev.osprey.admin;

import dev.osprey.metrics.Problems;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.ext.Provider;

/** Has operators see what the server could not do, or not do now, for clients over HTTP; what clients do wrong is theirs. */
@Provider
public class ProblemRecorder implements ContainerResponseFilter {

    private static final int TOO_MANY_REQUESTS = 429;
    private static final int INTERNAL_ERROR = 500;

    private final Problems problems;

    @Inject
    public ProblemRecorder(Problems problems) {
        this.problems = problems;
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        int status = response.getStatus();
        if ((status >= INTERNAL_ERROR || status == TOO_MANY_REQUESTS)
                && response.getEntity() instanceof JsonObject problem) {
            problems.failed(
                    "http", problem.getString("title", Integer.toString(status)), problem.getString("detail", ""));
        }
    }
}
