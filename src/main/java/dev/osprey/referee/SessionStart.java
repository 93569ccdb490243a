package dev.osprey.referee;

import jakarta.json.Json;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a session was started with.
 *
 * @param owner under whom what comes of it is kept, empty for nobody in particular
 * @param id chosen by the client; data only, never a path
 * @param fps frames a second, {@link #LEAST_FPS} to {@link #MOST_FPS}
 * @param width of the video, in pixels
 * @param height likewise
 * @param expectedFrames how many will come, where the client knows
 */
record SessionStart(Optional<String> owner, String id, double fps, int width, int height, OptionalLong expectedFrames) {

    static final double LEAST_FPS = 0.1;
    static final double MOST_FPS = 1_000;

    SessionStart ownedBy(Optional<String> who) {
        return new SessionStart(who, id, fps, width, height, expectedFrames);
    }

    /** What tells sessions apart: clients of different owners may give theirs the same name. */
    String key() {
        return owner.orElse("") + '\n' + id;
    }

    JsonObject toJson() {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("session_id", id)
                .add("fps", fps)
                .add("width", width)
                .add("height", height);
        owner.ifPresent(who -> json.add("owner", who));
        expectedFrames.ifPresent(count -> json.add("expected_frames", count));
        return json.build();
    }

    static SessionStart ofJson(JsonObject json) {
        JsonNumber expected = json.getJsonNumber("expected_frames");
        return new SessionStart(
                Optional.ofNullable(json.getString("owner", null)),
                json.getString("session_id"),
                json.getJsonNumber("fps").doubleValue(),
                json.getInt("width"),
                json.getInt("height"),
                expected == null ? OptionalLong.empty() : OptionalLong.of(expected.longValueExact()));
    }
}
