package dev.osprey.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class AgesTest {

    private final Ages ages = new Ages();

    @Test
    void hasNothingToSayOfNoFrames() {
        assertEquals(Optional.empty(), ages.take());
    }

    @Test
    void tellsPercentilesOfWhatCameSinceTheLastTime() {
        LongStream.rangeClosed(1, 1_000).forEach(millis -> ages.add(Duration.ofMillis(millis)));
        Percentiles percentiles = ages.take().orElseThrow();
        assertEquals(500, percentiles.p50(), 500 / 32.0);
        assertEquals(950, percentiles.p95(), 950 / 32.0);
        assertEquals(990, percentiles.p99(), 990 / 32.0);
        assertEquals(Optional.empty(), ages.take());
    }

    @Test
    void isExactBelowSixteenMicroseconds() {
        ages.add(Duration.ofNanos(7_999));
        assertEquals(new Percentiles(0.007, 0.007, 0.007), ages.take().orElseThrow());
    }

    @Test
    void findsForEveryAgeABucketThatIsNoFartherThanAThirtySecond() {
        Random random = new Random(1);
        for (int i = 0; i < 100_000; i++) {
            long micros = random.nextLong() >>> (28 + random.nextInt(36));
            double middle = Ages.middleMicros(Ages.bucket(micros));
            assertTrue(Math.abs(middle - micros) <= micros / 32.0, micros + " is taken for " + middle);
        }
    }

    @Test
    void countsWhatIsOlderThanAnythingAsTheOldest() {
        ages.add(Duration.ofDays(300));
        assertTrue(ages.take().orElseThrow().p50() > Duration.ofHours(18).toMillis());
    }
}
