package dev.osprey.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerdictTest {

    private static JsonObject json(String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text.replace('\'', '"')))) {
            return reader.readObject();
        }
    }

    @Test
    void tellsTheDecision() {
        assertEquals(
                List.of(
                        "Winner: right",
                        "Reason: Blade analysis favors right",
                        "Confidence: 0.82",
                        "Rule: tempo",
                        "Time: 12.3 s from the signal to the result"),
                new Verdict(json("{'status':'success','decision':{'winner':'right','reason':"
                                + "'Blade analysis favors right','confidence':0.8249,'rule':'tempo'},"
                                + "'wall_time_seconds':12.3456}"))
                        .lines());
    }

    @Test
    void tellsWhatAServerWithoutDecisionObjectSays() {
        assertEquals(
                List.of("Winner: left", "Reason: because"),
                new Verdict(json("{'winner':'left','reason':'because'}")).lines());
    }

    @Test
    void tellsWhyThereIsNothingToDecide() {
        assertEquals(
                List.of("Skipped: Only one fencer hit.", "Declared winner: Right"),
                new Verdict(json("{'status':'skipped','reason':'Only one fencer hit.','declared_winner':'Right'}"))
                        .lines());
    }

    @Test
    void writesAllOfTheResult(@TempDir Path folder) throws IOException {
        JsonObject result = json("{'status':'success','extra':[1,2.5,null,'ä']}");
        Path file = folder.resolve("result.json");
        new Verdict(result).write(file);
        assertEquals(result, json(Files.readString(file)));
    }
}
