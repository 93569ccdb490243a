package dev.osprey.pose;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.osprey.imaging.ColourOrder;
import dev.osprey.imaging.Crop;
import dev.osprey.imaging.Interpolation;
import dev.osprey.model.ModelManifest.Pictures;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

class RtmPoseTest {

    private static final Pictures INPUT = new Pictures("pixels", 192, 256, ColourOrder.BGR, Interpolation.BILINEAR);

    /** Two bins a pixel: 384 of columns, 512 of rows. */
    private static final int BINS = 2 * (192 + 256);

    private final FloatBuffer values = FloatBuffer.allocate(17 * BINS);

    @Test
    void takesTheGreatestBinOfEachAxis() {
        for (int point = 0; point < 17; point++) {
            say(point, 20 * point, 0.9f, 500 - 10 * point, 0.6f);
        }
        // Half a pixel of the picture a pixel of the input, from 300, 100 on.
        Person person = RtmPose.seen(values, BINS, new Crop(348, 164, 96, 128, 0), INPUT)
                .person();
        for (int point = 0; point < 17; point++) {
            assertEquals(300 + 20 * point / 2.0 / 2, person.x(point), 1e-4);
            assertEquals(100 + (500 - 10 * point) / 2.0 / 2, person.y(point), 1e-4);
            assertEquals(0.6f, person.confidences()[point]);
        }
        assertEquals(0.6, person.presence(), 1e-6);
    }

    @Test
    void hasConfidencesFrom0To1() {
        say(0, 10, 1.25f, 10, 1.5f);
        say(1, 10, -0.5f, 10, 0.5f);
        for (int bin = 0; bin < BINS; bin++) {
            values.put(2 * BINS + bin, -1);
        }
        float[] confidences = RtmPose.seen(values, BINS, new Crop(0, 0, 96, 128, 0), INPUT)
                .person()
                .confidences();
        assertEquals(1, confidences[0]);
        assertEquals(0, confidences[1]);
        assertEquals(0, confidences[2]);
    }

    @Test
    void showsTheNetworkWhatItsInputHasRoomFor() {
        assertEquals(new Crop(50, 60, 75, 100, 0), RtmPose.shown(new Crop(50, 60, 100, 100, 0.4), INPUT));
    }

    @Test
    void looksNextWhereAllPointsFitIntoWhatIsShown() {
        for (float[] extent : new float[][] {{100, 300}, {400, 100}}) {
            float[] points = new float[34];
            for (int point = 0; point < 17; point++) {
                points[2 * point] = 50 + extent[0] * point / 16;
                points[2 * point + 1] = 70 + extent[1] * point / 16;
            }
            Crop shown = RtmPose.shown(RtmPose.around(points), INPUT);
            Person.Box box = Person.around(points);
            assertEquals(50 + extent[0] / 2, shown.centreX(), 1e-3);
            assertEquals(70 + extent[1] / 2, shown.centreY(), 1e-3);
            // A quarter more than the box in the direction that counts, at least that in the other one.
            double across = shown.width() / (box.right() - box.left());
            double down = shown.height() / (box.lower() - box.upper());
            assertEquals(1.25, Math.min(across, down), 1e-4);
        }
    }

    private void say(int point, int column, float ofColumn, int row, float ofRow) {
        values.put(point * BINS + column, ofColumn);
        values.put(point * BINS + 384 + row, ofRow);
    }
}
