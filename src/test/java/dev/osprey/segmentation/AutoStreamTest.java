package dev.osprey.segmentation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.model.TestRepository;
import dev.osprey.model.TinyNetwork;
import jakarta.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stream that chooses its mode by itself, between the messages of its client. */
class AutoStreamTest {

    private final Stage stage;

    AutoStreamTest(@TempDir Path folder) {
        stage = new Stage(folder);
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private static void auto(Client client, String fps) {
        client.send("{\"type\":\"change_mode\",\"model_mode\":\"auto\"%s}".formatted(fps));
    }

    @Test
    void tellsWhatItRunsNowAndTheRateItIsToHold() {
        Client client = stage.connect();
        auto(client, ",\"fps\":12.5");
        assertEquals(List.of("connected", "mode_changed balanced"), client.story());
        assertEquals("{\"fps\":12.5}", client.last().getJsonObject("auto").toString());
        assertEquals("a", client.last().getString("model"));
        auto(client, "");
        assertEquals("{\"fps\":15.0}", client.last().getJsonObject("auto").toString());
    }

    @Test
    void tellsNothingNewWhereAModeIsNamed() {
        Client client = stage.connect();
        auto(client, "");
        client.send("{\"type\":\"change_mode\",\"model_mode\":\"fast\",\"fps\":5}");
        assertEquals("fast", client.last().getString("model_mode"));
        assertFalse(client.last().containsKey("auto"));
    }

    @Test
    void refusesARateThatIsNoneAndKeepsTheMode() {
        Client client = stage.connect();
        auto(client, ",\"fps\":500");
        auto(client, ",\"fps\":\"fast\"");
        client.send("{\"type\":\"change_mode\",\"model_mode\":\"auto\",\"fps\":null}");
        assertEquals(
                List.of(
                        "connected",
                        "INVALID_MODE: fps is 500, expected a number from 1 to 120",
                        "INVALID_MODE: fps is \"fast\", expected a number from 1 to 120",
                        "INVALID_MODE: fps is null, expected a number from 1 to 120"),
                client.story());
    }

    @Test
    void keepsTheModeToComeWhereAnotherChangeStillWaits() {
        stage.byTurns();
        Client client = stage.connect();
        client.frame(1, 40);
        client.changeMode("accurate");
        auto(client, "");
        stage.turn("a");
        assertEquals(
                List.of("connected", "1 balanced: 40", "mode_changed accurate", "mode_changed accurate"),
                client.story());
        assertTrue(client.last().containsKey("auto"));
    }

    @Test
    void saysThatTheModeIsItsOwnChoiceWhereItsModelIsSwapped() {
        stage.byTurns();
        Client client = stage.connect();
        auto(client, ",\"fps\":5");
        stage.repository.addTiny("a", 1, patch -> patch.replace("/labels/1", "bird"));
        stage.models.swap("a", 2);
        client.frame(1, 40);
        stage.turn("a");
        assertEquals("mode_changed balanced", client.story().get(2));
        assertEquals("{\"fps\":5.0}", client.message(2).getJsonObject("auto").toString());
    }

    @Test
    void leavesAModeWhoseModelIsGone() {
        stage.byTurns();
        Client client = stage.connect();
        client.changeMode("accurate");
        auto(client, "");
        client.frame(1, 40);
        client.frame(2, 50);
        stage.models.unload("b");
        stage.turn("b");
        client.frame(3, 60);
        stage.turn("b");
        stage.turn("a");
        List<String> story = client.story();
        assertEquals(
                List.of(
                        "INFERENCE_FAILED: The model \"b\" is not loaded",
                        "INFERENCE_FAILED: The model \"b\" is not loaded",
                        "mode_changed balanced",
                        "3 balanced: 60"),
                story.subList(3, story.size()));
        JsonObject auto = client.message(5).getJsonObject("auto");
        assertEquals("accurate", auto.getString("from"));
        assertEquals("the model of accurate is not loaded any more", auto.getString("reason"));
        assertFalse(auto.containsKey("queue_ms"));
        assertEquals(0, stage.loads.size());
    }

    @Test
    void staysWhereTheModelOfItsChoiceGoesBeforeItIsThere() {
        stage.byTurns();
        Client client = stage.connect();
        client.changeMode("sota");
        auto(client, "");
        client.frame(1, 40);
        client.frame(2, 50);
        stage.models.unload("b");
        stage.turn("b");
        // The choice waits behind the second frame, and now its model goes and the other's is back.
        stage.models.unload("a");
        stage.models.load("b");
        client.frame(3, 1);
        stage.turn("b");
        stage.turn("b");
        List<String> story = client.story();
        assertEquals(List.of("2 sota: 50", "mode_changed sota", "3 sota: 1"), story.subList(4, story.size()));
        assertEquals(
                "the model of balanced is not loaded any more",
                client.message(5).getJsonObject("auto").getString("reason"));
        assertEquals(0, stage.loads.size());
    }

    @Test
    void movesWhereItsTurnsTakeTooLongAndLosesNoFrameOverIt() {
        byte[] slow = TinyNetwork.slow(50_000, 3, 4);
        stage.repository
                .addTiny("b", 1, patch -> patch.replace("/sha256/2", TestRepository.sha256(slow)))
                .corrupt("b", 2, slow);
        stage.models.swap("b", 2);
        stage.byTurns();
        Client client = stage.connect();
        client.changeMode("sota");
        auto(client, ",\"fps\":1");
        client.frame(1, 1);
        client.frame(2, 2);
        // The first turn does not count, and two windows of three turns each have to miss.
        for (int frame = 3; frame <= 8; frame++) {
            lateTurn();
            client.frame(frame, frame);
        }
        assertEquals("mode_changed sota", client.story().get(2));
        assertEquals("6 sota: 6", client.story().get(8));
        lateTurn();
        // The eighth frame was there before and is answered in the old mode.
        client.frame(9, 9);
        lateTurn();
        stage.turn("a");
        List<String> story = client.story();
        assertEquals(
                List.of("7 sota: 7", "8 sota: 8", "mode_changed balanced", "9 balanced: 9"),
                story.subList(9, story.size()));
        JsonObject auto = client.message(11).getJsonObject("auto");
        assertEquals(1, auto.getJsonNumber("fps").doubleValue());
        assertEquals("sota", auto.getString("from"));
        assertTrue(auto.getString("reason").startsWith("sota came short: 0."), auto::toString);
        assertTrue(auto.getJsonNumber("queue_ms").doubleValue() >= 1_500, auto::toString);
        assertTrue(auto.getJsonNumber("service_ms").doubleValue() > 0);
        assertEquals(
                client.message(11).getJsonArray("class_labels"),
                client.message(0).getJsonArray("class_labels"));
        // A swap is no move, also where one led to the mode.
        stage.repository.addTiny("a", 1, patch -> patch.replace("/labels/1", "bird"));
        stage.models.swap("a", 2);
        client.frame(10, 10);
        stage.turn("a");
        assertEquals("mode_changed balanced", client.story().get(13));
        assertEquals("{\"fps\":1.0}", client.message(13).getJsonObject("auto").toString());
    }

    /** A turn of the slow model that came late. */
    private void lateTurn() {
        stage.pass(Duration.ofMillis(1_500));
        stage.turn("b");
    }
}
