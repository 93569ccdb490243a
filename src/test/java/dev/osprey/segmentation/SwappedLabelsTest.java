package dev.osprey.segmentation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.osprey.stream.FakePeer;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonPatchBuilder;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that get other labels or colours while clients stream. */
class SwappedLabelsTest {

    private final Stage stage;

    SwappedLabelsTest(@TempDir Path folder) {
        stage = new Stage(folder).byTurns();
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private void swap(String model, int version, UnaryOperator<JsonPatchBuilder> changes) {
        stage.repository.addTiny(model, 1, changes);
        stage.models.swap(model, version);
    }

    private static String labels(Client client, int message) {
        return client.message(message).getJsonArray("class_labels").toString();
    }

    @Test
    void areAnnouncedBeforeTheFirstAnswerOfTheNewVersion() {
        Client client = stage.connect();
        client.frame(1, 40);
        client.frame(2, 50);
        stage.turn("a");
        swap("a", 2, patch -> patch.replace("/labels/1", "bird"));
        assertEquals(List.of("connected", "1 balanced: 40"), client.story());
        stage.turn("a");
        client.frame(3, 60);
        stage.turn("a");
        assertEquals(
                List.of("connected", "1 balanced: 40", "mode_changed balanced", "2 balanced: 50", "3 balanced: 60"),
                client.story());
        assertEquals("[\"background\",\"person\"]", labels(client, 0));
        assertEquals("[\"background\",\"bird\"]", labels(client, 2));
    }

    @Test
    void areAnnouncedToEveryStreamInTheModeOnceAndToNobodyElse() {
        Client one = stage.connect();
        Client other = stage.connect();
        Client elsewhere = stage.connect();
        elsewhere.changeMode("sota");
        swap("a", 2, patch -> patch.replace("/labels/1", "bird"));
        for (Client client : List.of(one, other, elsewhere)) {
            client.frame(1, 40);
        }
        stage.turn("a");
        stage.turn("b");
        assertEquals(List.of("connected", "mode_changed balanced", "1 balanced: 40"), one.story());
        assertEquals(one.story(), other.story());
        assertEquals(List.of("connected", "mode_changed sota", "1 sota: 40"), elsewhere.story());
    }

    @Test
    void areAnnouncedForTheirColoursToo() {
        Client client = stage.connect(Feature.RECEIPT);
        swap("a", 2, patch -> patch.replace("/palette", json("[[1,2,3],[4,5,6]]")));
        client.frame(1, 40);
        stage.turn("a");
        assertEquals("mode_changed balanced", client.story().get(1));
        assertEquals(
                "[[1,2,3],[4,5,6]]",
                client.message(1).getJsonArray("class_colors").toString());
    }

    @Test
    void areAnnouncedAgainWhereTheOldVersionComesBack() {
        Client client = stage.connect();
        swap("a", 2, patch -> patch.replace("/labels/1", "bird"));
        client.frame(1, 40);
        stage.turn("a");
        swap("a", 1, patch -> patch);
        client.frame(2, 40);
        stage.turn("a");
        assertEquals(
                List.of(
                        "connected",
                        "mode_changed balanced",
                        "1 balanced: 40",
                        "mode_changed balanced",
                        "2 balanced: 40"),
                client.story());
        assertEquals(labels(client, 0), labels(client, 3));
    }

    @Test
    void areNotAnnouncedWhereAVersionChangesNeither() {
        Client client = stage.connect();
        swap("a", 2, patch -> patch.replace("/description", "The same, only better."));
        client.frame(1, 40);
        stage.turn("a");
        assertEquals(List.of("connected", "1 balanced: 40"), client.story());
    }

    @Test
    void areAnnouncedBeforeTheOldestOfTheFramesThatOnePictureAnswers() {
        Client client = stage.connect();
        for (int timestamp = 1; timestamp <= 3; timestamp++) {
            client.frame(timestamp, 40);
        }
        swap("a", 2, patch -> patch.replace("/labels/1", "bird"));
        stage.turn("a");
        assertEquals(List.of("connected", "mode_changed balanced", "1 balanced: 40", "2 balanced: 40"), client.story());
    }

    @Test
    void areNotInTheAnnouncementOfAModeThatAnsweredByTheOldVersion() {
        Client client = stage.connect(FakePeer.thatReadsWhenTold());
        // Waits behind the greeting, which is not read yet.
        client.changeMode("sota");
        swap("b", 2, patch -> patch.replace("/labels/1", "road"));
        client.peer.read();
        client.frame(1, 40);
        client.peer.read();
        stage.turn("b");
        client.peer.read();
        assertEquals(List.of("connected", "mode_changed sota", "mode_changed sota", "1 sota: 40"), client.story());
        assertEquals("[\"background\",\"road\",\"sky\"]", labels(client, 1));
        assertEquals("[\"background\",\"road\"]", labels(client, 2));
    }

    private static JsonArray json(String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return reader.readArray();
        }
    }
}
