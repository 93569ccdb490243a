package dev.osprey.referee;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.util.Optional;

/**
 * What is to be analysed: the parameters of a job.
 *
 * @param sessionId the client's name for a streamed session
 * @param signalName the client's name for its signal file; data only
 * @param videoName likewise, of an upload
 * @param keypoints whether they are part of the result
 * @param overlay whether a video is drawn
 * @param stats of a streamed session, as they were when its signal came
 */
record AnalysisRequest(
        Optional<String> sessionId,
        String signalName,
        Optional<String> videoName,
        boolean keypoints,
        boolean overlay,
        Optional<JsonObject> stats) {

    JsonObject toJson() {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("signal_name", signalName)
                .add("include_keypoints", keypoints)
                .add("save_overlay", overlay);
        sessionId.ifPresent(id -> json.add("session_id", id));
        videoName.ifPresent(name -> json.add("video_name", name));
        stats.ifPresent(entry -> json.add("streaming_stats", entry));
        return json.build();
    }

    static AnalysisRequest ofJson(String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            JsonObject json = reader.readObject();
            return new AnalysisRequest(
                    Optional.ofNullable(json.getString("session_id", null)),
                    json.getString("signal_name"),
                    Optional.ofNullable(json.getString("video_name", null)),
                    json.getBoolean("include_keypoints"),
                    json.getBoolean("save_overlay"),
                    Optional.ofNullable(json.getJsonObject("streaming_stats")));
        }
    }
}
