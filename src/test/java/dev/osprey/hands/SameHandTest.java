package dev.osprey.hands;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.osprey.config.TestConfig;
import dev.osprey.hands.Hand.Side;
import dev.osprey.imaging.Picture;
import dev.osprey.model.TestRepository;
import dev.osprey.runtime.Cancellation;
import dev.osprey.runtime.Lease;
import dev.osprey.runtime.WarmModels;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which of the hands that the networks speak of are one, with networks that say the same of every picture. */
class SameHandTest {

    private static final int SIDE = 192;

    private final float[] detections = new float[2_016 * 19];
    private final float[] hand = new float[128];
    private final TestRepository repository;

    SameHandTest(@TempDir Path folder) {
        repository = new TestRepository(folder);
        for (int anchor = 0; anchor < 2_016; anchor++) {
            detections[19 * anchor + 18] = -100;
        }
        // In the middle of every crop, as large as can be without overlapping the next one's.
        wrist(112, 140);
        knuckles(112, 84);
        hand[126] = 0.9f;
        hand[127] = 0.2f;
    }

    @Test
    void turnsWhatTheNetworkSaysIntoAHand() {
        palm(0, 0, 1);
        Hand found = track(1).get(0);
        // The palm of 20 pixels leads to a square of 52 that begins 10 above its middle: 70, 60 to 122, 112.
        double scale = 52.0 / 224 / SIDE;
        double left = (96 - 26) / 192.0;
        double upper = (96 - 10 - 26) / 192.0;
        assertEquals(Side.RIGHT, found.side());
        assertEquals(0.9f, found.presence());
        assertArrayEquals(
                new double[] {left + 112 * scale, upper + 140 * scale, 7 * scale / 0.4},
                new double[] {found.landmarks()[0], found.landmarks()[1], found.landmarks()[2]},
                1e-6);
        assertEquals(upper + 84 * scale, found.landmarks()[3 * 9 + 1], 1e-6);
    }

    @Test
    void keepsHandsApartThatAreBesideEachOther() {
        palm(-40, 0, 1);
        palm(40, 0, 2);
        assertEquals(2, track(2).size());
    }

    @Test
    void takesTheBestPalms() {
        palm(-60, 0, 1);
        palm(0, 0, 3);
        palm(60, 0, 2);
        List<Hand> hands = track(2);
        assertEquals(List.of(96, 156), hands.stream().map(SameHandTest::column).toList());
    }

    @Test
    void looksOnceWhereSquaresOverlapByMoreThanAHalf() {
        // The palms share 5 of 35 pixels of their width, the squares of 52 share 37 of 67.
        palm(0, 0, 2);
        palm(15, 0, 1);
        assertEquals(
                List.of(96 + 15), track(2).stream().map(SameHandTest::column).toList());
    }

    @Test
    void looksTwiceWhereSquaresOverlapByLessThanAHalf() {
        // The squares of 52 pixels share 32 of 72.
        palm(0, 0, 2);
        palm(20, 0, 1);
        assertEquals(
                List.of(96, 96 + 20),
                track(2).stream().map(SameHandTest::column).toList());
    }

    @Test
    void takesTwoHandsForOneThatAreAtTheSamePlace() {
        // Steady points over the whole crop: the next squares are twice as large as those that the palms led to.
        wrist(112, 224);
        knuckles(112, 0);
        palm(0, 0, 2);
        palm(24, 0, 1);
        assertEquals(1, track(2).size());
    }

    private static int column(Hand hand) {
        return Math.round(hand.landmarks()[0] * SIDE);
    }

    private void wrist(float x, float y) {
        for (int i = 0; i < 63; i += 3) {
            hand[i] = x;
            hand[i + 1] = y;
            hand[i + 2] = 7;
        }
    }

    private void knuckles(float x, float y) {
        for (int point : new int[] {5, 9, 13}) {
            hand[3 * point] = x;
            hand[3 * point + 1] = y;
        }
    }

    /**
     * An upright palm, 20 pixels wide and high.
     *
     * @param x of its middle, in pixels from that of the picture
     */
    private void palm(float x, float y, float score) {
        int anchor = 1_152 + 6 * (12 * 6 + 6);
        while (detections[19 * anchor + 18] > -100) {
            anchor++;
        }
        // The anchor is the middle of a cell, 8 pixels beyond the picture's.
        float fromAnchorX = x - 8;
        float fromAnchorY = y - 8;
        float[] values = new float[19];
        values[0] = fromAnchorX;
        values[1] = fromAnchorY;
        values[2] = 20;
        values[3] = 20;
        values[4] = fromAnchorX;
        values[5] = fromAnchorY + 10;
        values[8] = fromAnchorX;
        values[9] = fromAnchorY - 10;
        values[18] = score;
        System.arraycopy(values, 0, detections, 19 * anchor, 19);
    }

    private List<Hand> track(int maxHands) {
        repository.addPalmDetection("palm-detection", detections).addHandLandmarks("hand-landmarks", hand);
        HandTracker tracker = new HandTracker(new HandTracker.Settings(maxHands, 0.5f, 0.5f));
        try (WarmModels models = WarmModels.open(TestConfig.with(
                        "runtime.provider",
                        "cpu",
                        "model.repository",
                        repository.folder().toString()));
                Picture picture = Picture.ofRgb(SIDE, SIDE, new byte[3 * SIDE * SIDE])) {
            models.loadAll();
            try (Lease palms = models.lease("palm-detection");
                    Lease hands = models.lease("hand-landmarks")) {
                return tracker.track(picture, palms, hands, new Cancellation());
            }
        }
    }
}
