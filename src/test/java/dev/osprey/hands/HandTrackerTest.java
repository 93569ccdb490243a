package dev.osprey.hands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.Photograph;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.hands.Hand.Side;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With the shipped networks on photographs. Where the detector must rest it is out of order. */
class HandTrackerTest {

    /** Parts of the hand's size that a landmark may move when the same hand is shown in another way. */
    private static final double TOLERANCE = 0.05;

    private final Photograph photograph = Photograph.openHand();
    private final Networks networks = new Networks();
    private final Hand original = only(networks.find(photograph));

    @AfterEach
    void close() {
        networks.close();
    }

    @Test
    void findsTheHand() {
        Hand hand = original;
        assertEquals(Side.RIGHT, hand.side());
        assertTrue(hand.presence() > 0.95, () -> "presence " + hand.presence());
        // Looked up on the photograph: the tip of the thumb, of the index finger, of the little finger.
        assertPoint(4, 180, 115, hand);
        assertPoint(8, 300, 163, hand);
        assertPoint(20, 268, 318, hand);
        assertEquals(0, hand.landmarks()[2], 0.01, "the wrist's depth");
    }

    @Test
    void findsTheMirroredHandOfTheOtherSide() {
        Hand hand = only(networks.find(photograph.mirrored()));
        assertEquals(Side.LEFT, hand.side());
        assertSame((x, y) -> new double[] {1 - x, y}, photograph.mirrored(), hand);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void findsTheTurnedHand(int quarters) {
        Photograph turned = photograph;
        BiFunction<Double, Double, double[]> map = (x, y) -> new double[] {x, y};
        for (int i = 0; i < quarters; i++) {
            BiFunction<Double, Double, double[]> before = map;
            turned = turned.turned();
            map = (x, y) -> new double[] {1 - before.apply(x, y)[1], before.apply(x, y)[0]};
        }
        Hand hand = only(networks.find(turned));
        assertEquals(Side.RIGHT, hand.side());
        assertSame(map, turned, hand);
    }

    @Test
    void findsTheHandOnADarkPictureAndOnASmallOne() {
        assertSame((x, y) -> new double[] {x, y}, photograph, only(networks.find(photograph.darker(0.4))));
        assertSame((x, y) -> new double[] {x, y}, photograph, only(networks.find(photograph.scaled(0.4))));
    }

    @Test
    void findsNothingWhereNoHandIs() {
        assertEquals(List.of(), networks.find(photograph.darker(0)));
        assertEquals(List.of(), networks.find(photograph.part(340, 0, 300, 480)));
    }

    @Test
    void findsBothHands() {
        List<Hand> hands = networks.find(photograph.beside(photograph.mirrored()));
        assertEquals(2, hands.size());
        assertNotEquals(hands.get(0).side(), hands.get(1).side());
    }

    @Test
    void findsNoMoreHandsThanItIsAskedFor() {
        HandTracker tracker = Networks.tracker(1);
        assertEquals(
                1,
                networks.track(tracker, photograph.beside(photograph.mirrored()))
                        .size());
    }

    @Test
    void followsAHandWithoutTheDetector() {
        HandTracker tracker = Networks.tracker(1);
        assertEquals(1, networks.track(tracker, photograph.part(0, 0, 480, 400)).size());
        networks.putDetectorOutOfOrder();
        for (int i = 1; i <= 30; i++) {
            Photograph moved = photograph.part(2 * i, 2 * i, 480, 400);
            Hand hand = only(networks.track(tracker, moved));
            int shift = 2 * i;
            assertSame((x, y) -> new double[] {(x * 640 - shift) / 480, (y * 480 - shift) / 400}, moved, hand);
        }
    }

    @Test
    void looksForAFurtherHandNowAndThen() {
        HandTracker tracker = Networks.tracker(2);
        assertEquals(1, networks.track(tracker, photograph).size());
        networks.putDetectorOutOfOrder();
        for (int i = 1; i < HandTracker.LOOK_AROUND; i++) {
            only(networks.track(tracker, photograph));
        }
        assertThrows(IllegalStateException.class, () -> networks.track(tracker, photograph));
        networks.repairDetector();
        only(networks.track(tracker, photograph));
        networks.putDetectorOutOfOrder();
        only(networks.track(tracker, photograph));
    }

    @Test
    void findsANewcomerInTimeAndThenRests() {
        Photograph both = photograph.beside(photograph.mirrored());
        Photograph one = photograph.beside(photograph.darker(0));
        HandTracker tracker = Networks.tracker(2);
        assertEquals(1, networks.track(tracker, one).size());
        int pictures = 1;
        while (networks.track(tracker, both).size() < 2) {
            pictures++;
        }
        assertTrue(pictures <= HandTracker.LOOK_AROUND, "found after " + pictures + " pictures");
        networks.putDetectorOutOfOrder();
        for (int i = 0; i < 2 * HandTracker.LOOK_AROUND; i++) {
            assertEquals(2, networks.track(tracker, both).size());
        }
    }

    @Test
    void looksAtOnceForAHandThatWasLost() {
        Photograph both = photograph.beside(photograph.mirrored());
        Photograph one = photograph.beside(photograph.darker(0));
        HandTracker tracker = Networks.tracker(2);
        assertEquals(2, networks.track(tracker, both).size());
        assertEquals(1, networks.track(tracker, one).size());
        assertEquals(2, networks.track(tracker, both).size());
        assertEquals(1, networks.track(tracker, one).size());
        networks.putDetectorOutOfOrder();
        assertThrows(IllegalStateException.class, () -> networks.track(tracker, both));
    }

    @Test
    void looksOnEveryPictureWhileThereIsNoHand() {
        HandTracker tracker = Networks.tracker(2);
        Photograph empty = photograph.darker(0);
        for (int i = 0; i < 3; i++) {
            assertEquals(List.of(), networks.track(tracker, empty));
        }
        assertEquals(1, networks.track(tracker, photograph).size());
        assertEquals(List.of(), networks.track(tracker, empty));
        assertEquals(1, networks.track(tracker, photograph).size());
    }

    @Test
    void forgetsTheHandsItFollows() {
        HandTracker tracker = Networks.tracker(1);
        networks.track(tracker, photograph);
        tracker.forget();
        networks.putDetectorOutOfOrder();
        assertThrows(IllegalStateException.class, () -> networks.track(tracker, photograph));
    }

    @Test
    void beginsAnewWithAPictureOfAnotherSize() {
        HandTracker tracker = Networks.tracker(1);
        networks.track(tracker, photograph);
        networks.putDetectorOutOfOrder();
        assertThrows(IllegalStateException.class, () -> networks.track(tracker, photograph.scaled(0.5)));
    }

    @Test
    void goesOnAfterARunThatWasEnded() {
        HandTracker tracker = Networks.tracker(1);
        networks.track(tracker, photograph);
        OspreyException refusal =
                assertThrows(OspreyException.class, () -> networks.trackCancelled(tracker, photograph));
        assertEquals(ErrorCode.CANCELLED, refusal.code());
        networks.putDetectorOutOfOrder();
        only(networks.track(tracker, photograph));
    }

    @Test
    void refusesSettingsThatAreNone() {
        assertThrows(IllegalArgumentException.class, () -> new HandTracker.Settings(0, 0.5f, 0.5f));
        assertThrows(IllegalArgumentException.class, () -> new HandTracker.Settings(1, 1.5f, 0.5f));
        assertThrows(IllegalArgumentException.class, () -> new HandTracker.Settings(1, 0.5f, Float.NaN));
    }

    private static Hand only(List<Hand> hands) {
        assertEquals(1, hands.size());
        return hands.get(0);
    }

    private void assertPoint(int point, int x, int y, Hand hand) {
        assertEquals(x, hand.landmarks()[3 * point] * photograph.width(), 12);
        assertEquals(y, hand.landmarks()[3 * point + 1] * photograph.height(), 12);
    }

    /** @param map from a point on the photograph to the point on the other one, both in parts of width and height */
    private void assertSame(BiFunction<Double, Double, double[]> map, Photograph other, Hand found) {
        double greatest = 0;
        double[] least = {Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY};
        double[] most = {Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY};
        for (int i = 0; i < 63; i += 3) {
            double[] expected = map.apply((double) original.landmarks()[i], (double) original.landmarks()[i + 1]);
            double x = expected[0] * other.width();
            double y = expected[1] * other.height();
            double awayX = found.landmarks()[i] * other.width() - x;
            double awayY = found.landmarks()[i + 1] * other.height() - y;
            greatest = Math.max(greatest, Math.hypot(awayX, awayY));
            least = new double[] {Math.min(least[0], x), Math.min(least[1], y)};
            most = new double[] {Math.max(most[0], x), Math.max(most[1], y)};
        }
        double apart = greatest / Math.max(most[0] - least[0], most[1] - least[1]);
        assertTrue(apart < TOLERANCE, () -> "%.3f of the hand's size apart".formatted(apart));
    }
}
