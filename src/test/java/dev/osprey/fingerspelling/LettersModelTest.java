package dev.osprey.fingerspelling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.osprey.hands.Hand;
import dev.osprey.hands.Hand.Side;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Landmarks on their way into the model. */
class LettersModelTest {

    private static final LettersModel ONE = new LettersModel(1, 1, false, true, List.of());
    private static final LettersModel BOTH = new LettersModel(32, 2, true, false, List.of());
    private static final LettersModel EITHER = new LettersModel(32, 2, false, false, List.of());

    private static Hand hand(Side side, int seed) {
        Random random = new Random(seed);
        float[] points = new float[63];
        for (int i = 0; i < points.length; i++) {
            points[i] = random.nextFloat(-0.2F, 1.2F);
        }
        return new Hand(points, side, 0.9F);
    }

    private static float[] inARow(float[] first, float[] second) {
        float[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    @Test
    void skipsFramesWithoutALeftAndARightHandWhereBothAreNeeded() { // [10]
        Hand left = hand(Side.LEFT, 1);
        Hand right = hand(Side.RIGHT, 2);
        assertEquals(Optional.empty(), BOTH.landmarks(List.of()));
        assertEquals(Optional.empty(), BOTH.landmarks(List.of(left)));
        assertEquals(Optional.empty(), BOTH.landmarks(List.of(right)));
        assertEquals(Optional.empty(), BOTH.landmarks(List.of(left, hand(Side.LEFT, 3))));
        float[] expected = inARow(left.landmarks(), right.landmarks());
        assertEquals(42 * 3, expected.length);
        assertArrayEquals(expected, BOTH.landmarks(List.of(left, right)).orElseThrow());
        assertArrayEquals(expected, BOTH.landmarks(List.of(right, left)).orElseThrow());
    }

    @Test
    void leavesTheAbsentHandZeroWhereOneIsEnough() {
        Hand left = hand(Side.LEFT, 1);
        Hand right = hand(Side.RIGHT, 2);
        assertEquals(Optional.empty(), EITHER.landmarks(List.of()));
        assertArrayEquals(
                inARow(left.landmarks(), new float[63]),
                EITHER.landmarks(List.of(left)).orElseThrow());
        assertArrayEquals(
                inARow(new float[63], right.landmarks()),
                EITHER.landmarks(List.of(right)).orElseThrow());
        assertArrayEquals(
                inARow(left.landmarks(), right.landmarks()),
                EITHER.landmarks(List.of(right, left)).orElseThrow());
    }

    @Test
    void bringsAHandToItsWristAndSizeInFloat32() { // [11]
        Hand hand = hand(Side.RIGHT, 4);
        float[] points = hand.landmarks();
        float[] moved = new float[63];
        float greatest = 0;
        for (int point = 0; point < 21; point++) {
            for (int axis = 0; axis < 3; axis++) {
                float distance = points[3 * point + axis] - points[axis];
                moved[3 * point + axis] = distance;
                greatest = Math.max(greatest, Math.abs(distance));
            }
        }
        float[] found = ONE.landmarks(List.of(hand, hand(Side.LEFT, 5))).orElseThrow();
        assertEquals(63, found.length);
        for (int i = 0; i < 63; i++) {
            assertEquals(moved[i] / greatest, found[i]);
        }
        assertArrayEquals(hand(Side.RIGHT, 4).landmarks(), points);
    }

    @Test
    void leavesAHandWithoutExtentZero() { // [11]
        float[] point = new float[63];
        Arrays.fill(point, 0.5F);
        assertArrayEquals(
                new float[63],
                ONE.landmarks(List.of(new Hand(point, Side.LEFT, 1))).orElseThrow());
    }

    @Test
    void bringsEachOfTwoHandsToItsOwnWrist() {
        LettersModel model = new LettersModel(32, 2, false, true, List.of());
        Hand left = hand(Side.LEFT, 6);
        Hand right = hand(Side.RIGHT, 7);
        assertArrayEquals(
                inARow(
                        ONE.landmarks(List.of(left)).orElseThrow(),
                        ONE.landmarks(List.of(right)).orElseThrow()),
                model.landmarks(List.of(left, right)).orElseThrow());
    }
}
