package dev.osprey.segmentation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.LongSummaryStatistics;
import org.junit.jupiter.api.Test;

class InferenceTimesTest {

    private final InferenceTimes times = new InferenceTimes();

    @Test
    void hasNothingToSayOfNoFrames() {
        assertEquals(0, times.summary().getCount());
        assertEquals(0, times.summary().getAverage());
    }

    @Test
    void summarisesWhatThereIs() {
        times.add(10);
        times.add(30);
        LongSummaryStatistics summary = times.summary();
        assertEquals(2, summary.getCount());
        assertEquals(10, summary.getMin());
        assertEquals(20, summary.getAverage());
        assertEquals(30, summary.getMax());
    }

    @Test
    void remembersTheLastThirty() {
        for (int i = 1; i <= 100; i++) {
            times.add(i);
            int oldest = Math.max(1, i - 29);
            LongSummaryStatistics summary = times.summary();
            assertEquals(Math.min(30, i), summary.getCount());
            assertEquals(oldest, summary.getMin());
            assertEquals(i, summary.getMax());
            assertEquals((oldest + i) / 2.0, summary.getAverage());
        }
    }
}
