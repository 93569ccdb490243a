package dev.osprey.health;

import dev.osprey.config.Version;
import dev.osprey.fingerspelling.Fingerspelling;
import dev.osprey.referee.Referee;
import dev.osprey.segmentation.Segmentation;
import dev.osprey.signs.Signs;
import dev.osprey.socket.JsonAnswer;
import dev.osprey.studio.Studio;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import jakarta.servlet.FilterChain;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;

/**
 * {@code GET /health} as the clients of the protocols ask it. Probes take {@code /health/live} and {@code /health/ready},
 * which the platform answers; it would not, were a servlet mapped to its address, so this is a filter.
 */
public class Health extends HttpFilter {

    private final transient Provider<Segmentation> segmentation;
    private final transient Provider<Fingerspelling> fingerspelling;
    private final transient Provider<Signs> signs;
    private final transient Provider<Referee> referee;
    private final transient Provider<Studio> studio;

    @Inject
    Health(
            Provider<Segmentation> segmentation,
            Provider<Fingerspelling> fingerspelling,
            Provider<Signs> signs,
            Provider<Referee> referee,
            Provider<Studio> studio) {
        this.segmentation = segmentation;
        this.fingerspelling = fingerspelling;
        this.signs = signs;
        this.referee = referee;
        this.studio = studio;
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
                        .add("service", "Osprey")
                        .add("version", Version.TEXT)
                        .add("available_models", Json.createArrayBuilder(Segmentation.modes()))
                        .add("model_path", "models/" + referee.get().model())
                        .add("model_loaded", referee.get().obstacle().isEmpty())
                        .add("active_connections", segmentation.get().connectionCount())
                        .add(
                                "fingerspelling",
                                capability(
                                        fingerspelling.get().obstacle(),
                                        fingerspelling.get().connectionCount()))
                        .add(
                                "signs",
                                capability(signs.get().obstacle(), signs.get().clientCount()))
                        .add(
                                "referee",
                                capability(
                                        referee.get().obstacle(), referee.get().connectionCount()))
                        .add(
                                "studio",
                                capability(studio.get().obstacle(), studio.get().connectionCount()))
                        .build());
    }

    private static JsonObjectBuilder capability(Optional<String> obstacle, int connections) {
        JsonObjectBuilder capability = Json.createObjectBuilder()
                .add("status", obstacle.isPresent() ? "unavailable" : "ok")
                .add("active_connections", connections);
        obstacle.ifPresent(why -> capability.add("reason", why));
        return capability;
    }
}
