package dev.osprey.fingerspelling;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.osprey.metrics.CountingMeters;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What is counted, under the protocol's names. */
class StatisticsTest {

    private final AtomicLong nowNanos = new AtomicLong(5_000_000_000L);
    private final Statistics statistics = new Statistics(nowNanos::get);
    private final CountingMeters meters = new CountingMeters();

    StatisticsTest() {
        statistics.publish(meters);
    }

    private double value(String name) {
        return meters.value("osprey_fingerspelling_" + name);
    }

    private void pass(long millis) {
        nowNanos.addAndGet(millis * 1_000_000);
    }

    @Test
    void hasNoRatesBeforeTheFirstFrame() {
        assertEquals(0, value("drop_rate"));
        assertEquals(0, value("avg_frame_time_ms"));
        assertEquals(0, value("fps"));
        pass(1_500);
        assertEquals(1.5, value("uptime_seconds"));
    }

    @Test
    void countsFramesRunsAndErrors() {
        statistics.processed(1);
        statistics.processed(1);
        statistics.dropped();
        statistics.inferred();
        statistics.failed();
        statistics.failed();
        assertEquals(2, value("processed_frames"));
        assertEquals(1, value("dropped_frames"));
        assertEquals(33.33, value("drop_rate"));
        assertEquals(1, value("inference_count"));
        assertEquals(2, value("error_count"));
    }

    @Test
    void takesItsMeansOfTheLastHundredFrames() {
        for (int i = 0; i < 50; i++) {
            pass(1_000);
            statistics.processed(500_000_000);
        }
        for (int i = 0; i < 100; i++) {
            pass(20);
            statistics.processed(i % 2 == 0 ? 10_000_000 : 20_000_000);
        }
        assertEquals(15, value("avg_frame_time_ms"));
        assertEquals(50, value("fps"), 1e-9);
        assertEquals(150, value("processed_frames"));
    }
}
