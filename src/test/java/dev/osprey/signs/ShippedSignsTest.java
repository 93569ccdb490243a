package dev.osprey.signs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.osprey.config.OspreyConfig;
import dev.osprey.config.TestConfig;
import dev.osprey.imaging.Clip;
import dev.osprey.imaging.ImageLimits;
import dev.osprey.imaging.Picture;
import dev.osprey.runtime.Cancellation;
import dev.osprey.runtime.Lease;
import dev.osprey.runtime.WarmModels;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The shipped model on recorded clips, from JPEG to probabilities, against what OpenCV and ONNX Runtime in Python made of them. */
class ShippedSignsTest {

    private static final Path CLIPS = Path.of("src/test/resources/signs");
    private static final double TOLERANCE = 1e-3;

    @Test
    void readsRecordedClipsAsItsTrainerDoes() throws IOException {
        OspreyConfig config = TestConfig.with();
        ImageLimits limits = new ImageLimits(
                1 << 20, config.imaging().maxWidth(), config.imaging().maxHeight());
        JsonArray expected;
        try (JsonReader reader = Json.createReader(Files.newInputStream(CLIPS.resolve("expected.json")))) {
            expected = reader.readArray();
        }
        try (WarmModels models = WarmModels.open(config)) {
            models.load("signs");
            for (JsonObject recorded : expected.getValuesAs(JsonObject.class)) {
                try (Lease lease = models.lease("signs");
                        Clip clip = new Clip(lease.manifest().clips().clip())) {
                    for (int i = 0; i < recorded.getJsonArray("frames").size(); i++) {
                        byte[] jpeg = Files.readAllBytes(
                                CLIPS.resolve(recorded.getJsonArray("frames").getString(i)));
                        try (Picture picture = Picture.decode(ByteBuffer.wrap(jpeg), limits)) {
                            clip.add(picture);
                        }
                    }
                    clip.copyInto(lease.input());
                    lease.run(lease.input(), lease.output(), 1, new Cancellation());
                    float[] found = lease.probabilities(0);
                    JsonArray probabilities = recorded.getJsonArray("probabilities");
                    assertEquals(probabilities.size(), found.length);
                    for (int i = 0; i < found.length; i++) {
                        assertEquals(
                                probabilities.getJsonNumber(i).doubleValue(),
                                found[i],
                                TOLERANCE,
                                recorded.getString("shown") + " as "
                                        + lease.manifest().labels().get(i));
                    }
                }
            }
        }
    }
}
