package dev.osprey.health;

import dev.osprey.socket.JsonAnswer;
import jakarta.json.Json;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.core.Response.Status;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** What the container has to refuse, without the container's name: a page would have it, and what went wrong inside. */
@WebServlet(urlPatterns = "/error", asyncSupported = true)
public class ErrorPage extends HttpServlet {

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        int code = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer status
                ? status
                : HttpServletResponse.SC_NOT_FOUND;
        response.setStatus(code);
        Status known = Status.fromStatusCode(code);
        String reason = known == null ? "Error " + code : known.getReasonPhrase();
        String accepted = request.getHeader("Accept");
        if (accepted != null && accepted.contains("text/html")) {
            response.setContentType("text/html;charset=UTF-8");
            response.getOutputStream().write(page(code, reason).getBytes(StandardCharsets.UTF_8));
            return;
        }
        JsonAnswer.write(
                response,
                "application/problem+json",
                Json.createObjectBuilder()
                        .add("type", "about:blank")
                        .add("title", reason)
                        .add("status", code)
                        .add("error", reason)
                        .build());
    }

    private static String page(int code, String reason) {
        return """
                <!DOCTYPE html>
                <html lang="en">
                <head><title>%1$d %2$s</title><link rel="stylesheet" href="/css/base.css"></head>
                <body><main><h1>%2$s</h1><p>There is nothing for you here (%1$d). <a href="/">To the start</a></p></main></body>
                </html>
                """.formatted(code, reason);
    }
}
