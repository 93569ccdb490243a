package dev.osprey.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.config.TestConfig;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.model.TestRepository;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One version of a model after another while frames run. */
class SwapTest {

    private static final int RUNNERS = 4;
    private static final int SWAPS = 60;

    private final TestRepository repository;
    private final LoadLog log = new LoadLog();
    private final WarmModels models;

    SwapTest(@TempDir Path folder) {
        repository = new TestRepository(folder).addTiny("a");
        models = WarmModels.open(TestConfig.with("model.repository", folder.toString(), "runtime.provider", "cpu"));
        models.load("a");
    }

    @AfterEach
    void close() {
        models.close();
        log.close();
    }

    @Test
    void keepsTheOldVersionForItsLeasesAndGivesNewOnesTheNewVersion() {
        Lease first = models.lease("a");
        Lease second = models.lease("a");
        models.swap("a", 2);
        Lease third = models.lease("a");
        assertEquals(1, first.version());
        assertEquals(2, third.version());
        assertEquals(List.of("1 DRAINING 2", "2 READY 1"), summary());
        WarmModelsTest.run(first);
        WarmModelsTest.run(second);
        WarmModelsTest.run(third);
        first.close();
        assertEquals(List.of("1 DRAINING 1", "2 READY 1"), summary());
        assertEquals(0, log.closedSessions());
        WarmModelsTest.run(second);
        second.close();
        assertEquals(List.of("2 READY 1"), summary());
        assertEquals(1, log.closedSessions());
        WarmModelsTest.run(third);
        third.close();
    }

    @Test
    void loadsTheServedVersionAgainOnlyWhereItsManifestHasChanged() {
        models.swap("a", 1);
        assertEquals(1, log.warmUps());
        repository.addTiny("a", 1, patch -> patch.replace("/labels/1", "bird"));
        models.swap("a", 1);
        assertEquals(2, log.warmUps());
        assertEquals(
                List.of("background", "bird"), models.served("a").orElseThrow().labels());
        assertEquals(List.of("1 READY 0"), summary());
    }

    @Test
    void closesAnIdleVersionAtOnce() {
        models.swap("a", 2);
        assertEquals(List.of("2 READY 0"), summary());
        assertEquals(1, log.closedSessions());
    }

    @Test
    void loadsAVersionThatWasNotServedBefore() {
        models.unload("a");
        models.swap("a", 2);
        assertEquals(List.of("2 READY 0"), summary());
    }

    @Test
    void keepsTheServedVersionWhereTheOtherIsMissing() {
        OspreyException refusal = assertThrows(OspreyException.class, () -> models.swap("a", 3));
        assertEquals(ErrorCode.MODEL_UNKNOWN, refusal.code());
        assertEquals(List.of("1 READY 0"), summary());
    }

    @Test
    void keepsTheServedVersionWhereTheOtherIsDamaged() {
        repository.corrupt("a", 2, new byte[] {1, 2, 3});
        OspreyException refusal = assertThrows(OspreyException.class, () -> models.swap("a", 2));
        assertEquals(ErrorCode.MODEL_INVALID, refusal.code());
        try (Lease lease = models.lease("a")) {
            assertEquals(1, lease.version());
            WarmModelsTest.run(lease);
        }
    }

    @Test
    void neverFailsALeaseWhileVersionsChange() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(RUNNERS);
        AtomicBoolean over = new AtomicBoolean();
        CountDownLatch running = new CountDownLatch(RUNNERS);
        List<Future<Integer>> runners = new ArrayList<>();
        try {
            for (int i = 0; i < RUNNERS; i++) {
                byte value = (byte) (10 * (i + 1));
                runners.add(threads.submit(() -> {
                    int runs = 0;
                    running.countDown();
                    while (!over.get()) {
                        checkOneRun(value);
                        runs++;
                    }
                    return runs;
                }));
            }
            assertTrue(running.await(10, TimeUnit.SECONDS));
            for (int i = 0; i < SWAPS; i++) {
                models.swap("a", 2 - i % 2);
            }
        } finally {
            over.set(true);
            threads.shutdown();
        }
        for (Future<Integer> runner : runners) {
            assertTrue(runner.get(30, TimeUnit.SECONDS) > 0);
        }
        models.close();
        assertEquals(SWAPS + 1, log.warmUps());
        assertEquals(SWAPS + 1, log.closedSessions());
    }

    private void checkOneRun(byte value) {
        try (Lease lease = models.lease("a")) {
            ByteBuffer pixels = ByteBuffer.allocateDirect(lease.inputBytes(1));
            ByteBuffer mask = ByteBuffer.allocateDirect(lease.outputBytes(1));
            for (int i = 0; i < pixels.capacity(); i++) {
                pixels.put(i, (byte) (value - i % 3));
            }
            lease.run(pixels, mask, 1, new Cancellation());
            for (int i = 0; i < mask.capacity(); i++) {
                assertEquals(value, mask.get(i));
            }
        }
    }

    private List<String> summary() {
        return models.status().stream()
                .map(status -> status.version() + " " + status.state() + " " + status.leases())
                .toList();
    }
}
