package dev.osprey.hands;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class PalmsTest {

    private static final double CLOSE = 1e-6;

    /** What the network says where it sees nothing. */
    private final FloatBuffer detections = FloatBuffer.allocate(2_016 * 19);

    PalmsTest() {
        for (int anchor = 0; anchor < 2_016; anchor++) {
            detections.put(19 * anchor + 18, -100);
        }
    }

    @Test
    void hasTwoAnchorsForEveryCellOf8PixelsAndSixForEveryCellOf16() {
        float[] anchors = Palms.anchors();
        assertEquals(2 * (24 * 24 * 2 + 12 * 12 * 6), anchors.length);
        assertAnchor(0, 0.5 / 24, 0.5 / 24);
        assertAnchor(1, 0.5 / 24, 0.5 / 24);
        assertAnchor(2, 1.5 / 24, 0.5 / 24);
        assertAnchor(48, 0.5 / 24, 1.5 / 24);
        assertAnchor(1_151, 23.5 / 24, 23.5 / 24);
        assertAnchor(1_152, 0.5 / 12, 0.5 / 12);
        assertAnchor(1_157, 0.5 / 12, 0.5 / 12);
        assertAnchor(1_158, 1.5 / 12, 0.5 / 12);
        assertAnchor(2_015, 11.5 / 12, 11.5 / 12);
    }

    private static void assertAnchor(int anchor, double x, double y) {
        assertEquals(x, Palms.anchors()[2 * anchor], CLOSE);
        assertEquals(y, Palms.anchors()[2 * anchor + 1], CLOSE);
    }

    @Test
    void placesBoxAndPointsFromTheAnchor() {
        // The anchor in the cell of 16 pixels in column 3, row 6: its middle is at 56, 104 of 192 pixels.
        say(1_152 + 6 * (12 * 6 + 3), 2, 4, -8, 48, 24, 10, 20, 30, 40, 50, 60);
        Palm palm = Palms.found(detections, 0.5).get(0);
        assertEquals(1 / (1 + Math.exp(-2)), palm.score(), CLOSE);
        assertEquals((60 - 24) / 192.0, palm.left(), CLOSE);
        assertEquals((60 + 24) / 192.0, palm.right(), CLOSE);
        assertEquals((96 - 12) / 192.0, palm.upper(), CLOSE);
        assertEquals((96 + 12) / 192.0, palm.lower(), CLOSE);
        assertEquals((56 + 10) / 192.0, palm.wristX(), CLOSE);
        assertEquals((104 + 20) / 192.0, palm.wristY(), CLOSE);
        assertEquals((56 + 50) / 192.0, palm.knuckleX(), CLOSE);
        assertEquals((104 + 60) / 192.0, palm.knuckleY(), CLOSE);
    }

    @Test
    void findsNothingWhereNothingIs() {
        assertEquals(List.of(), Palms.found(detections, 0.5));
    }

    @Test
    void takesAScoreThatIsTheConfidenceAskedFor() {
        say(7, 0, 0, 0, 10, 10);
        assertEquals(0.5, Palms.found(detections, 0.5).get(0).score());
        assertEquals(List.of(), Palms.found(detections, 0.51));
    }

    @Test
    void cutsScoresOffAtAHundred() {
        say(7, 1e30f, 0, 0, 10, 10);
        assertEquals(1, Palms.found(detections, 0.5).get(0).score());
        detections.put(19 * 7 + 18, Float.NEGATIVE_INFINITY);
        double least = Palms.found(detections, 0).stream()
                .mapToDouble(Palm::score)
                .min()
                .orElseThrow();
        assertEquals(1 / (1 + Math.exp(100)), least);
    }

    @Test
    void leavesABoxOutThatIsLessThanNothingWide() {
        say(7, 3, 0, 0, -10, 10);
        say(8, 3, 0, 0, 10, -10);
        assertEquals(List.of(), Palms.found(detections, 0.5));
    }

    @Test
    void blendsWhatOverlapsWeightedByTheScores() {
        Palm best = new Palm(0.75, 0.2, 0.2, 0.6, 0.6, 0.4, 0.6, 0.4, 0.2);
        Palm same = new Palm(0.25, 0.3, 0.2, 0.7, 0.6, 0.5, 0.7, 0.5, 0.3);
        Palm other = new Palm(0.5, 0.8, 0.8, 0.9, 0.9, 0.85, 0.9, 0.85, 0.8);
        List<Palm> palms = Palms.blended(List.of(other, same, best));
        assertEquals(2, palms.size());
        Palm blended = palms.get(0);
        assertEquals(0.75, blended.score());
        assertEquals(0.225, blended.left(), CLOSE);
        assertEquals(0.2, blended.upper(), CLOSE);
        assertEquals(0.625, blended.right(), CLOSE);
        assertEquals(0.6, blended.lower(), CLOSE);
        assertEquals(0.425, blended.wristX(), CLOSE);
        assertEquals(0.625, blended.wristY(), CLOSE);
        assertEquals(0.425, blended.knuckleX(), CLOSE);
        assertEquals(0.225, blended.knuckleY(), CLOSE);
        assertEquals(other, palms.get(1));
    }

    @Test
    void keepsBoxesApartThatShareLessThanThreeTenths() {
        Palm one = new Palm(0.9, 0, 0, 0.4, 0.4, 0, 0, 0, 0);
        // Shares 0.2 of 0.6 parts of their width.
        Palm near = new Palm(0.8, 0.2, 0, 0.6, 0.4, 0, 0, 0, 0);
        // Shares 0.16 of 0.64.
        Palm far = new Palm(0.8, 0.24, 0, 0.64, 0.4, 0, 0, 0, 0);
        assertEquals(1 / 3.0, one.overlap(near), CLOSE);
        assertEquals(0.25, one.overlap(far), CLOSE);
        assertEquals(1, Palms.blended(List.of(one, near)).size());
        assertEquals(2, Palms.blended(List.of(one, far)).size());
    }

    /** @param box x, y, width and height, then the points, as far as they matter */
    private void say(int anchor, float score, float... box) {
        for (int i = 0; i < box.length; i++) {
            detections.put(19 * anchor + i, box[i]);
        }
        detections.put(19 * anchor + 18, score);
    }
}
