package dev.osprey.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.osprey.config.TestConfig;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CorePlanTest {

    /** The figures that the settings' description promises. */
    @ParameterizedTest
    @CsvSource({
        "1, 0, 0, 1, 1",
        "2, 0, 0, 2, 1",
        "8, 0, 0, 3, 6",
        "64, 0, 0, 8, 57",
        "8, 1, 0, 1, 8",
        "8, 0, 2, 3, 2",
        "2, 5, 0, 5, 1"
    })
    void sharesTheProcessors(int processors, String concurrentRuns, String intraOpThreads, int runs, int threads) {
        CorePlan plan = CorePlan.of(
                TestConfig.with("runtime.concurrent-runs", concurrentRuns, "runtime.intra-op-threads", intraOpThreads)
                        .runtime(),
                processors);
        assertEquals(new CorePlan(runs, threads), plan);
    }
}
