package dev.osprey.segmentation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.config.OspreyConfig;
import dev.osprey.config.TestConfig;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.imaging.Rendering;
import dev.osprey.imaging.Visualization;
import dev.osprey.inference.Scheduler;
import dev.osprey.metrics.Meters;
import dev.osprey.runtime.WarmModels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentationTest {

    private static final Executor NEVER = task -> {
        throw new RejectedExecutionException("nothing runs here");
    };

    private final Path folder;

    SegmentationTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void refusesSettingsThatFitNothingAllAtOnce() {
        OspreyException refusal = assertThrows(
                OspreyException.class,
                () -> segmentation(
                        "segmentation.fast-model", "street",
                        "segmentation.sota-model", "Person",
                        "segmentation.default-mode", "turbo",
                        "segmentation.default-visualization", "sepia"));
        assertEquals(ErrorCode.CONFIGURATION_INVALID, refusal.code());
        assertEquals(
                "osprey.segmentation.fast-model is \"street\", the repository has: person; "
                        + "osprey.segmentation.sota-model is \"Person\", the repository has: person; "
                        + "osprey.segmentation.default-mode is \"turbo\", expected one of fast, balanced, accurate,"
                        + " sota; osprey.segmentation.default-visualization is \"sepia\", a rendering was expected",
                refusal.detail());
    }

    @Test
    void startsConnectionsWithTheConfiguredMode() {
        Segmentation segmentation = segmentation(
                "segmentation.default-mode", "sota",
                "segmentation.default-visualization", "contour",
                "segmentation.default-opacity", "0.25");
        assertEquals(Mode.SOTA, segmentation.defaultMode());
        assertEquals(new Rendering(Visualization.CONTOUR, 0.25, null), segmentation.defaultRendering());
    }

    @Test
    void isNotReadyBeforeTheDefaultModelIs() {
        assertFalse(segmentation().isReady());
    }

    @Test
    void isReadyWhileTheDefaultModelIs() {
        try (Stage stage = new Stage(folder)) {
            stage.models.unload("b");
            assertTrue(stage.segmentation.isReady());
            stage.models.unload("a");
            assertFalse(stage.segmentation.isReady());
        }
    }

    @Test
    void knowsTheManifestOfAModelThatIsNotLoaded() {
        assertEquals("person", segmentation().manifest(Mode.FAST).name());
    }

    @Test
    void saysThatALoadFailedWhichNobodyTakesOn() {
        List<String> told = new ArrayList<>();
        segmentation().load(Mode.FAST, () -> told.add("loaded"), () -> told.add("failed"));
        assertEquals(List.of("failed"), told);
    }

    private static Segmentation segmentation(String... changes) {
        OspreyConfig config = TestConfig.with(changes);
        return new Segmentation(config, WarmModels.open(config), new Scheduler(NEVER), NEVER, Meters.NONE);
    }
}
