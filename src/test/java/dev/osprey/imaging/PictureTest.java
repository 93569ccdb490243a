package dev.osprey.imaging;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PictureTest {

    private static final int[][] SOURCE = {{0, 100, 200}, {50, 150, 250}, {255, 5, 25}};

    @Test
    void growsBilinearly() {
        assertArrayEquals(
                new int[][] {{0, 62, 137, 200}, {31, 94, 169, 231}, {127, 107, 122, 166}, {255, 99, 12, 25}},
                resized(SOURCE, 4, 4, Interpolation.BILINEAR));
        assertArrayEquals(
                new int[][] {{13, 52, 113, 173, 213}, {204, 139, 41, 65, 81}},
                resized(SOURCE, 5, 2, Interpolation.BILINEAR));
    }

    @Test
    void shrinksBilinearly() {
        assertArrayEquals(new int[][] {{38, 188}, {163, 71}}, resized(SOURCE, 2, 2, Interpolation.BILINEAR));
    }

    @Test
    void shrinksByTheMeanOfTheArea() {
        assertArrayEquals(new int[][] {{50, 183}, {142, 84}}, resized(SOURCE, 2, 2, Interpolation.AREA));
        assertArrayEquals(
                new int[][] {{4, 6}, {35, 55}},
                resized(
                        new int[][] {{1, 2, 3, 4}, {5, 6, 7, 8}, {10, 20, 30, 40}, {50, 60, 70, 80}},
                        2,
                        2,
                        Interpolation.AREA));
    }

    @Test
    void takesTheAreaOnlyWhereTheTargetIsNarrower() {
        assertArrayEquals(resized(SOURCE, 5, 2, Interpolation.BILINEAR), resized(SOURCE, 5, 2, Interpolation.AREA));
        assertArrayEquals(resized(SOURCE, 3, 2, Interpolation.BILINEAR), resized(SOURCE, 3, 2, Interpolation.AREA));
        // Narrower and higher: OpenCV's area formula for a side that grows copies where the bilinear one blends.
        assertArrayEquals(new int[] {33, 167}, resized(SOURCE, 2, 6, Interpolation.AREA)[1]);
    }

    @Test
    void resizesAsTheFormulaSays() {
        Random random = new Random(5);
        for (int round = 0; round < 60; round++) {
            int width = 1 + random.nextInt(90);
            int height = 1 + random.nextInt(60);
            int newWidth = 1 + random.nextInt(120);
            int newHeight = 1 + random.nextInt(90);
            byte[] rgb = Samples.noise(width * height * 3, round);
            ByteBuffer target = ByteBuffer.allocateDirect(newWidth * newHeight * 3);
            try (Picture picture = Picture.ofRgb(width, height, rgb)) {
                picture.resizeInto(target, newWidth, newHeight, Interpolation.BILINEAR, ColourOrder.RGB);
            }
            byte[] actual = new byte[target.capacity()];
            target.get(0, actual);
            assertArrayEquals(
                    bilinear(rgb, width, height, newWidth, newHeight),
                    actual,
                    width + "x" + height + " to " + newWidth + "x" + newHeight);
        }
    }

    @Test
    void writesBothOrdersFromThePositionOnly() {
        int[][] sizes = {{48, 32}, {64, 40}, {31, 17}};
        try (Picture picture = Picture.ofRgb(48, 32, Samples.noise(48 * 32 * 3, 6))) {
            for (int[] size : sizes) {
                int bytes = size[0] * size[1] * 3;
                ByteBuffer bgr = ByteBuffer.allocateDirect(bytes + 10).position(5);
                ByteBuffer rgb = ByteBuffer.allocateDirect(bytes + 10).position(5);
                picture.resizeInto(bgr, size[0], size[1], Interpolation.BILINEAR, ColourOrder.BGR);
                picture.resizeInto(rgb, size[0], size[1], Interpolation.BILINEAR, ColourOrder.RGB);
                for (int i = 0; i < bytes; i++) {
                    assertEquals(bgr.get(5 + i), rgb.get(5 + i / 3 * 3 + 2 - i % 3));
                }
                for (int i = 0; i < 5; i++) {
                    assertEquals(0, bgr.get(i));
                    assertEquals(0, bgr.get(5 + bytes + i));
                }
                assertEquals(5, rgb.position());
            }
        }
    }

    @Test
    void cropsAPart() {
        int[][] source = {{10, 20, 30, 40}, {50, 60, 70, 80}, {90, 100, 110, 120}};
        assertArrayEquals(
                new int[][] {{60, 70}, {100, 110}}, cropped(source, 2, 2, new Crop(2, 2, 2, 2, 0), Border.BLACK));
    }

    @Test
    void cropsAPartThatIsTurned() {
        int[][] source = {{10, 20, 30, 40}, {50, 60, 70, 80}, {90, 100, 110, 120}};
        // A quarter turn clockwise: the crop's upper edge is the right one on the picture, from x = 3 to the left.
        assertArrayEquals(
                new int[][] {{40, 80, 120}, {30, 70, 110}},
                cropped(source, 3, 2, new Crop(2, 1.5, 3, 2, Math.PI / 2), Border.BLACK));
    }

    @Test
    void blendsWhereACropLiesBetweenPixels() {
        int[][] source = {{0, 80, 160, 240}, {0, 80, 160, 240}};
        assertArrayEquals(
                new int[][] {{0, 40, 80, 120}, {0, 40, 80, 120}},
                cropped(source, 4, 2, new Crop(1, 1, 2, 2, 0), Border.EDGE));
    }

    @Test
    void showsBlackOrTheEdgeBeyondThePicture() {
        int[][] source = {{10, 20}, {30, 40}};
        Crop wide = new Crop(1, 1, 4, 4, 0);
        assertArrayEquals(
                new int[][] {{0, 0, 0, 0}, {0, 10, 20, 0}, {0, 30, 40, 0}, {0, 0, 0, 0}},
                cropped(source, 4, 4, wide, Border.BLACK));
        assertArrayEquals(
                new int[][] {{10, 10, 20, 20}, {10, 10, 20, 20}, {30, 30, 40, 40}, {30, 30, 40, 40}},
                cropped(source, 4, 4, wide, Border.EDGE));
    }

    @Test
    void showsBlackOrTheEdgeWhereThePictureIsFarAway() {
        int[][] source = {{10, 20}, {30, 40}};
        assertArrayEquals(new int[][] {{0}}, cropped(source, 1, 1, new Crop(1e7, 0.5, 1, 1, 0), Border.BLACK));
        assertArrayEquals(new int[][] {{40}}, cropped(source, 1, 1, new Crop(1e7, 1e7, 1, 1, 0), Border.EDGE));
        assertArrayEquals(new int[][] {{10}}, cropped(source, 1, 1, new Crop(-1e12, -1e12, 1, 1, 0), Border.EDGE));
    }

    @Test
    void cropsInEitherOrderOfColours() {
        ByteBuffer bgr = ByteBuffer.allocateDirect(8 * 8 * 3 + 10).position(5);
        ByteBuffer rgb = ByteBuffer.allocateDirect(8 * 8 * 3 + 10).position(5);
        try (Picture picture = Picture.ofRgb(10, 10, Samples.noise(300, 3))) {
            Crop crop = new Crop(5, 5, 6, 6, 0.5);
            picture.cropInto(bgr, 8, 8, crop, Border.EDGE, ColourOrder.BGR);
            picture.cropInto(rgb, 8, 8, crop, Border.EDGE, ColourOrder.RGB);
        }
        for (int i = 0; i < 8 * 8 * 3; i++) {
            assertEquals(bgr.get(5 + i), rgb.get(5 + i / 3 * 3 + 2 - i % 3));
        }
        assertEquals(5, bgr.position());
        assertEquals(0, bgr.get(5 + 8 * 8 * 3));
        assertEquals(0, bgr.get(4));
    }

    @Test
    void copiesAPictureThatHasTheSize() {
        byte[] rgb = Samples.noise(48 * 32 * 3, 8);
        ByteBuffer target = ByteBuffer.allocateDirect(rgb.length);
        try (Picture picture = Picture.ofRgb(48, 32, rgb)) {
            picture.resizeInto(target, 48, 32, Interpolation.AREA, ColourOrder.RGB);
            assertEquals(ByteBuffer.wrap(rgb), target);
            assertArrayEquals(rgb, picture.rgb());
        }
    }

    @Test
    void holdsBlueFirst() {
        try (Picture picture = Picture.ofRgb(2, 1, new byte[] {1, 2, 3, 4, 5, 6})) {
            assertEquals(ByteBuffer.wrap(new byte[] {3, 2, 1, 6, 5, 4}), picture.bgr());
            assertTrue(picture.bgr().isDirect());
        }
    }

    @Test
    void encodesAJpegThatDecodesToTheSamePicture() {
        byte[] rgb = Samples.gradient(160, 120);
        try (Picture picture = Picture.ofRgb(160, 120, rgb)) {
            byte[] jpeg = picture.jpeg(80);
            assertArrayEquals(new byte[] {(byte) 0xFF, (byte) 0xD8, (byte) 0xFF}, Arrays.copyOf(jpeg, 3));
            assertTrue(picture.jpeg(20).length < jpeg.length);
            try (Picture decoded = Picture.decode(ByteBuffer.wrap(jpeg), Samples.LIMITS)) {
                assertTrue(Samples.meanDifference(rgb, decoded.rgb()) < 2);
            }
        }
    }

    @Test
    void refusesATargetThatIsTooSmallOrOnTheHeap() {
        try (Picture picture = Picture.ofRgb(2, 1, new byte[6])) {
            for (ByteBuffer target : new ByteBuffer[] {ByteBuffer.allocateDirect(11), ByteBuffer.allocate(12)}) {
                assertThrows(
                        IllegalArgumentException.class,
                        () -> picture.resizeInto(target, 2, 2, Interpolation.BILINEAR, ColourOrder.BGR));
                assertThrows(
                        IllegalArgumentException.class,
                        () -> picture.cropInto(target, 2, 2, Crop.letterbox(2, 1), Border.BLACK, ColourOrder.BGR));
            }
            assertThrows(IllegalArgumentException.class, () -> picture.jpeg(0));
        }
        assertThrows(IllegalArgumentException.class, () -> Picture.ofRgb(2, 2, new byte[11]));
    }

    @Test
    void closesTwiceAndIsUsedNoMore() {
        Picture picture = Picture.ofRgb(2, 1, new byte[6]);
        picture.close();
        picture.close();
        assertThrows(IllegalStateException.class, picture::bgr);
        assertThrows(IllegalStateException.class, picture::rgb);
        assertThrows(IllegalStateException.class, () -> picture.jpeg(80));
    }

    private static int[][] cropped(int[][] source, int width, int height, Crop crop, Border border) {
        ByteBuffer target = ByteBuffer.allocateDirect(width * height * 3);
        try (Picture picture = Samples.grey(source)) {
            picture.cropInto(target, width, height, crop, border, ColourOrder.BGR);
        }
        return rows(target, width, height);
    }

    private static int[][] resized(int[][] source, int width, int height, Interpolation interpolation) {
        ByteBuffer target = ByteBuffer.allocateDirect(width * height * 3);
        try (Picture picture = Samples.grey(source)) {
            picture.resizeInto(target, width, height, interpolation, ColourOrder.BGR);
        }
        return rows(target, width, height);
    }

    /** The first channel. */
    private static int[][] rows(ByteBuffer target, int width, int height) {
        int[][] rows = new int[height][width];
        for (int i = 0; i < width * height; i++) {
            rows[i / width][i % width] = target.get(3 * i) & 0xFF;
        }
        return rows;
    }

    /** The published formula, one value at a time. */
    private static byte[] bilinear(byte[] source, int width, int height, int newWidth, int newHeight) {
        byte[] target = new byte[newWidth * newHeight * 3];
        for (int y = 0; y < newHeight; y++) {
            float fy = (float) ((y + 0.5) * ((double) height / newHeight) - 0.5);
            int top = (int) Math.floor(fy);
            int lower = (int) Math.rint((fy - top) * 2048f);
            int upper = (int) Math.rint((1f - (fy - top)) * 2048f);
            int row0 = Math.max(0, Math.min(height - 1, top));
            int row1 = Math.max(0, Math.min(height - 1, top + 1));
            for (int x = 0; x < newWidth; x++) {
                float fx = (float) ((x + 0.5) * ((double) width / newWidth) - 0.5);
                int left = (int) Math.floor(fx);
                float a = fx - left;
                if (left < 0) {
                    left = 0;
                    a = 0;
                }
                if (left >= width - 1) {
                    left = width - 1;
                    a = 0;
                }
                int right = Math.min(left + 1, width - 1);
                int a1 = (int) Math.rint(a * 2048f);
                int a0 = (int) Math.rint((1f - a) * 2048f);
                for (int c = 0; c < 3; c++) {
                    int h0 = at(source, width, row0, left, c) * a0 + at(source, width, row0, right, c) * a1;
                    int h1 = at(source, width, row1, left, c) * a0 + at(source, width, row1, right, c) * a1;
                    target[(y * newWidth + x) * 3 + c] =
                            (byte) ((((upper * (h0 >> 4)) >> 16) + ((lower * (h1 >> 4)) >> 16) + 2) >> 2);
                }
            }
        }
        return target;
    }

    private static int at(byte[] source, int width, int y, int x, int channel) {
        return source[(y * width + x) * 3 + channel] & 0xFF;
    }
}
