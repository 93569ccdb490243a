package dev.osprey.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.time.Duration;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ActivityTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final Activity activity = new Activity();

    @Test
    void hasAnIdOfItsOwn() {
        assertNotEquals(activity.id(), new Activity().id());
    }

    @Test
    void countsFramesAndKnowsTheAgeOfTheLast() {
        assertEquals(OptionalDouble.empty(), activity.ageMilliseconds());
        activity.answered(Duration.ofMillis(30));
        activity.answered(Duration.ofMillis(20));
        activity.answered();
        activity.replaced();
        assertEquals(3, activity.framesAnswered());
        assertEquals(1, activity.framesReplaced());
        assertEquals(OptionalDouble.of(20), activity.ageMilliseconds());
        activity.looked(Duration.ofMillis(5));
        assertEquals(OptionalDouble.of(5), activity.ageMilliseconds());
        assertEquals(3, activity.framesAnswered());
    }

    @Test
    void measuresFromOneLookToTheNext() {
        activity.answered();
        activity.measure(-3 * SECOND);
        assertEquals(0, activity.framesPerSecond());
        for (int i = 0; i < 30; i++) {
            activity.answered();
        }
        activity.measure(-SECOND);
        assertEquals(15, activity.framesPerSecond());
        activity.measure(0);
        assertEquals(0, activity.framesPerSecond());
    }
}
