package dev.osprey.access;

import dev.osprey.fault.OspreyException;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A failure in the words of RFC 9457, the detail once more as {@code error}, where the studio's clients look. */
public final class Problem {

    public static final String MEDIA_TYPE = "application/problem+json";

    private Problem() {}

    public static JsonObject of(OspreyException failure) {
        return Json.createObjectBuilder()
                .add("type", "about:blank")
                .add("title", failure.code().name())
                .add("status", failure.code().httpStatus())
                .add("detail", failure.detail())
                .add("error", failure.detail())
                .add("retryable", failure.code().retryable())
                .build();
    }

    /** As the whole answer, with the failure's status. */
    static void write(HttpServletResponse response, OspreyException failure) throws IOException {
        byte[] bytes = of(failure).toString().getBytes(StandardCharsets.UTF_8);
        response.setStatus(failure.code().httpStatus());
        response.setContentType(MEDIA_TYPE);
        response.setHeader("Cache-Control", "no-store");
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }
}
