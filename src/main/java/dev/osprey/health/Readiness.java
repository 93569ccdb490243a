package dev.osprey.health;

import dev.osprey.runtime.ExecutionProvider;
import dev.osprey.runtime.WarmModels;
import dev.osprey.segmentation.Segmentation;
import dev.osprey.socket.JsonAnswer;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import jakarta.json.Json;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** {@code GET /ready} as the studio's clients ask it; probes take {@code /health/ready}. */
@WebServlet(urlPatterns = "/ready")
public class Readiness extends HttpServlet {

    private final transient Provider<Segmentation> segmentation;
    private final transient Provider<WarmModels> models;

    @Inject
    Readiness(Provider<Segmentation> segmentation, Provider<WarmModels> models) {
        this.segmentation = segmentation;
        this.models = models;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        boolean ready = segmentation.get().isReady();
        boolean gpu = models.get().status().stream().anyMatch(model -> model.provider() == ExecutionProvider.CUDA);
        response.setStatus(ready ? HttpServletResponse.SC_OK : HttpServletResponse.SC_SERVICE_UNAVAILABLE);
        JsonAnswer.write(
                response,
                Json.createObjectBuilder()
                        .add("status", ready ? "ready" : "not_ready")
                        .add(
                                "checks",
                                Json.createObjectBuilder()
                                        .add("application", true)
                                        .add("gpu", gpu)
                                        .add("models", ready))
                        .build());
    }
}
