package dev.osprey.pose;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.osprey.detection.Detection;
import dev.osprey.imaging.Crop;
import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class BlazePoseTest {

    private static final double CLOSE = 1e-3;

    @Test
    void readsTheDetectorsAnchors() {
        FloatBuffer detections = FloatBuffer.allocate(2_254 * 13);
        for (int anchor = 0; anchor < 2_254; anchor++) {
            detections.put(13 * anchor + 12, -100);
        }
        // The second anchor in the cell of 32 pixels in column 2, row 5: its middle is at 80, 176 of 224 pixels.
        int anchor = 1_568 + 392 + 6 * (5 * 7 + 2) + 1;
        float[] values = {4, -6, 20, 30, 1, 40, -3, -60, 7, 8, 9, 10, 2};
        for (int i = 0; i < 13; i++) {
            detections.put(13 * anchor + i, values[i]);
        }
        // The network was shown 448 × 448 pixels from 100, 200 on.
        List<Detection> found = BlazePose.candidates(detections, 0.5, new Crop(324, 424, 448, 448, 0));
        assertEquals(1, found.size());
        Detection person = found.get(0);
        assertEquals(1 / (1 + Math.exp(-2)), person.score(), CLOSE);
        assertEquals(100 + 2 * (80 + 4 - 10), person.left(), CLOSE);
        assertEquals(200 + 2 * (176 - 6 + 15), person.lower(), CLOSE);
        assertEquals(100 + 2 * (80 + 1), person.fromX(), CLOSE);
        assertEquals(200 + 2 * (176 + 40), person.fromY(), CLOSE);
        assertEquals(100 + 2 * (80 - 3), person.toX(), CLOSE);
        assertEquals(200 + 2 * (176 - 60), person.toY(), CLOSE);
    }

    @Test
    void looksAtTheCircleAroundTheHips() {
        Crop upright = BlazePose.region(new Detection(1, 0, 0, 0, 0, 50, 60, 50, 20));
        assertEquals(new Crop(50, 60, 100, 100, 0), upright);
        Crop lying = BlazePose.region(new Detection(1, 0, 0, 0, 0, 50, 60, 90, 60));
        assertEquals(90, Math.toDegrees(lying.rotation()), CLOSE);
    }

    @Test
    void takesThe17PointsOutOfTheLandmarks() {
        FloatBuffer values = FloatBuffer.allocate(176);
        for (int landmark = 0; landmark < 33; landmark++) {
            values.put(5 * landmark, landmark);
            values.put(5 * landmark + 1, 100 + landmark);
            values.put(5 * landmark + 3, landmark / 100f);
        }
        values.put(175, 0.9f);
        // One pixel of the picture a pixel of the input, from 10, 20 on.
        Person person =
                BlazePose.seen(values, new Crop(138, 148, 256, 256, 0), 256).person();
        // Nose, left eye, right eye, left ear and so on, by MediaPipe's numbers.
        int[] landmarks = {0, 2, 5, 7, 8, 11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28};
        for (int point = 0; point < 17; point++) {
            assertEquals(10 + landmarks[point], person.x(point), CLOSE);
            assertEquals(120 + landmarks[point], person.y(point), CLOSE);
            assertEquals(landmarks[point] / 100f, person.confidences()[point]);
        }
        assertEquals(0.9f, person.presence());
        // From the nose at 10, 120 to the right ankle at 38, 148, and a tenth of the height around.
        assertArrayEquals(
                new double[] {10 - 2.8, 120 - 2.8, 38 + 2.8, 148 + 2.8},
                new double[] {
                    person.box().left(),
                    person.box().upper(),
                    person.box().right(),
                    person.box().lower()
                },
                CLOSE);
    }

    @Test
    void turnsPointsBackWithTheCropTheyWereSeenIn() {
        FloatBuffer values = FloatBuffer.allocate(176);
        // The nose above the middle of a crop that is turned by a quarter to the right: on the picture to the right.
        values.put(0, 128);
        values.put(1, 28);
        // Where the next crop must be: about a point below the middle, its upper end 64 pixels above.
        values.put(5 * 33, 128);
        values.put(5 * 33 + 1, 138);
        values.put(5 * 34, 128);
        values.put(5 * 34 + 1, 74);
        Seen seen = BlazePose.seen(values, new Crop(500, 300, 128, 128, Math.PI / 2), 256);
        assertEquals(500 + 50, seen.person().x(0), CLOSE);
        assertEquals(300, seen.person().y(0), CLOSE);
        Crop next = seen.region();
        assertEquals(500 - 5, next.centreX(), CLOSE);
        assertEquals(300, next.centreY(), CLOSE);
        assertEquals(2 * 32 * 1.25, next.width(), CLOSE);
        assertEquals(Math.PI / 2, next.rotation(), CLOSE);
    }
}
