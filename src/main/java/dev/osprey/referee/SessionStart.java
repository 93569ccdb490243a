package dev.osprey.referee;

import jakarta.json.Json;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.OptionalLong;

/**
 * What a session was started with.
 *
 * @param id chosen by the client; data only, never a path
 * @param fps frames a second, {@link #LEAST_FPS} to {@link #MOST_FPS}
 * @param width of the video, in pixels
 * @param height likewise
 * @param expectedFrames how many will come, where the client knows
 */
record SessionStart(String id, double fps, int width, int height, OptionalLong expectedFrames) {

    static final double LEAST_FPS = 0.1;
    static final double MOST_FPS = 1_000;

    JsonObject toJson() {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("session_id", id)
                .add("fps", fps)
                .add("width", width)
                .add("height", height);
        expectedFrames.ifPresent(count -> json.add("expected_frames", count));
        return json.build();
    }

    static SessionStart ofJson(JsonObject json) {
        JsonNumber expected = json.getJsonNumber("expected_frames");
        return new SessionStart(
                json.getString("session_id"),
                json.getJsonNumber("fps").doubleValue(),
                json.getInt("width"),
                json.getInt("height"),
                expected == null ? OptionalLong.empty() : OptionalLong.of(expected.longValueExact()));
    }
}
