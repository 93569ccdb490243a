package dev.osprey.signs;

import dev.osprey.model.ModelManifest;
import dev.osprey.socket.JsonAnswer;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** {@code GET /healthz} and {@code GET /labels}: whether words are recognised, and which. */
@WebServlet(urlPatterns = {SignsDescription.HEALTH, "/labels"})
public class SignsDescription extends HttpServlet {

    static final String HEALTH = "/healthz";

    private final transient Signs signs;

    @Inject
    SignsDescription(Signs signs) {
        this.signs = signs;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Optional<String> obstacle = signs.obstacle();
        if (obstacle.isPresent()) {
            response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            JsonAnswer.write(
                    response,
                    Json.createObjectBuilder()
                            .add("status", "unavailable")
                            .add("model", signs.settings().model())
                            .add("reason", obstacle.get())
                            .build());
        } else {
            JsonAnswer.write(response, request.getServletPath().equals(HEALTH) ? health() : labels());
        }
    }

    private JsonObject health() {
        return Json.createObjectBuilder()
                .add("status", "ok")
                .add("model", signs.settings().model())
                .build();
    }

    private JsonObject labels() {
        JsonObjectBuilder labels = Json.createObjectBuilder();
        List<String> names = signs.manifest().map(ModelManifest::labels).orElse(List.of());
        for (int i = 0; i < names.size(); i++) {
            labels.add(Integer.toString(i), names.get(i));
        }
        return labels.build();
    }
}
