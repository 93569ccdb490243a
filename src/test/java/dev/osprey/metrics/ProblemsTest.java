package dev.osprey.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProblemsTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private Instant now = START;
    private final Problems problems = new Problems(() -> now);

    private Instant tick() {
        now = now.plusSeconds(1);
        return now;
    }

    @Test
    void groupsRefusalsByLimitTheLatestFirst() {
        problems.refused("max-connections");
        Instant second = tick();
        problems.refused("max-frames");
        Instant third = tick();
        problems.refused("max-connections");
        assertEquals(
                List.of(
                        new Problems.Refusal("max-connections", 2, START, third),
                        new Problems.Refusal("max-frames", 1, second, second)),
                problems.refusals());
        assertEquals(3, problems.refusalCount());
    }

    @Test
    void groupsErrorsByCapabilityAndCodeAndKeepsTheLastSentence() {
        problems.failed("signs", "IMAGE_UNREADABLE", "no JPEG");
        problems.failed("segmentation", "IMAGE_UNREADABLE", null);
        Instant second = tick();
        problems.failed("signs", "IMAGE_UNREADABLE", null);
        assertEquals(
                List.of(
                        new Problems.Failure("signs", "IMAGE_UNREADABLE", 2, START, second, "no JPEG"),
                        new Problems.Failure("segmentation", "IMAGE_UNREADABLE", 1, START, START, null)),
                problems.failures());
        assertEquals(3, problems.failureCount());
    }

    @Test
    void forgetsTheKindThatHappenedLongestAgoAndCountsItAllTheSame() {
        problems.refused("first");
        problems.refused("second");
        tick();
        problems.refused("first");
        for (int i = 2; i < Problems.MOST_KINDS; i++) {
            problems.refused("other " + i);
        }
        tick();
        problems.refused("one more");
        List<String> limits =
                problems.refusals().stream().map(Problems.Refusal::limit).toList();
        assertEquals(Problems.MOST_KINDS, limits.size());
        assertEquals("one more", limits.get(0));
        assertEquals(true, limits.contains("first"));
        assertEquals(false, limits.contains("second"));
        assertEquals(Problems.MOST_KINDS + 2, problems.refusalCount());
    }
}
