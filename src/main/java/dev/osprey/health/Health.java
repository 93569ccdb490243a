package dev.osprey.health;

import dev.osprey.segmentation.Segmentation;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import jakarta.json.Json;
import jakarta.servlet.FilterChain;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * {@code GET /health} as the clients of the protocols ask it. Probes take {@code /health/live} and {@code /health/ready},
 * which the platform answers; it would not, were a servlet mapped to its address, so this is a filter.
 */
public class Health extends HttpFilter {

    private final transient Provider<Segmentation> segmentation;

    @Inject
    Health(Provider<Segmentation> segmentation) {
        this.segmentation = segmentation;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException {
        if (!request.getMethod().equals("GET") && !request.getMethod().equals("HEAD")) {
            response.setHeader("Allow", "GET, HEAD");
            response.sendError(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
            return;
        }
        JsonAnswer.write(
                response,
                Json.createObjectBuilder()
                        .add("status", "ok")
                        .add("available_models", Json.createArrayBuilder(Segmentation.modes()))
                        .add("active_connections", segmentation.get().connectionCount())
                        .build());
    }
}
