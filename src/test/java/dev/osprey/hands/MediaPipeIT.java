package dev.osprey.hands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.Photograph;
import dev.osprey.Python;
import dev.osprey.hands.Hand.Side;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The hands found here against those that MediaPipe's own Python package finds on the same pixels. */
class MediaPipeIT {

    /** Of a hand's size: the longer side of the box around its landmarks, as MediaPipe places them. */
    private static final double GREATEST_DIFFERENCE = 0.03;

    /** Parts of the photograph of fists with one in sight: x, y and side. The whole is too large for either to find one. */
    private static final int[][] FISTS = {
        {40, 280, 160}, {240, 240, 240}, {240, 160, 320}, {200, 200, 400}, {240, 360, 240}, {448, 320, 128}
    };

    private final Path folder;

    private final List<String> deviations = new ArrayList<>();
    private double greatestDifference;

    MediaPipeIT(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void findsTheSameHandsOnSinglePictures() throws Exception {
        Python python = Python.withMediaPipe();
        Map<String, Photograph> pictures = pictures();
        List<List<Hand>> expected = reference(python, pictures, "--max-hands", "2");
        int hands = 0;
        try (Networks networks = new Networks()) {
            int index = 0;
            for (Map.Entry<String, Photograph> picture : pictures.entrySet()) {
                List<Hand> found = networks.find(picture.getValue());
                hands += found.size();
                compare(picture.getKey(), picture.getValue(), expected.get(index++), found);
            }
        }
        System.out.printf(
                "%d pictures, %d hands: at most %.2f %% of the hand's size apart%n",
                pictures.size(), hands, 100 * greatestDifference);
        assertEquals(List.of(), deviations);
        assertTrue(hands > pictures.size() / 3, () -> "hardly a picture shows a hand");
    }

    @Test
    void followsAHandAsMediaPipeDoes() throws Exception {
        Python python = Python.withMediaPipe();
        for (int maxHands = 1; maxHands <= 2; maxHands++) {
            Map<String, Photograph> pictures = movement();
            List<List<Hand>> expected = reference(python, pictures, "--video", "--max-hands", String.valueOf(maxHands));
            HandTracker tracker = Networks.tracker(maxHands);
            try (Networks networks = new Networks()) {
                int index = 0;
                for (Map.Entry<String, Photograph> picture : pictures.entrySet()) {
                    List<Hand> found = networks.track(tracker, picture.getValue());
                    assertEquals(1, found.size(), picture::getKey);
                    compare(picture.getKey(), picture.getValue(), expected.get(index++), found);
                }
            }
            System.out.printf(
                    "%d pictures in a row, at most %d hand(s): at most %.2f %% of the hand's size apart%n",
                    pictures.size(), maxHands, 100 * greatestDifference);
        }
        assertEquals(List.of(), deviations);
    }

    private static Map<String, Photograph> pictures() {
        Map<String, Photograph> pictures = new LinkedHashMap<>();
        variations("hand", Photograph.openHand(), pictures);
        variations("fists", Photograph.fists(), pictures);
        Photograph hand = Photograph.openHand();
        pictures.put("two hands", hand.beside(hand.mirrored()));
        pictures.put("hand left half", hand.part(0, 0, 320, 480));
        pictures.put("hand in the middle", hand.part(80, 40, 400, 400));
        pictures.put("hand upper part", hand.part(0, 0, 640, 320));
        for (int[] part : FISTS) {
            String name = "fists from %d, %d, %d wide".formatted(part[0], part[1], part[2]);
            Photograph fist = Photograph.fists().part(part[0], part[1], part[2], part[2]);
            variations(name, fist, pictures);
        }
        return pictures;
    }

    private static void variations(String name, Photograph photograph, Map<String, Photograph> pictures) {
        pictures.put(name, photograph);
        pictures.put(name + " mirrored", photograph.mirrored());
        pictures.put(name + " darker", photograph.darker(0.5));
        pictures.put(name + " dark", photograph.darker(0.25));
        pictures.put(name + " smaller", photograph.scaled(0.5));
        pictures.put(name + " small", photograph.scaled(0.3));
        pictures.put(name + " turned by 90", photograph.turned());
        pictures.put(name + " turned by 180", photograph.turned().turned());
        pictures.put(name + " turned by 270", photograph.turned().turned().turned());
        for (int degrees : new int[] {-45, -30, -10, 15, 30, 60}) {
            pictures.put(name + " turned by " + degrees, photograph.turned(degrees));
        }
    }

    /** The hand goes through the picture, and turns a little. */
    private static Map<String, Photograph> movement() {
        Map<String, Photograph> pictures = new LinkedHashMap<>();
        Photograph hand = Photograph.openHand();
        for (int i = 0; i < 24; i++) {
            double phase = 2 * Math.PI * i / 24;
            int x = (int) Math.round(60 + 50 * Math.sin(phase));
            int y = (int) Math.round(40 - 40 * Math.cos(phase));
            pictures.put("moving " + i, hand.turned(8 * Math.sin(phase)).part(x, y, 480, 400));
        }
        return pictures;
    }

    private void compare(String name, Photograph photograph, List<Hand> expected, List<Hand> found) {
        if (expected.size() != found.size()) {
            deviations.add("%s: %d hand(s), MediaPipe finds %d".formatted(name, found.size(), expected.size()));
            return;
        }
        for (Hand hand : expected) {
            Hand nearest = found.stream()
                    .min(Comparator.comparingDouble(other -> difference(photograph, hand, other)))
                    .orElseThrow();
            double difference = difference(photograph, hand, nearest);
            greatestDifference = Math.max(greatestDifference, difference);
            if (difference > GREATEST_DIFFERENCE || nearest.side() != hand.side()) {
                deviations.add("%s: a %s hand %.2f %% apart from MediaPipe's %s hand"
                        .formatted(name, nearest.side(), 100 * difference, hand.side()));
            }
        }
    }

    /** Between the landmarks that are furthest apart, in depth as well, in parts of the hand's size. */
    private static double difference(Photograph photograph, Hand expected, Hand found) {
        double[] least = {Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY};
        double[] greatest = {Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY};
        double apart = 0;
        for (int i = 0; i < expected.landmarks().length; i += 3) {
            double x = expected.landmarks()[i] * photograph.width();
            double y = expected.landmarks()[i + 1] * photograph.height();
            least[0] = Math.min(least[0], x);
            least[1] = Math.min(least[1], y);
            greatest[0] = Math.max(greatest[0], x);
            greatest[1] = Math.max(greatest[1], y);
            double deltaX = found.landmarks()[i] * photograph.width() - x;
            double deltaY = found.landmarks()[i + 1] * photograph.height() - y;
            double deltaZ = (found.landmarks()[i + 2] - expected.landmarks()[i + 2]) * photograph.width();
            apart = Math.max(apart, Math.sqrt(deltaX * deltaX + deltaY * deltaY + deltaZ * deltaZ));
        }
        return apart / Math.max(greatest[0] - least[0], greatest[1] - least[1]);
    }

    private List<List<Hand>> reference(Python python, Map<String, Photograph> pictures, String... options)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("models/export/hands_reference.py"));
        command.addAll(List.of(options));
        Path output = folder.resolve("hands.json");
        command.addAll(List.of("--output", output.toString()));
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
            return reader.readObject().getJsonArray("pictures").getValuesAs(MediaPipeIT::hands);
        }
    }

    private static List<Hand> hands(JsonValue picture) {
        return picture.asJsonObject().getJsonArray("hands").getValuesAs(JsonObject.class).stream()
                .map(hand -> new Hand(
                        numbers(hand.getJsonArray("landmarks")),
                        hand.getString("label").equals("Left") ? Side.LEFT : Side.RIGHT,
                        1))
                .toList();
    }

    private static float[] numbers(JsonArray array) {
        float[] numbers = new float[array.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = ((JsonNumber) array.get(i)).numberValue().floatValue();
        }
        return numbers;
    }
}
