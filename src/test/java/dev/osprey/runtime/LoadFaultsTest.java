package dev.osprey.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.config.OspreyConfig;
import dev.osprey.config.TestConfig;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.model.TestRepository;
import dev.osprey.model.TinyNetwork;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is refused when a model is loaded, and in which words. */
class LoadFaultsTest {

    private final Path folder;

    private final TestRepository repository;
    private final LoadLog log = new LoadLog();

    LoadFaultsTest(@TempDir Path folder) {
        this.folder = folder;
        this.repository = new TestRepository(folder);
    }

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void refusesAManifestThatDoesNotFitTheNetworkAndNamesBoth() {
        repository.addTiny("a", 1, patch -> patch.replace("/input/width", 5).replace("/output/height", 2));
        OspreyException refusal = refusalOfLoading("a");
        assertEquals(ErrorCode.MODEL_INVALID, refusal.code());
        assertEquals(
                "\"a\" does not fit its manifest: "
                        + "input \"pixels\" is UINT8 [1, 3, 4, 3], the manifest says uint8 [1, 3, 5, 3]; "
                        + "output \"mask\" is UINT8 [1, 3, 4], the manifest says uint8 [1, 2, 4]",
                refusal.detail());
        assertEquals(1, log.closedSessions());
    }

    @Test
    void refusesANetworkWithoutTheTensorsOfTheManifest() {
        repository.addTiny(
                "a", 1, patch -> patch.replace("/input/name", "image").replace("/output/name", "classes"));
        assertEquals(
                "\"a\" does not fit its manifest: it has no input tensor \"image\", but: [pixels]; "
                        + "it has no output tensor \"classes\", but: [mask]",
                refusalOfLoading("a").detail());
    }

    @Test
    void refusesABatchThatTheNetworkDoesNotTake() {
        repository.addTiny("a", 1, patch -> patch.replace("/batch/max", 2));
        assertEquals(
                "\"a\" does not fit its manifest: "
                        + "input \"pixels\" is UINT8 [1, 3, 4, 3], the manifest says uint8 [N, 3, 4, 3]; "
                        + "output \"mask\" is UINT8 [1, 3, 4], the manifest says uint8 [N, 3, 4]",
                refusalOfLoading("a").detail());
    }

    @Test
    void refusesBytesWhereTheManifestSaysNumbers() {
        byte[] pictures = TinyNetwork.greatestChannel(-1, 21, 21);
        repository
                .addLetters("a", patch -> patch.replace("/input/name", "pixels")
                        .replace("/output/name", "mask")
                        .replace("/sha256/1", TestRepository.sha256(pictures)))
                .corrupt("a", 1, pictures);
        assertEquals(
                "\"a\" does not fit its manifest: "
                        + "input \"pixels\" is UINT8 [-1, 21, 21, 3], the manifest says float32 [N, 21, 3]; "
                        + "output \"mask\" is UINT8 [-1, 21, 21], the manifest says float32 [N, 21]",
                refusalOfLoading("a").detail());
    }

    @Test
    void namesEveryInputThatDoesNotFit() {
        byte[] others = TinyNetwork.sumOfWhatItIsTold(3, 2, 5);
        repository
                .addTextToImage(2, patch -> patch.replace("/timestep/name", "sigma")
                        .replace("/sha256/1", TestRepository.sha256(others)))
                .corrupt("denoiser", 1, others);
        assertEquals(
                "\"denoiser\" does not fit its manifest: "
                        + "it has no input tensor \"sigma\", but: [latents, timestep, text]; "
                        + "input \"text\" is FLOAT [-1, 5, 1], the manifest says float32 [N, 4, 1]",
                refusalOfLoading("denoiser").detail());
    }

    @Test
    void takesANetworkForAnyNumberOfPicturesWhereTheManifestSaysOne() {
        repository.addTiny("a", 2, patch -> patch.replace("/batch/max", 1));
        try (WarmModels models = models()) {
            models.load("a");
            assertTrue(models.isReady("a"));
        }
    }

    @Test
    void refusesAFileThatIsNoNetwork() {
        byte[] bytes = "no network".getBytes(StandardCharsets.UTF_8);
        repository
                .addTiny("a", 1, patch -> patch.replace("/sha256/1", TestRepository.sha256(bytes)))
                .corrupt("a", 1, bytes);
        OspreyException refusal = refusalOfLoading("a");
        assertEquals(ErrorCode.MODEL_INVALID, refusal.code());
        assertEquals("Version 1 of \"a\" is no network that ONNX Runtime can load", refusal.detail());
    }

    @Test
    void refusesAModelBeyondTheBudgetAndNamesEveryNumber() {
        repository
                .addTiny("a", 1, patch -> patch.replace("/memoryMiB", 20))
                .addTiny("b", 1, patch -> patch.replace("/memoryMiB", 30))
                .addTiny("c", 1, patch -> patch.replace("/memoryMiB", 15));
        try (WarmModels models = models("runtime.memory-budget-mib", "64")) {
            models.load("a");
            models.load("b");
            OspreyException refusal = assertThrows(OspreyException.class, () -> models.load("c"));
            assertEquals(ErrorCode.MEMORY_EXHAUSTED, refusal.code());
            assertEquals(
                    "\"c\" takes 15 MiB, but of the budget of 64 MiB (osprey.runtime.memory-budget-mib) 50 are taken (a 1: 20 MiB, b 1: 30 MiB)",
                    refusal.detail());
            assertFalse(models.isReady("c"));
            models.unload("a");
            models.load("c");
            assertTrue(models.isReady("c"));
        }
    }

    @Test
    void loadsNothingWhereTheBudgetIsTooSmallForAll() {
        repository
                .addTiny("a", 1, patch -> patch.replace("/memoryMiB", 20))
                .addTiny("b", 1, patch -> patch.replace("/memoryMiB", 30));
        try (WarmModels models = models("runtime.memory-budget-mib", "49")) {
            OspreyException refusal = assertThrows(OspreyException.class, models::loadAll);
            assertEquals(ErrorCode.MEMORY_EXHAUSTED, refusal.code());
            assertEquals(
                    "The models take 50 MiB together, the budget is 49 MiB (osprey.runtime.memory-budget-mib): a 20, b 30",
                    refusal.detail());
            assertFalse(models.isReady("a"));
        }
        try (WarmModels models = models("runtime.memory-budget-mib", "50")) {
            models.loadAll();
            assertTrue(models.isReady("b"));
        }
    }

    @Test
    void countsAVersionThatStillDrainsAgainstTheBudget() {
        repository.addTiny("a", 1, patch -> patch.replace("/memoryMiB", 20));
        try (WarmModels models = models("runtime.memory-budget-mib", "40")) {
            models.load("a");
            Lease lease = models.lease("a");
            models.swap("a", 2);
            OspreyException refusal = assertThrows(OspreyException.class, () -> models.swap("a", 1));
            assertEquals(
                    "\"a\" takes 20 MiB, but of the budget of 40 MiB (osprey.runtime.memory-budget-mib) 40 are taken (a 2: 20 MiB, a 1: 20 MiB)",
                    refusal.detail());
            lease.close();
            models.swap("a", 1);
        }
    }

    @Test
    void fillsTheBudgetToTheLastMebibyte() {
        repository.addTiny("a", 1, patch -> patch.replace("/memoryMiB", 20));
        try (WarmModels models = models("runtime.memory-budget-mib", "20")) {
            models.load("a");
            assertTrue(models.isReady("a"));
        }
    }

    @Test
    void loadsOneModelOnlyWhereAllManifestsAreGood() {
        repository.addTiny("a");
        try (WarmModels models = models()) {
            repository.write("z", "{}");
            OspreyException refusal = assertThrows(OspreyException.class, () -> models.load("a"));
            assertEquals(ErrorCode.MODEL_INVALID, refusal.code());
            assertTrue(refusal.detail().contains("z/model.json: "), refusal::detail);
        }
    }

    @Test
    void leavesNoSessionBehindAStartThatFailed() {
        repository.addTiny("a").addTiny("b").corrupt("b", 1, new byte[0]);
        ModelLifecycle lifecycle = new ModelLifecycle(this::config);
        lifecycle.start();
        assertEquals(1, log.warmUps());
        assertEquals(1, log.closedSessions());
        OspreyException failure = assertThrows(OspreyException.class, lifecycle::models);
        assertEquals(ErrorCode.MODEL_INVALID, failure.code());
    }

    @Test
    void handsTheModelsOutFromStartToStop() {
        repository.addTiny("a");
        ModelLifecycle lifecycle = new ModelLifecycle(this::config);
        lifecycle.start();
        assertTrue(lifecycle.models().isReady("a"));
        lifecycle.stop();
        assertFalse(lifecycle.models().isReady("a"));
        assertEquals(1, log.closedSessions());
    }

    private OspreyException refusalOfLoading(String name) {
        try (WarmModels models = models()) {
            OspreyException refusal = assertThrows(OspreyException.class, () -> models.load(name));
            assertFalse(models.isReady(name));
            return refusal;
        }
    }

    private WarmModels models(String... changes) {
        return WarmModels.open(config(changes));
    }

    private OspreyConfig config(String... changes) {
        String[] settings = Arrays.copyOf(changes, changes.length + 4);
        settings[changes.length] = "model.repository";
        settings[changes.length + 1] = folder.toString();
        settings[changes.length + 2] = "runtime.provider";
        settings[changes.length + 3] = "cpu";
        return TestConfig.with(settings);
    }
}
