package dev.osprey.client;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonException;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import java.io.StringReader;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A message from the server, {@code protocols/referee.md}, section 4, read with forbearance: what is missing is empty. */
record ServerMessage(String type, JsonObject fields) {

    /** @throws ClientFailure for what is no JSON object with a type */
    static ServerMessage read(String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            JsonObject fields = reader.readObject();
            return new ServerMessage(fields.getString("type"), fields);
        } catch (JsonException | NullPointerException | ClassCastException noMessage) {
            throw new ClientFailure(
                    ExitCode.REFUSED,
                    "The server sent something that is no message of a referee session: " + shortened(text));
        }
    }

    boolean is(String expected) {
        return type.equals(expected);
    }

    boolean isError() {
        return type.equals("error");
    }

    /** Of an error; an error that does not say is taken for the end. */
    boolean isRecoverable() {
        return fields.getBoolean("recoverable", false);
    }

    String errorCode() {
        return text("error_code");
    }

    /** Of an error, as the server words it. */
    String sentence() {
        String sentence = text("error_message");
        return sentence.isEmpty() ? errorCode() : sentence;
    }

    OptionalLong frameNumber() {
        return number("frame_number");
    }

    /** Of a session that goes on: the first frame that the server does not have. */
    OptionalLong nextFrame() {
        return number("next_frame");
    }

    /** Of a session that goes on: that the server has all frames and the signal. */
    boolean signalReceived() {
        return fields.getBoolean("signal_received", false);
    }

    /** What the server noticed about the frames. */
    List<String> issues() {
        if (fields.get("validation") instanceof JsonObject validation
                && validation.get("issues") instanceof JsonArray issues) {
            return issues.stream()
                    .map(issue -> issue instanceof JsonString text ? text.getString() : issue.toString())
                    .toList();
        }
        return List.of();
    }

    String stage() {
        return text("stage");
    }

    /** 0 to 1. */
    double progress() {
        return fields.get("progress") instanceof JsonNumber number ? Math.max(0, Math.min(1, number.doubleValue())) : 0;
    }

    /** What a stage says of itself. */
    String remark() {
        return text("message");
    }

    Optional<JsonObject> result() {
        return fields.get("result") instanceof JsonObject result ? Optional.of(result) : Optional.empty();
    }

    private String text(String key) {
        return fields.get(key) instanceof JsonString text ? text.getString() : "";
    }

    private OptionalLong number(String key) {
        return fields.get(key) instanceof JsonNumber number
                ? OptionalLong.of(number.longValue())
                : OptionalLong.empty();
    }

    private static String shortened(String text) {
        return text.length() <= 200 ? text : text.substring(0, 200) + "...";
    }
}
