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
import dev.osprey.inference.TaskWork;
import dev.osprey.metrics.Meters;
import dev.osprey.model.TestRepository;
import dev.osprey.runtime.WarmModels;
import dev.osprey.trace.Tracing;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentationTest {

    private static final Executor NEVER = task -> {
        throw new RejectedExecutionException("nothing runs here");
    };

    private final Path folder;

    SegmentationTest(@TempDir Path folder) {
        this.folder = folder;
        new TestRepository(folder).addTiny("a").addTiny("b");
    }

    @Test
    void refusesSettingsThatFitNothingAllAtOnce() {
        OspreyException refusal = assertThrows(
                OspreyException.class,
                () -> segmentation(
                        "segmentation.fast-model", "street",
                        "segmentation.sota-model", "Person"));
        assertEquals(ErrorCode.CONFIGURATION_INVALID, refusal.code());
        assertEquals(
                "osprey.segmentation.fast-model is \"street\", the repository has: a, b; "
                        + "osprey.segmentation.sota-model is \"Person\", the repository has: a, b",
                refusal.detail());
    }

    @Test
    void refusesAModelOfAnotherKind() {
        new TestRepository(folder).addLetters("letters", patch -> patch);
        OspreyException refusal =
                assertThrows(OspreyException.class, () -> segmentation("segmentation.balanced-model", "letters"));
        assertEquals(ErrorCode.CONFIGURATION_INVALID, refusal.code());
        assertEquals(
                "osprey.segmentation.balanced-model is \"letters\", which is of the kind letters;"
                        + " for segmentation the repository has: a, b",
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
    void startsLaterConnectionsWithWhatIsSetMeanwhile() {
        try (Stage stage = new Stage(folder)) {
            assertEquals(Mode.BALANCED, stage.segmentation.defaultMode());
            stage.set(
                    "segmentation.default-mode", "fast",
                    "segmentation.default-visualization", "blend",
                    "segmentation.default-opacity", "0.5");
            assertEquals(Mode.FAST, stage.segmentation.defaultMode());
            assertEquals(new Rendering(Visualization.BLEND, 0.5, null), stage.segmentation.defaultRendering());
        }
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
        assertEquals("b", segmentation().manifest(Mode.SOTA).name());
    }

    @Test
    void saysThatALoadFailedWhichNobodyTakesOn() {
        List<String> told = new ArrayList<>();
        segmentation().load(Mode.FAST, () -> told.add("loaded"), () -> told.add("failed"));
        assertEquals(List.of("failed"), told);
    }

    private Segmentation segmentation(String... changes) {
        OspreyConfig config =
                TestConfig.with(Stream.of(new String[] {"model.repository", folder.toString()}, Stage.MODELS, changes)
                        .flatMap(Arrays::stream)
                        .toArray(String[]::new));
        return new Segmentation(
                () -> config,
                WarmModels.open(config),
                new Scheduler(NEVER, TaskWork.ONE_RUN_PER_MODEL, System::nanoTime),
                NEVER,
                Meters.NONE,
                Tracing.OFF,
                System::nanoTime);
    }
}
