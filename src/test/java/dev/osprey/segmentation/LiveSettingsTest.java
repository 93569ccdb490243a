package dev.osprey.segmentation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.config.TestConfig;
import dev.osprey.imaging.Visualization;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is set while frames are answered. */
class LiveSettingsTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void drawsInTheQualityThatIsSetNow() {
        try (Stage stage = new Stage(folder)) {
            byte[] before = stage.segmentation
                    .unchanged(ByteBuffer.wrap(Client.jpeg(1)))
                    .orElseThrow();
            stage.set("segmentation.jpeg-quality", "1");
            byte[] after = stage.segmentation
                    .unchanged(ByteBuffer.wrap(Client.jpeg(1)))
                    .orElseThrow();
            assertTrue(after.length < before.length);
        }
    }

    @Test
    void letsAFrameWaitAsLongAsIsSetNow() {
        try (Stage stage = new Stage(folder).byTurns()) {
            Client client = stage.connect();
            stage.set("stream.max-queue-time", "PT5S");
            client.frame(1, 20);
            stage.pass(Duration.ofSeconds(6));
            stage.turn("a");
            stage.set("stream.max-queue-time", "PT7S");
            client.frame(2, 40);
            stage.pass(Duration.ofSeconds(6));
            stage.turn("a");
            assertEquals(
                    List.of(
                            "connected",
                            "INFERENCE_FAILED: No turn came within 5000 ms for the model \"a\"",
                            "2 balanced: 40"),
                    client.story());
        }
    }

    @Test
    void knowsTheModesAndRenderingsByTheNamesThatMayBeSet() {
        assertEquals(Mode.WIRE_NAMES, TestConfig.words("segmentation.default-mode"));
        TestConfig.words("segmentation.default-visualization")
                .forEach(word -> assertTrue(Visualization.ofWireName(word).isPresent()));
    }
}
