package dev.osprey.client;

import jakarta.json.Json;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonWriter;
import jakarta.json.stream.JsonGenerator;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The server's result, {@code protocols/referee.md}, section 4.9, as people and as programs read it. */
record Verdict(JsonObject result) {

    /** One line for each thing that the result tells. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        JsonObject decision = result.get("decision") instanceof JsonObject found ? found : result;
        if (text(result, "status").equals("skipped")) {
            lines.add("Skipped: " + text(result, "reason"));
            add(lines, "Declared winner: ", text(result, "declared_winner"));
        } else {
            add(lines, "Winner: ", text(decision, "winner"));
            add(lines, "Reason: ", text(decision, "reason"));
            if (decision.get("confidence") instanceof JsonNumber confidence) {
                lines.add(String.format(Locale.ROOT, "Confidence: %.2f", confidence.doubleValue()));
            }
            add(lines, "Rule: ", text(decision, "rule"));
        }
        if (result.get("wall_time_seconds") instanceof JsonNumber seconds) {
            lines.add(String.format(Locale.ROOT, "Time: %.1f s from the signal to the result", seconds.doubleValue()));
        }
        return lines;
    }

    private static void add(List<String> lines, String label, String text) {
        if (!text.isEmpty()) {
            lines.add(label + text);
        }
    }

    private static String text(JsonObject object, String key) {
        return object.get(key) instanceof JsonString text ? text.getString() : "";
    }

    /** All of it, as JSON. */
    void write(Path file) throws IOException {
        try (Writer writer = Files.newBufferedWriter(file);
                JsonWriter json = Json.createWriterFactory(Map.of(JsonGenerator.PRETTY_PRINTING, true))
                        .createWriter(writer)) {
            json.writeObject(result);
        }
    }
}
