package dev.osprey.fingerspelling;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.osprey.config.OspreyConfig;
import dev.osprey.config.TestConfig;
import dev.osprey.hands.Hand;
import dev.osprey.hands.Hand.Side;
import dev.osprey.runtime.Cancellation;
import dev.osprey.runtime.WarmModels;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The shipped models of letters, from landmarks to probabilities, against what their training's own code said of the clips. */
class ShippedLettersTest {

    /** Both are float32; the recorded landmarks have five decimals, the recorded probabilities six. */
    private static final double TOLERANCE = 0.002;

    @ParameterizedTest
    @ValueSource(strings = {"letters", "letter"})
    void sayWhatTheirTrainingSaid(String name) throws IOException {
        OspreyConfig config = TestConfig.with("runtime.provider", "cpu");
        try (WarmModels models = WarmModels.open(config);
                InputStream file = ShippedLettersTest.class.getResourceAsStream("/letters/clips.json");
                JsonReader reader = Json.createReader(file)) {
            models.load(name);
            Recognizer recognizer = new ServedRecognition(models, config).recognizer(name);
            JsonArray clips = reader.readArray();
            assertEquals(8, clips.size());
            for (JsonObject clip : clips.getValuesAs(JsonObject.class)) {
                float[] said = recognizer.probabilities(input(recognizer.model(), config, clip), new Cancellation());
                List<JsonValue> expected = clip.getJsonArray(name);
                assertEquals(expected.size(), said.length);
                for (int i = 0; i < said.length; i++) {
                    double probability = Double.parseDouble(expected.get(i).toString());
                    assertEquals(probability, said[i], TOLERANCE, clip.getString("shown") + ", class " + i);
                }
            }
        }
    }

    /** The clip as the coach puts it together, frame by frame. */
    private static float[] input(LettersModel model, OspreyConfig config, JsonObject clip) {
        Coach coach = new Coach(config.fingerspelling(), false);
        Optional<float[]> whole = Optional.empty();
        for (JsonObject frame : clip.getJsonArray("frames").getValuesAs(JsonObject.class)) {
            JsonArray points = frame.getJsonArray("landmarks");
            float[] landmarks = new float[points.size()];
            for (int i = 0; i < landmarks.length; i++) {
                landmarks[i] = (float) points.getJsonNumber(i).doubleValue();
            }
            Side side = frame.getString("side").equals("Left") ? Side.LEFT : Side.RIGHT;
            whole = coach.add(
                    model,
                    model.landmarks(List.of(new Hand(landmarks, side, 1))).orElseThrow());
        }
        return whole.orElseThrow();
    }
}
