package dev.osprey.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.config.TestConfig;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.model.TestRepository;
import dev.osprey.runtime.ModelStatus.State;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loading, leasing and unloading with real sessions of a network that is quick to load. */
class WarmModelsTest {

    private final Path folder;

    private final TestRepository repository;
    private final LoadLog log = new LoadLog();
    private final List<WarmModels> opened = new ArrayList<>();

    WarmModelsTest(@TempDir Path folder) {
        this.folder = folder;
        this.repository = new TestRepository(folder).addTiny("a").addTiny("b");
    }

    @AfterEach
    void closeEverything() {
        opened.forEach(WarmModels::close);
        log.close();
    }

    @Test
    void loadsNothingUntilItIsTold() {
        WarmModels models = open();
        assertFalse(models.isReady("a"));
        assertEquals(
                List.of(
                        new ModelStatus("a", 1, State.UNLOADED, ExecutionProvider.CPU, 0, 0, versions()),
                        new ModelStatus("b", 1, State.UNLOADED, ExecutionProvider.CPU, 0, 0, versions())),
                models.status());
        assertEquals(0, log.warmUps());
    }

    @Test
    void loadsEveryModelOfTheRepository() {
        WarmModels models = open();
        models.loadAll();
        assertEquals(
                List.of(
                        new ModelStatus("a", 1, State.READY, ExecutionProvider.CPU, 31, 0, versions()),
                        new ModelStatus("b", 1, State.READY, ExecutionProvider.CPU, 31, 0, versions())),
                models.status());
        assertEquals(2, log.warmUps());
    }

    @Test
    void knowsFromTheWarmUpOnWhatARunCosts() {
        WarmModels models = open();
        assertTrue(models.quickestRunNanos("a").isEmpty());
        models.load("a");
        long afterWarmUp = models.quickestRunNanos("a").orElseThrow();
        assertTrue(afterWarmUp > 0 && afterWarmUp < Long.MAX_VALUE);
        models.unload("a");
        assertTrue(models.quickestRunNanos("a").isEmpty());
    }

    @Test
    void warmsAModelOnceThoughItIsLoadedTwice() {
        WarmModels models = open();
        models.load("a");
        models.load("a");
        assertEquals(1, log.warmUps());
        assertEquals(3, log.warmUpRuns());
    }

    @Test
    void warmsAModelOnceThoughManyLoadItAtTheSameTime() throws Exception {
        WarmModels models = open();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            CountDownLatch together = new CountDownLatch(4);
            List<Future<?>> loads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                loads.add(threads.submit(() -> {
                    together.countDown();
                    assertTrue(together.await(10, TimeUnit.SECONDS));
                    models.load("a");
                    assertTrue(models.isReady("a"));
                    return null;
                }));
            }
            for (Future<?> load : loads) {
                load.get(30, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
        assertEquals(1, log.warmUps());
    }

    @Test
    void warmsEveryBatchSize() {
        repository.addTiny("a", 3, patch -> patch.replace("/warmupRuns", 2));
        open().load("a");
        assertEquals(6, log.warmUpRuns());
    }

    @Test
    void runsABatch() {
        repository.addTiny("a", 3, patch -> patch);
        WarmModels models = open();
        models.load("a");
        try (Lease lease = models.lease("a")) {
            assertEquals(2 * 36, lease.inputBytes(2));
            assertEquals(2 * 12, lease.outputBytes(2));
            ByteBuffer pixels = ByteBuffer.allocateDirect(100);
            for (int i = 0; i < 72; i++) {
                pixels.put(i, (byte) (3 * (i % 36) / 3 + 100 * (i / 36)));
            }
            ByteBuffer mask = ByteBuffer.allocateDirect(30);
            lease.run(pixels.position(7), mask, 2, new Cancellation());
            byte[] found = new byte[30];
            mask.get(found);
            byte[] expected = new byte[30];
            for (int i = 0; i < 24; i++) {
                expected[i] = (byte) (3 * (i % 12) + 2 + 100 * (i / 12));
            }
            assertArrayEquals(expected, found);
            assertEquals(7, pixels.position());
        }
    }

    @Test
    void runsABatchOfNumbers() {
        repository.addLetters("a", patch -> patch);
        WarmModels models = open();
        models.load("a");
        try (Lease lease = models.lease("a")) {
            assertEquals(2 * 21 * 3 * 4, lease.inputBytes(2));
            assertEquals(2 * 21 * 4, lease.outputBytes(2));
            ByteBuffer output = ByteBuffer.allocateDirect(lease.outputBytes(2)).order(ByteOrder.nativeOrder());
            ByteBuffer input = ByteBuffer.allocateDirect(lease.inputBytes(2)).order(ByteOrder.nativeOrder());
            for (int i = 0; i < 2 * 21 * 3; i++) {
                input.putFloat(4 * i, -0.25f * i);
            }
            lease.run(input, output, 2, new Cancellation());
            float[] found = new float[42];
            output.asFloatBuffer().get(found);
            float[] expected = new float[42];
            for (int i = 0; i < 42; i++) {
                expected[i] = -0.75f * i;
            }
            assertArrayEquals(expected, found);
        }
        assertEquals(9, log.warmUpRuns());
    }

    @Test
    void runsABatchOfTokens() {
        repository.addTextToImage(2);
        WarmModels models = open();
        models.load("text-encoder");
        try (Lease lease = models.lease("text-encoder")) {
            lease.input().asIntBuffer().put(new int[] {1, 2, 3, 4, 5, 6, 7, 8});
            lease.run(2, new Cancellation());
            float[] found = new float[8];
            lease.output().asFloatBuffer().get(found);
            assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, found);
        }
    }

    @Test
    void warmsAndRunsAModelOfSeveralInputs() {
        repository.addTextToImage(2);
        WarmModels models = open();
        models.load("denoiser");
        assertEquals(6, log.warmUpRuns());
        try (Lease lease = models.lease("denoiser")) {
            float[] latents = new float[24];
            float[] expected = new float[24];
            for (int i = 0; i < 24; i++) {
                latents[i] = i;
                expected[i] = i + (i < 12 ? 100 + 4 : 200 + 8);
            }
            lease.input().asFloatBuffer().put(latents);
            lease.input(1).asFloatBuffer().put(new float[] {100, 200});
            lease.input(2).asFloatBuffer().put(new float[] {1, 4, 2, 3, 5, 7, 8, 6});
            lease.run(2, new Cancellation());
            float[] found = new float[24];
            lease.output().asFloatBuffer().get(found);
            assertArrayEquals(expected, found);
            assertThrows(IllegalArgumentException.class, () -> run(lease));
            assertThrows(IndexOutOfBoundsException.class, () -> lease.input(3));
        }
    }

    @Test
    void endsARunOfSeveralInputsThatNobodyWants() {
        repository.addTextToImage(2);
        WarmModels models = open();
        models.load("denoiser");
        Cancellation cancellation = new Cancellation();
        cancellation.request();
        try (Lease lease = models.lease("denoiser")) {
            OspreyException refusal = assertThrows(OspreyException.class, () -> lease.run(1, cancellation));
            assertEquals(ErrorCode.CANCELLED, refusal.code());
        }
    }

    @Test
    void refusesALeaseOfAModelThatIsNotLoaded() {
        OspreyException refusal =
                assertThrows(OspreyException.class, () -> open().lease("a").close());
        assertEquals(ErrorCode.MODEL_NOT_READY, refusal.code());
        assertEquals("The model \"a\" is not loaded", refusal.detail());
    }

    @Test
    void refusesToLoadOrUnloadAModelItDoesNotHave() {
        WarmModels models = open();
        for (Runnable operation :
                List.<Runnable>of(() -> models.load("c"), () -> models.unload("c"), () -> models.swap("c", 1))) {
            OspreyException refusal = assertThrows(OspreyException.class, operation::run);
            assertEquals(ErrorCode.MODEL_UNKNOWN, refusal.code());
            assertEquals("There is no model \"c\"; there are: a, b", refusal.detail());
        }
    }

    @Test
    void keepsAnUnloadedModelUsableForWhoStillLeasesIt() {
        WarmModels models = open();
        models.load("a");
        Lease lease = models.lease("a");
        models.unload("a");
        assertFalse(models.isReady("a"));
        assertThrows(OspreyException.class, () -> models.lease("a").close());
        assertEquals(0, log.closedSessions());
        run(lease);
        lease.close();
        assertEquals(1, log.closedSessions());
        assertEquals(State.UNLOADED, models.status().get(0).state());
    }

    @Test
    void loadsAnUnloadedModelAgainAsItsManifestIsThen() {
        WarmModels models = open();
        models.load("a");
        models.unload("a");
        models.unload("a");
        repository.addTiny("a", 1, patch -> patch.replace("/labels/1", "bird"));
        models.load("a");
        assertEquals(
                List.of("background", "bird"), models.served("a").orElseThrow().labels());
        assertEquals(2, log.warmUps());
        assertEquals(1, log.closedSessions());
    }

    @Test
    void countsALeaseUntilItIsReturnedOnce() {
        WarmModels models = open();
        models.load("a");
        Lease first = models.lease("a");
        Lease second = models.lease("a");
        assertEquals(2, models.status().get(0).leases());
        first.close();
        first.close();
        assertEquals(1, models.status().get(0).leases());
        models.unload("a");
        assertEquals(0, log.closedSessions());
        run(second);
        second.close();
        second.close();
        assertEquals(1, log.closedSessions());
    }

    @Test
    void refusesToRunOnALeaseThatWasReturned() {
        WarmModels models = open();
        models.load("a");
        Lease lease = models.lease("a");
        lease.close();
        assertThrows(IllegalStateException.class, () -> run(lease));
    }

    @Test
    void closesEverySessionAtItsEndAndLoadsNothingMore() {
        WarmModels models = open();
        models.loadAll();
        Lease lease = models.lease("b");
        models.close();
        assertEquals(1, log.closedSessions());
        OspreyException refusal = assertThrows(OspreyException.class, () -> models.load("a"));
        assertEquals(ErrorCode.SERVER_STOPPING, refusal.code());
        run(lease);
        lease.close();
        models.close();
        assertEquals(2, log.closedSessions());
    }

    @Test
    void hasTheManifestOfWhatIsServed() {
        WarmModels models = open();
        assertTrue(models.served("a").isEmpty());
        models.load("a");
        assertEquals("a", models.served("a").orElseThrow().name());
    }

    private WarmModels open() {
        WarmModels models =
                WarmModels.open(TestConfig.with("model.repository", folder.toString(), "runtime.provider", "cpu"));
        opened.add(models);
        return models;
    }

    static void run(Lease lease) {
        lease.run(
                ByteBuffer.allocateDirect(lease.inputBytes(1)),
                ByteBuffer.allocateDirect(lease.outputBytes(1)),
                1,
                new Cancellation());
    }

    private static SortedSet<Integer> versions() {
        return new TreeSet<>(Set.of(1, 2));
    }
}
