package dev.osprey.client;

import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;

/** What the client says, {@code protocols/referee.md}, section 3. */
final class ClientMessages {

    private final String sessionId;

    ClientMessages(String sessionId) {
        this.sessionId = sessionId;
    }

    /** @param resume whether a session of this name, if the server has one, is to go on */
    String sessionStart(double fps, int width, int height, boolean resume) {
        JsonObjectBuilder start = of("session_start")
                .add("fps", fps)
                .add("width", width)
                .add("height", height)
                .add("video_format", "bgr24");
        if (resume) {
            start.add("resume", true);
        }
        return start.build().toString();
    }

    /** @param seconds of the frame, from the start of the video */
    String frame(EncodedFrame frame, double seconds, Encoding encoding, int quality) {
        JsonObjectBuilder header = of("frame")
                .add("frame_number", frame.number())
                .add("timestamp", seconds)
                .add("encoding", encoding.wireName());
        if (encoding == Encoding.JPEG) {
            header.add("quality", quality);
        }
        return header.add("size", frame.picture().length).build().toString();
    }

    String sessionEnd(long totalFrames) {
        return of("session_end").add("total_frames", totalFrames).build().toString();
    }

    String signal(String filename, int size) {
        return of("signal").add("filename", filename).add("size", size).build().toString();
    }

    private JsonObjectBuilder of(String type) {
        return Json.createObjectBuilder().add("type", type).add("session_id", sessionId);
    }
}
