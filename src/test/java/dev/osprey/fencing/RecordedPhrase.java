package dev.osprey.fencing;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** A phrase of a recorded bout, measured with the strip already, and what the human referee said. */
public record RecordedPhrase(String name, Signal signal, Bout bout, Side referee) {

    /** Recordings that are not part of the repository. */
    public static final Path FILE = Path.of("../shared/data/referee/phrases.jsonl.gz");

    /** The recording's date, {@code 20251017}. */
    public String day() {
        return name.substring(0, 8);
    }

    public static List<RecordedPhrase> read(Path file) throws IOException {
        List<RecordedPhrase> phrases = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                try (JsonReader reader = Json.createReader(new StringReader(line))) {
                    phrases.add(phrase(reader.readObject()));
                }
            }
        }
        return phrases;
    }

    private static RecordedPhrase phrase(JsonObject entry) {
        String name = entry.getString("name");
        Bout bout = new Bout(
                entry.getJsonNumber("fps").doubleValue(),
                1,
                Bout.Angle.MIDDLE,
                track(entry.getJsonArray("left")),
                track(entry.getJsonArray("right")));
        return new RecordedPhrase(
                name,
                Signal.parse(name + ".txt", entry.getString("signal")),
                bout,
                entry.getString("referee").equals("left") ? Side.LEFT : Side.RIGHT);
    }

    private static Track track(JsonArray frames) {
        return Track.of(frames.stream().map(RecordedPhrase::points).toList());
    }

    /** A frame, a point or a coordinate that was not seen is null. */
    private static double[] points(JsonValue frame) {
        double[] points = new double[2 * Track.POINTS];
        Arrays.fill(points, Double.NaN);
        if (frame instanceof JsonArray seen) {
            for (int i = 0; i < points.length; i++) {
                if (seen.get(i / 2) instanceof JsonArray point && point.get(i % 2) instanceof JsonNumber coordinate) {
                    points[i] = coordinate.doubleValue();
                }
            }
        }
        return points;
    }
}
