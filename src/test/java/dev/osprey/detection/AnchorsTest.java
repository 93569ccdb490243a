package dev.osprey.detection;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnchorsTest {

    private static final double CLOSE = 1e-6;

    /** Those of the palm detector: seven points, of which the first and the third are the direction. */
    private final Anchors anchors = new Anchors(192, new int[][] {{8, 2}, {16, 6}}, 19, 4, 8);

    /** What the network says where it sees nothing. */
    private final FloatBuffer detections = FloatBuffer.allocate(2_016 * 19);

    AnchorsTest() {
        for (int anchor = 0; anchor < 2_016; anchor++) {
            detections.put(19 * anchor + 18, -100);
        }
    }

    @Test
    void hasTwoAnchorsForEveryCellOf8PixelsAndSixForEveryCellOf16() {
        float[] middles = anchors.middles();
        assertEquals(2 * (24 * 24 * 2 + 12 * 12 * 6), middles.length);
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

    private void assertAnchor(int anchor, double x, double y) {
        assertEquals(x, anchors.middles()[2 * anchor], CLOSE);
        assertEquals(y, anchors.middles()[2 * anchor + 1], CLOSE);
    }

    @Test
    void placesBoxAndPointsFromTheAnchor() {
        // The anchor in the cell of 16 pixels in column 3, row 6: its middle is at 56, 104 of 192 pixels.
        say(1_152 + 6 * (12 * 6 + 3), 2, 4, -8, 48, 24, 10, 20, 30, 40, 50, 60);
        Detection found = anchors.candidates(detections, 0.5).get(0);
        assertEquals(1 / (1 + Math.exp(-2)), found.score(), CLOSE);
        assertEquals((60 - 24) / 192.0, found.left(), CLOSE);
        assertEquals((60 + 24) / 192.0, found.right(), CLOSE);
        assertEquals((96 - 12) / 192.0, found.upper(), CLOSE);
        assertEquals((96 + 12) / 192.0, found.lower(), CLOSE);
        assertEquals((56 + 10) / 192.0, found.fromX(), CLOSE);
        assertEquals((104 + 20) / 192.0, found.fromY(), CLOSE);
        assertEquals((56 + 50) / 192.0, found.toX(), CLOSE);
        assertEquals((104 + 60) / 192.0, found.toY(), CLOSE);
    }

    @Test
    void findsNothingWhereNothingIs() {
        assertEquals(List.of(), anchors.candidates(detections, 0.5));
    }

    @Test
    void takesAScoreThatIsTheConfidenceAskedFor() {
        say(7, 0, 0, 0, 10, 10);
        assertEquals(0.5, anchors.candidates(detections, 0.5).get(0).score());
        assertEquals(List.of(), anchors.candidates(detections, 0.51));
    }

    @Test
    void cutsScoresOffAtAHundred() {
        say(7, 1e30f, 0, 0, 10, 10);
        assertEquals(1, anchors.candidates(detections, 0.5).get(0).score());
        detections.put(19 * 7 + 18, Float.NEGATIVE_INFINITY);
        double least = anchors.candidates(detections, 0).stream()
                .mapToDouble(Detection::score)
                .min()
                .orElseThrow();
        assertEquals(1 / (1 + Math.exp(100)), least);
    }

    @Test
    void leavesABoxOutThatIsLessThanNothingWide() {
        say(7, 3, 0, 0, -10, 10);
        say(8, 3, 0, 0, 10, -10);
        assertEquals(List.of(), anchors.candidates(detections, 0.5));
    }

    @Test
    void blendsWhatOverlapsWeightedByTheScores() {
        Detection best = new Detection(0.75, 0.2, 0.2, 0.6, 0.6, 0.4, 0.6, 0.4, 0.2);
        Detection same = new Detection(0.25, 0.3, 0.2, 0.7, 0.6, 0.5, 0.7, 0.5, 0.3);
        Detection other = new Detection(0.5, 0.8, 0.8, 0.9, 0.9, 0.85, 0.9, 0.85, 0.8);
        List<Detection> found = Detection.blended(List.of(other, same, best), 0.3);
        assertEquals(2, found.size());
        Detection blended = found.get(0);
        assertEquals(0.75, blended.score());
        assertEquals(0.225, blended.left(), CLOSE);
        assertEquals(0.2, blended.upper(), CLOSE);
        assertEquals(0.625, blended.right(), CLOSE);
        assertEquals(0.6, blended.lower(), CLOSE);
        assertEquals(0.425, blended.fromX(), CLOSE);
        assertEquals(0.625, blended.fromY(), CLOSE);
        assertEquals(0.425, blended.toX(), CLOSE);
        assertEquals(0.225, blended.toY(), CLOSE);
        assertEquals(other, found.get(1));
    }

    @Test
    void keepsBoxesApartThatShareLessThanThreeTenths() {
        Detection one = new Detection(0.9, 0, 0, 0.4, 0.4, 0, 0, 0, 0);
        // Shares 0.2 of 0.6 parts of their width.
        Detection near = new Detection(0.8, 0.2, 0, 0.6, 0.4, 0, 0, 0, 0);
        // Shares 0.16 of 0.64.
        Detection far = new Detection(0.8, 0.24, 0, 0.64, 0.4, 0, 0, 0, 0);
        assertEquals(1 / 3.0, one.overlap(near), CLOSE);
        assertEquals(0.25, one.overlap(far), CLOSE);
        assertEquals(1, Detection.blended(List.of(one, near), 0.3).size());
        assertEquals(2, Detection.blended(List.of(one, far), 0.3).size());
    }

    /** @param box x, y, width and height, then the points, as far as they matter */
    private void say(int anchor, float score, float... box) {
        for (int i = 0; i < box.length; i++) {
            detections.put(19 * anchor + i, box[i]);
        }
        detections.put(19 * anchor + 18, score);
    }
}
