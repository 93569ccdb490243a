package dev.osprey.socket;

import jakarta.json.JsonValue;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A JSON value as the whole answer, never from a cache. */
public final class JsonAnswer {

    private JsonAnswer() {}

    public static void write(HttpServletResponse response, JsonValue body) throws IOException {
        write(response, "application/json", body);
    }

    public static void write(HttpServletResponse response, String contentType, JsonValue body) throws IOException {
        byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
        response.setContentType(contentType);
        response.setHeader("Cache-Control", "no-store");
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }
}
