package dev.osprey.health;

import jakarta.json.JsonObject;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A JSON object as the whole answer, never from a cache. */
final class JsonAnswer {

    private JsonAnswer() {}

    static void write(HttpServletResponse response, JsonObject body) throws IOException {
        write(response, "application/json", body);
    }

    static void write(HttpServletResponse response, String contentType, JsonObject body) throws IOException {
        byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
        response.setContentType(contentType);
        response.setHeader("Cache-Control", "no-store");
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }
}
