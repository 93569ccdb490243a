package dev.osprey.segmentation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Modes that change while frames wait. */
class ModeChangeTest {

    private final Stage stage;

    ModeChangeTest(@TempDir Path folder) {
        stage = new Stage(folder).byTurns();
    }

    @AfterEach
    void close() {
        stage.close();
    }

    @Test
    void answersFramesInTheModeTheyWereSentIn() {
        Client client = stage.connect();
        client.frame(1, 40);
        client.changeMode("accurate");
        client.frame(2, 80);
        client.changeMode("fast");
        client.frame(3, 120);
        assertEquals(List.of("connected"), client.story());
        stage.turn("b");
        assertEquals(List.of("connected"), client.story());
        stage.turn("a");
        assertEquals(List.of("connected", "1 balanced: 40", "mode_changed accurate"), client.story());
        stage.turn("b");
        stage.turn("a");
        assertEquals(
                List.of(
                        "connected",
                        "1 balanced: 40",
                        "mode_changed accurate",
                        "2 accurate: 80",
                        "mode_changed fast",
                        "3 fast: 120"),
                client.story());
        assertEquals("b", Client.metadata(client.peer.sent().get(3)).getString("model"));
    }

    @Test
    void sendsTheLabelsOfTheNewMode() {
        Client client = stage.connect();
        client.changeMode("sota");
        assertEquals(
                "[\"background\",\"road\",\"sky\"]",
                client.last().getJsonArray("class_labels").toString());
        assertEquals("b", client.last().getString("model"));
    }

    @Test
    void changesToEachModeAtOnceWhereItsModelIsWarm() {
        Client client = stage.connect();
        for (String mode : Segmentation.modes()) {
            client.changeMode(mode);
        }
        assertEquals(
                List.of(
                        "connected",
                        "mode_changed fast",
                        "mode_changed balanced",
                        "mode_changed accurate",
                        "mode_changed sota"),
                client.story());
    }

    @Test
    void refusesAModeThatIsNoneAndStaysInTheOldOne() {
        Client client = stage.connect();
        client.changeMode("turbo");
        client.send("{\"type\":\"change_mode\"}");
        client.send("{\"type\":\"change_mode\",\"model_mode\":7}");
        client.changeMode("x".repeat(300));
        client.frame(1, 40);
        stage.turn("a");
        assertEquals(
                List.of(
                        "connected",
                        "INVALID_MODE: Invalid model mode: turbo",
                        "INVALID_MODE: Invalid model mode: None",
                        "INVALID_MODE: Invalid model mode: 7",
                        "INVALID_MODE: Invalid model mode: " + "x".repeat(200) + "...",
                        "1 balanced: 40"),
                client.story());
    }

    @Test
    void readsNamesInAFilterByTheModeToCome() {
        Client client = stage.connect();
        client.frame(1, 40);
        client.changeMode("accurate");
        client.send("{\"type\":\"update_viz\",\"settings\":{\"class_filter\":[\"sky\"]}}");
        stage.turn("a");
        assertEquals(
                "{\"class_filter\":[2]}",
                client.last().getJsonObject("settings").toString());
    }

    @Test
    void loadsAModelThatIsNotThereAndLetsItsFramesWait() {
        stage.models.unload("b");
        Client client = stage.connect();
        client.frame(1, 40);
        client.changeMode("accurate");
        client.frame(2, 80);
        stage.turn("a");
        assertEquals(List.of("connected", "1 balanced: 40"), client.story());
        assertEquals(1, stage.loads.size());
        stage.loads.remove().run();
        assertEquals(List.of("connected", "1 balanced: 40", "mode_changed accurate"), client.story());
        stage.turn("b");
        assertEquals("2 accurate: 80", client.story().get(3));
    }

    @Test
    void goesOnInTheOldModeWhereTheNewModelCannotBeLoaded() {
        stage.models.unload("b");
        stage.repository.corrupt("b", 1, new byte[] {1});
        Client client = stage.connect();
        client.frame(1, 40);
        client.changeMode("accurate");
        client.frame(2, 80);
        client.changeMode("fast");
        client.frame(3, 120);
        stage.turn("a");
        stage.loads.remove().run();
        stage.turn("a");
        stage.turn("a");
        List<String> story = client.story();
        assertEquals(
                "MODE_CHANGE_FAILED: The model of the mode accurate could not be loaded; the mode stays balanced",
                story.get(2));
        assertEquals("2 balanced: 80", story.get(3));
        assertEquals("mode_changed fast", story.get(4));
        assertEquals("3 fast: 120", story.get(5));
        assertEquals(1, stage.meters.counts().get("failed MODE_CHANGE_FAILED"));
    }

    @Test
    void forgetsAChangeOfAClientThatLeftMeanwhile() {
        stage.models.unload("b");
        Client client = stage.connect();
        client.changeMode("accurate");
        client.frame(1, 40);
        client.stream.end();
        stage.loads.remove().run();
        stage.turn("b");
        assertEquals(List.of("connected"), client.story());
    }

    @Test
    void endsAClientThatChangesModesFasterThanFramesAreAnswered() {
        Client client = stage.connect();
        client.frame(1, 40);
        for (int i = 0; i < 8; i++) {
            client.changeMode("fast");
        }
        assertEquals(List.of(), client.peer.closed());
        client.changeMode("fast");
        assertEquals(List.of("1008 9 mode changes wait for frames before them, the limit is 8"), client.peer.closed());
    }
}
