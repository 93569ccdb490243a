package dev.osprey.referee;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FrameNumbersTest {

    private static FrameNumbers of(int... numbers) {
        FrameNumbers frames = new FrameNumbers();
        IntStream.of(numbers).forEach(frames::add);
        return frames;
    }

    private static List<String> issues(FrameNumbers frames, OptionalLong expected) {
        return Validation.of(frames, expected).issues();
    }

    @Test
    void tellsTheNewFromTheKnown() {
        FrameNumbers frames = of(0, 100);
        assertFalse(frames.isNew(0));
        assertFalse(frames.isNew(100));
        assertTrue(frames.isNew(50));
        assertEquals(2, frames.duplicates());
        assertEquals(2, frames.count());
    }

    @Test
    void countsWhatComesLate() {
        FrameNumbers frames = of(0, 2, 1);
        assertEquals(1, frames.outOfOrder());
        assertEquals(0, frames.missing());
    }

    @Test
    void knowsWhereToGoOn() {
        assertEquals(0, of().next());
        assertEquals(0, of(1, 2).next());
        assertEquals(2, of(0, 1, 3).next());
    }

    @Test
    void hasNothingToSayOfTenFramesInARow() {
        assertEquals(List.of(), issues(of(IntStream.range(0, 10).toArray()), OptionalLong.empty()));
        assertEquals(List.of(), issues(of(IntStream.range(5, 15).toArray()), OptionalLong.of(10)));
    }

    @Test
    void namesWhatIsMissing() {
        int[] numbers = IntStream.range(0, 10).filter(i -> i != 3 && i != 7).toArray();
        assertEquals(
                List.of("Missing frames: [3, 7]", "Too few frames: 8 (minimum 10)"),
                issues(of(numbers), OptionalLong.empty()));
    }

    @Test
    void namesOnlyTheFirstAndTheLastOfMany() {
        int[] numbers = IntStream.range(0, 50)
                .filter(i -> i < 3 || i > 40 || i % 4 == 0)
                .toArray();
        FrameNumbers frames = of(numbers);
        assertEquals(28, frames.missing());
        assertEquals(List.of("Missing 28 frames (first: 3, last: 39)"), issues(frames, OptionalLong.empty()));
    }

    @Test
    void saysThatNothingHasCome() {
        assertEquals(
                List.of("No frames received", "Expected 20 frames, received 0", "Too few frames: 0 (minimum 10)"),
                issues(of(), OptionalLong.of(20)));
    }

    @Test
    void comparesWithWhatWasExpected() {
        assertEquals(
                List.of("Expected 20 frames, received 10"),
                issues(of(IntStream.range(0, 10).toArray()), OptionalLong.of(20)));
    }
}
