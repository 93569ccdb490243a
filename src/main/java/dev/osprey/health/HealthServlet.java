package dev.osprey.health;

import dev.osprey.segmentation.Segmentation;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * {@code GET /health} as the clients of the protocols ask it. Probes take {@code /health/live} and
 * {@code /health/ready}, which the platform answers.
 */
@WebServlet(urlPatterns = "/health")
public class HealthServlet extends HttpServlet {

    private final transient Segmentation segmentation;

    @Inject
    HealthServlet(Segmentation segmentation) {
        this.segmentation = segmentation;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        JsonAnswer.write(
                response,
                Json.createObjectBuilder()
                        .add("status", "ok")
                        .add("available_models", Json.createArrayBuilder(Segmentation.modes()))
                        .add("active_connections", segmentation.connectionCount())
                        .build());
    }
}
