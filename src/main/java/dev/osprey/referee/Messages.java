package dev.osprey.referee;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the server says on {@code /stream}, {@code protocols/referee.md}, sections 4 and 6. */
final class Messages {

    private Messages() {}

    static String sessionStarted(String id) {
        return of("session_started").add("session_id", id).build().toString();
    }

    /**
     * To a client that asked to go on, as {@code docs/protocol-extensions.md} says.
     *
     * @param nextFrame the first that the server does not have
     */
    static String sessionResumed(String id, int nextFrame) {
        return of("session_started")
                .add("session_id", id)
                .add("next_frame", nextFrame)
                .build()
                .toString();
    }

    /** As {@link #sessionResumed}: all is there, and what follows is about the job. */
    static String sessionBeingProcessed(String id, String job) {
        return of("session_started")
                .add("session_id", id)
                .add("signal_received", true)
                .add("job_id", job)
                .build()
                .toString();
    }

    static String frameAck(String id, int number, String status) {
        return of("frame_ack")
                .add("session_id", id)
                .add("frame_number", number)
                .add("status", status)
                .build()
                .toString();
    }

    static String sessionEnded(String id, JsonObject validation) {
        return of("session_ended")
                .add("session_id", id)
                .add("validation", validation)
                .build()
                .toString();
    }

    static String signalAck(String id) {
        return of("signal_ack")
                .add("session_id", id)
                .add("status", "received")
                .build()
                .toString();
    }

    static String processStart(String id) {
        return of("process_start").add("session_id", id).build().toString();
    }

    /** @param progress 0 to 1 */
    static String processProgress(String id, String stage, double progress, String message) {
        return of("process_progress")
                .add("session_id", id)
                .add("stage", stage)
                .add("progress", progress)
                .add("message", message)
                .build()
                .toString();
    }

    static String processComplete(String id, JsonValue result) {
        return of("process_complete")
                .add("session_id", id)
                .add("result", result)
                .build()
                .toString();
    }

    static String pong() {
        return of("pong").build().toString();
    }

    static String error(@Nullable String id, Code code, String sentence, boolean recoverable) {
        return of("error")
                .add("session_id", id == null ? JsonValue.NULL : Json.createValue(id))
                .add("error_code", code.name())
                .add("error_message", sentence)
                .add("recoverable", recoverable)
                .build()
                .toString();
    }

    private static JsonObjectBuilder of(String type) {
        return Json.createObjectBuilder().add("type", type);
    }

    /** What is wrong, as the wire names it. */
    enum Code {
        PROTOCOL_ERROR,
        INVALID_MESSAGE,
        SESSION_START_FAILED,
        NO_ACTIVE_SESSION,
        FRAME_PROCESSING_FAILED,
        SESSION_END_FAILED,
        PROCESSING_FAILED,
        UNKNOWN_MESSAGE_TYPE,
        INTERNAL_ERROR,
        STREAMING_DISABLED,
        SESSION_TIMEOUT;

        /** In small letters, as metrics have it. */
        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
