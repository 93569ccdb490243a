package dev.osprey.health;

import dev.osprey.config.Version;
import dev.osprey.segmentation.Segmentation;
import dev.osprey.socket.JsonAnswer;
import jakarta.json.Json;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;

/** {@code GET /}: the page for browsers, which ask for HTML, and a description in JSON for everybody else. */
@WebServlet(urlPatterns = "")
public class ServiceDescription extends HttpServlet {

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        response.addHeader("Vary", "Accept");
        boolean html = Collections.list(request.getHeaders("Accept")).stream()
                .anyMatch(accepted -> accepted.contains("text/html"));
        if (html) {
            request.getRequestDispatcher("/index.html").forward(request, response);
            return;
        }
        JsonAnswer.write(
                response,
                Json.createObjectBuilder()
                        .add("name", "Osprey")
                        .add("version", Version.TEXT)
                        .add("status", "running")
                        .add("websocket_endpoint", "/ws")
                        .add("available_models", Json.createArrayBuilder(Segmentation.modes()))
                        .add("message", "Connect to /ws with a WebSocket client.")
                        .build());
    }
}
