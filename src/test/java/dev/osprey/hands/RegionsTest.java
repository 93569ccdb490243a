package dev.osprey.hands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.detection.Detection;
import dev.osprey.imaging.Crop;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegionsTest {

    private static final double CLOSE = 1e-4;

    @ParameterizedTest
    @CsvSource({"0, -1, 0", "1, -1, 45", "1, 0, 90", "1, 1, 135", "0, 1, -180", "-1, 1, -135", "-1, 0, -90"})
    void turnsUpWhatPointsElsewhere(double x, double y, double degrees) {
        assertEquals(degrees, Math.toDegrees(Crop.rotation(x, y)), CLOSE);
    }

    @Test
    void looksForTheHandOfAnUprightPalm() {
        Detection palm = new Detection(0.9, 0.4, 0.5, 0.6, 0.75, 0.5, 0.75, 0.5, 0.5);
        // 20 × 25 pixels around 50, 62.5; half the height up, 2.6 times the longer side.
        assertCrop(50, 50, 65, 0, Palms.hand(palm.on(Crop.letterbox(100, 100))));
    }

    @Test
    void looksForTheHandOnAPictureThatIsNoSquare() {
        Detection palm = new Detection(0.9, 0.4, 0.5, 0.6, 0.75, 0.5, 0.75, 0.5, 0.5);
        // The network saw 200 × 200 pixels, 50 of them above the picture.
        assertCrop(100, 50, 130, 0, Palms.hand(palm.on(Crop.letterbox(200, 100))));
        assertCrop(50, 100, 130, 0, Palms.hand(palm.on(Crop.letterbox(100, 200))));
    }

    @Test
    void looksForTheHandInTheDirectionOfItsFingers() {
        Detection palm = new Detection(0.9, 0.3, 0.4, 0.5, 0.6, 0.3, 0.5, 0.5, 0.5);
        assertCrop(40 + 10, 50, 52, 90, Palms.hand(palm.on(Crop.letterbox(100, 100))));
    }

    @Test
    void looksForTheHandWhereItsSteadyPointsWere() {
        // 20 × 40 pixels, from the wrist below to the knuckles above; the fingertips, far away, do not count.
        float[] landmarks = upright();
        Crop square = Regions.around(landmarks, 100, 100);
        assertCrop(50, 60 - 0.1 * 40, 80, 0, square);
    }

    @ParameterizedTest
    @ValueSource(doubles = {10, 90, 179, -60, -120})
    void followsAHandThatTurns(double degrees) {
        float[] landmarks = random();
        Crop before = Regions.around(landmarks, 200, 200);
        double angle = Math.toRadians(degrees);
        float[] turned = new float[63];
        for (int i = 0; i < 63; i += 3) {
            double x = landmarks[i] - 0.5;
            double y = landmarks[i + 1] - 0.5;
            turned[i] = (float) (0.5 + Math.cos(angle) * x - Math.sin(angle) * y);
            turned[i + 1] = (float) (0.5 + Math.sin(angle) * x + Math.cos(angle) * y);
        }
        Crop after = Regions.around(turned, 200, 200);
        double x = before.centreX() - 100;
        double y = before.centreY() - 100;
        assertEquals(before.width(), after.width(), 0.001);
        assertEquals(100 + Math.cos(angle) * x - Math.sin(angle) * y, after.centreX(), 0.001);
        assertEquals(100 + Math.sin(angle) * x + Math.cos(angle) * y, after.centreY(), 0.001);
        assertEquals(1, Math.cos(after.rotation() - before.rotation() - angle), 1e-6);
    }

    @Test
    void followsAHandWhateverThePicturesShape() {
        // The same pixels, as parts of a picture of 200 × 100.
        float[] landmarks = upright();
        for (int i = 0; i < 63; i += 3) {
            landmarks[i] /= 2;
        }
        assertCrop(50, 56, 80, 0, Regions.around(landmarks, 200, 100));
    }

    @Test
    void holdsEverySteadyPoint() {
        for (int seed = 0; seed < 20; seed++) {
            float[] landmarks = random();
            Crop square = Regions.around(landmarks, 320, 240);
            for (int point : new int[] {0, 5, 9, 13, 17, 18}) {
                double x = landmarks[3 * point] * 320 - square.centreX();
                double y = landmarks[3 * point + 1] * 240 - square.centreY();
                double across = Math.cos(square.rotation()) * x + Math.sin(square.rotation()) * y;
                double down = Math.cos(square.rotation()) * y - Math.sin(square.rotation()) * x;
                assertTrue(Math.max(Math.abs(across), Math.abs(down)) <= square.width() / 2);
            }
        }
    }

    @Test
    void knowsWhatSquaresShare() {
        Crop square = new Crop(50, 50, 20, 20, 0.3);
        assertEquals(1, square.overlap(square), CLOSE);
        assertEquals(1 / 3.0, square.overlap(new Crop(60, 50, 20, 20, 0)), CLOSE);
        assertEquals(0.25, square.overlap(new Crop(50, 50, 10, 10, 2)), CLOSE);
        assertEquals(0, square.overlap(new Crop(70, 50, 20, 20, 0)), CLOSE);
        assertEquals(0, square.overlap(new Crop(80, 80, 20, 20, 0)), CLOSE);
    }

    private static void assertCrop(double centreX, double centreY, double side, double degrees, Crop found) {
        assertEquals(centreX, found.centreX(), CLOSE, found::toString);
        assertEquals(centreY, found.centreY(), CLOSE, found::toString);
        assertEquals(side, found.width(), CLOSE, found::toString);
        assertEquals(side, found.height(), CLOSE, found::toString);
        assertEquals(degrees, Math.toDegrees(found.rotation()), CLOSE, found::toString);
    }

    /** Steady points from 0.4 to 0.6 across and from 0.4 to 0.8 down, fingertips beyond. */
    private static float[] upright() {
        float[] landmarks = new float[63];
        for (int point = 0; point < 21; point++) {
            landmarks[3 * point] = 0.5f;
            landmarks[3 * point + 1] = 0.6f;
        }
        int[] tips = {4, 7, 8, 11, 12, 15, 16, 19, 20};
        for (int tip : tips) {
            landmarks[3 * tip + 1] = -3;
        }
        place(landmarks, 0, 0.5f, 0.8f);
        place(landmarks, 5, 0.4f, 0.4f);
        place(landmarks, 9, 0.5f, 0.4f);
        place(landmarks, 13, 0.6f, 0.4f);
        return landmarks;
    }

    private static void place(float[] landmarks, int point, float x, float y) {
        landmarks[3 * point] = x;
        landmarks[3 * point + 1] = y;
    }

    private static float[] random() {
        Random random = new Random(5);
        float[] landmarks = new float[63];
        for (int i = 0; i < 63; i++) {
            landmarks[i] = 0.3f + 0.4f * random.nextFloat();
        }
        return landmarks;
    }
}
