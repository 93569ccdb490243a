package dev.osprey.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class HistoryTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final History history = new History();

    private static History.Point point(int number) {
        return new History.Point(
                START.plus(History.INTERVAL.multipliedBy(number)),
                number,
                Optional.empty(),
                0,
                0,
                0,
                1,
                OptionalLong.empty(),
                2,
                OptionalLong.empty());
    }

    @Test
    void remembersAQuarterOfAnHour() {
        for (int i = 0; i < 1_000; i++) {
            history.add(point(i));
        }
        List<History.Point> all = history.since(START);
        assertEquals(450, all.size());
        assertEquals(550, all.get(0).framesPerSecond());
        assertEquals(999, all.get(449).framesPerSecond());
    }

    @Test
    void looksBackAsFarAsItIsAsked() {
        for (int i = 0; i < 10; i++) {
            history.add(point(i));
        }
        assertEquals(
                List.of(7.0, 8.0, 9.0),
                history.since(START.plusSeconds(14)).stream()
                        .map(History.Point::framesPerSecond)
                        .toList());
    }

    @Test
    void countsFramesFromTheStart() {
        history.answered(Duration.ofMillis(10));
        history.answered(Duration.ofMillis(10));
        history.replaced();
        assertEquals(2, history.framesAnswered());
        assertEquals(1, history.framesReplaced());
        assertEquals(10, history.takeAges().orElseThrow().p99(), 10 / 32.0);
        assertEquals(2, history.framesAnswered());
    }
}
