package dev.osprey.pose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.Photograph;
import dev.osprey.Python;
import jakarta.json.Json;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The person found here against the one that MediaPipe's own Python package finds on the same pixels. */
class MediaPipeIT {

    /** Of a torso's length, between the points that are furthest apart. */
    private static final double GREATEST_DIFFERENCE = 0.04;

    private static final double GREATEST_DIFFERENCE_OF_CONFIDENCE = 0.01;

    /** The landmark that each of COCO's points is, by MediaPipe's list of names. */
    private static final List<Integer> LANDMARKS =
            List.of(0, 2, 5, 7, 8, 11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28);

    private final Path folder;

    MediaPipeIT(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void findsTheSamePersonOnSinglePictures() throws Exception {
        Python python = Python.withMediaPipe();
        Map<String, Photograph> pictures = pictures();
        List<JsonObject> expected = reference(python, pictures);
        List<String> deviations = new ArrayList<>();
        double greatest = 0;
        double greatestOfConfidence = 0;
        int people = 0;
        try (Networks networks = new Networks()) {
            int index = 0;
            for (Map.Entry<String, Photograph> picture : pictures.entrySet()) {
                List<Person> found = networks.findOnWhole(picture.getValue());
                JsonObject reference = expected.get(index++);
                boolean somebody = !reference.isNull("landmarks");
                if (somebody == found.isEmpty()) {
                    deviations.add("%s: %d people, MediaPipe finds %s"
                            .formatted(picture.getKey(), found.size(), somebody ? "one" : "nobody"));
                } else if (somebody) {
                    people++;
                    double difference = difference(reference, found.get(0));
                    double ofConfidence = differenceOfConfidence(reference, found.get(0));
                    greatest = Math.max(greatest, difference);
                    greatestOfConfidence = Math.max(greatestOfConfidence, ofConfidence);
                    if (difference > GREATEST_DIFFERENCE || ofConfidence > GREATEST_DIFFERENCE_OF_CONFIDENCE) {
                        deviations.add("%s: %.2f %% of the torso, %.3f of confidence apart"
                                .formatted(picture.getKey(), 100 * difference, ofConfidence));
                    }
                }
            }
        }
        System.out.printf(
                "%d pictures, %d people: at most %.2f %% of the torso, %.3f of confidence apart%n",
                pictures.size(), people, 100 * greatest, greatestOfConfidence);
        assertEquals(List.of(), deviations);
        assertTrue(people > pictures.size() / 2, "hardly a picture shows a person");
    }

    private static Map<String, Photograph> pictures() {
        Map<String, Photograph> pictures = new LinkedHashMap<>();
        variations("road", Photograph.shared("person-on-road.jpg"), pictures);
        variations("road, near", Photograph.shared("person-on-road.jpg").part(150, 100, 340, 327), pictures);
        pictures.put("hand", Photograph.openHand());
        pictures.put("black", Photograph.openHand().darker(0));
        return pictures;
    }

    private static void variations(String name, Photograph photograph, Map<String, Photograph> pictures) {
        pictures.put(name, photograph);
        pictures.put(name + " mirrored", photograph.mirrored());
        pictures.put(name + " darker", photograph.darker(0.5));
        pictures.put(name + " smaller", photograph.scaled(0.7));
        pictures.put(name + " larger", photograph.scaled(2));
        for (int degrees : new int[] {-30, -10, 15, 30}) {
            pictures.put(name + " turned by " + degrees, photograph.turned(degrees));
        }
    }

    private static double difference(JsonObject reference, Person found) {
        double apart = 0;
        for (int point = 0; point < Person.POINTS; point++) {
            double x = number(reference, point, 0) * reference.getInt("width");
            double y = number(reference, point, 1) * reference.getInt("height");
            apart = Math.max(apart, Math.hypot(found.x(point) - x, found.y(point) - y));
        }
        return apart / found.torso();
    }

    private static double differenceOfConfidence(JsonObject reference, Person found) {
        double apart = 0;
        for (int point = 0; point < Person.POINTS; point++) {
            apart = Math.max(apart, Math.abs(found.confidences()[point] - number(reference, point, 3)));
        }
        return apart;
    }

    private static double number(JsonObject reference, int point, int value) {
        JsonNumber number = reference.getJsonArray("landmarks").getJsonNumber(4 * LANDMARKS.get(point) + value);
        return number.doubleValue();
    }

    private List<JsonObject> reference(Python python, Map<String, Photograph> pictures)
            throws IOException, InterruptedException {
        Path output = folder.resolve("people.json");
        List<String> command =
                new ArrayList<>(List.of("models/export/people_reference.py", "--output", output.toString()));
        int index = 0;
        for (Photograph picture : pictures.values()) {
            Path file = folder.resolve(index++ + ".png");
            picture.write(file);
            command.add(file.toString());
        }
        Python.Run run = python.run(command);
        assertEquals(0, run.status(), run::output);
        try (InputStream file = Files.newInputStream(output);
                JsonReader reader = Json.createReader(file)) {
            return reader.readObject().getJsonArray("pictures").getValuesAs(JsonObject.class);
        }
    }
}
