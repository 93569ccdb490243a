package dev.osprey.imaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

/**
 * The numbers are those of OpenCV's Python binding, called as the protocol says on the same gradient: {@code {x, y, red, green,
 * blue}} and the sums over all pixels. Rounding may differ by a level between versions.
 */
class FisheyeCorrectionTest {

    @Test
    void straightensAsTheProtocolSays() {
        compare(320, 240, -0.18, 0, 320, 240, new long[] {9160515, 10047705, 7636340}, new int[][] {
            {0, 0, 31, 220, 64}, {160, 0, 120, 230, 82}, {10, 10, 34, 214, 66}, {106, 120, 84, 130, 91},
            {160, 120, 120, 130, 100}, {290, 200, 198, 66, 128}, {30, 220, 43, 52, 96}, {319, 239, 208, 42, 135},
            {319, 0, 208, 220, 105}, {0, 120, 25, 130, 78}
        });
    }

    @Test
    void straightensOddSizes() {
        compare(75, 51, -0.18, 0, 75, 51, new long[] {450741, 510498, 377201}, new int[][] {
            {0, 0, 31, 220, 64}, {37, 0, 118, 230, 83}, {10, 10, 49, 190, 73}, {25, 25, 85, 133, 91},
            {45, 11, 140, 190, 94}, {30, 31, 98, 109, 98}, {74, 50, 206, 45, 134}, {74, 0, 205, 221, 105}
        });
    }

    @Test
    void cropsWhatIsBlackAllAlong() {
        compare(320, 240, 1.5, 1, 305, 240, new long[] {8266886, 9060779, 6890287}, new int[][] {
            {0, 0, 0, 0, 0}, {152, 0, 120, 230, 82}, {10, 10, 1, 7, 2}, {101, 120, 90, 130, 93},
            {275, 200, 200, 61, 130}, {30, 220, 38, 42, 96}, {304, 239, 0, 0, 0}, {0, 120, 20, 130, 77}
        });
    }

    @Test
    void straightensUprightPictures() {
        compare(240, 320, -0.3, 0.5, 240, 320, new long[] {9008550, 9885551, 7517667}, new int[][] {
            {0, 0, 31, 219, 64},
            {120, 0, 120, 227, 77},
            {10, 10, 35, 216, 66},
            {80, 160, 81, 130, 93},
            {210, 280, 194, 57, 129},
            {239, 0, 208, 219, 94},
            {0, 160, 0, 0, 0}
        });
    }

    private static void compare(
            int width,
            int height,
            double strength,
            double balance,
            int correctedWidth,
            int correctedHeight,
            long[] sums,
            int[][] samples) {
        try (FisheyeCorrection correction = new FisheyeCorrection(width, height, strength, balance);
                Picture picture = Picture.ofRgb(width, height, Samples.gradient(width, height));
                Picture corrected = correction.correct(picture)) {
            assertEquals(correctedWidth, correction.width());
            assertEquals(correctedHeight, correction.height());
            assertEquals(correctedWidth, corrected.width());
            assertEquals(correctedHeight, corrected.height());
            byte[] rgb = corrected.rgb();
            for (int[] sample : samples) {
                for (int c = 0; c < 3; c++) {
                    int found = rgb[3 * (sample[1] * correctedWidth + sample[0]) + c] & 0xFF;
                    assertEquals(sample[2 + c], found, 1, () -> "at " + sample[0] + ", " + sample[1]);
                }
            }
            for (int c = 0; c < 3; c++) {
                long sum = 0;
                for (int i = c; i < rgb.length; i += 3) {
                    sum += rgb[i] & 0xFF;
                }
                assertEquals(1, (double) sum / sums[c], 0.0005);
            }
        }
    }

    @Test
    void refusesWhatItIsNotMadeFor() {
        try (FisheyeCorrection correction = new FisheyeCorrection(64, 48, -0.18, 0);
                Picture other = Picture.ofRgb(48, 64, Samples.gradient(48, 64))) {
            assertThrows(IllegalArgumentException.class, () -> correction.correct(other));
            FisheyeCorrection closed = new FisheyeCorrection(48, 64, -0.18, 0);
            closed.close();
            assertThrows(IllegalStateException.class, () -> closed.correct(other));
        }
        assertThrows(IllegalArgumentException.class, () -> new FisheyeCorrection(64, 48, Double.NaN, 0).close());
        assertThrows(IllegalArgumentException.class, () -> new FisheyeCorrection(64, 48, -0.18, 1.1).close());
    }

    @Test
    void givesBackTheMemoryItTook() {
        long pointers = 0;
        try (Picture picture = Picture.ofRgb(64, 48, Samples.gradient(64, 48))) {
            for (int round = -5; round < 200; round++) {
                if (round == 0) {
                    pointers = Pointer.totalCount();
                }
                try (FisheyeCorrection correction = new FisheyeCorrection(64, 48, 1.5, 1)) {
                    correction.correct(picture).close();
                }
            }
        }
        assertEquals(0, Math.max(0, Pointer.totalCount() - pointers));
    }
}
