package dev.osprey.imaging;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.MatVector;
import org.bytedeco.opencv.opencv_core.Point;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RendererTest {

    private static final int[] P = {
        10, 20, 30, 200, 100, 50, 255, 255, 255, 0, 0, 0,
        128, 128, 128, 1, 2, 3, 250, 5, 125, 77, 200, 33
    };
    private static final Mask M = Samples.mask(new int[][] {{0, 1, 2, 3}, {4, 12, 15, 1}});
    private static final Palette VOC = Palette.voc(21);

    private final Renderer renderer = new Renderer();

    @Test
    void fillsByTheOpacity() {
        assertArrayEquals(
                bytes(
                        4, 8, 12, 157, 40, 20, 102, 179, 102, 77, 77, 0, 51, 51, 128, 39, 1, 78, 215, 79, 127, 108, 80,
                        13),
                drawn(Visualization.FILLED, 0.6, null));
        assertArrayEquals(
                bytes(
                        5, 10, 15, 164, 50, 25, 128, 192, 128, 64, 64, 0, 64, 64, 128, 32, 1, 66, 221, 66, 126, 102,
                        100, 16),
                drawn(Visualization.FILLED, 0.5, null));
        assertArrayEquals(
                bytes(
                        8, 15, 22, 182, 75, 38, 191, 223, 191, 32, 32, 0, 96, 96, 128, 17, 2, 34, 236, 36, 126, 90, 150,
                        25),
                drawn(Visualization.FILLED, 0.25, null));
    }

    @Test
    void fillsWithNothingOrWithNothingElse() {
        assertArrayEquals(bytes(P), drawn(Visualization.FILLED, 0, null));
        assertArrayEquals(
                bytes(0, 0, 0, 128, 0, 0, 0, 128, 0, 128, 128, 0, 0, 0, 128, 64, 0, 128, 192, 128, 128, 128, 0, 0),
                drawn(Visualization.FILLED, 1, null));
    }

    @Test
    void darkensWhatTheFilterHides() {
        assertArrayEquals(
                bytes(4, 8, 12, 157, 40, 20, 102, 102, 102, 0, 0, 0, 51, 51, 51, 0, 1, 1, 215, 79, 127, 108, 80, 13),
                drawn(Visualization.FILLED, 0.6, List.of(1, 15)));
        assertArrayEquals(
                bytes(4, 8, 12, 80, 40, 20, 102, 102, 102, 0, 0, 0, 51, 51, 51, 0, 1, 1, 100, 2, 50, 31, 80, 13),
                drawn(Visualization.FILLED, 0.6, List.of()));
    }

    @Test
    void roundsTiesToEven() {
        Mask background = Samples.mask(new int[][] {{0, 0}});
        assertArrayEquals(
                bytes(2, 2, 2, 0, 0, 0),
                drawn(2, 1, bytes(5, 5, 5, 1, 1, 1), background, VOC, new Rendering(Visualization.FILLED, 0.5, null)));
    }

    @Test
    void drawsSettingsThatChangeFromFrameToFrame() {
        byte[] first = drawn(Visualization.FILLED, 0.6, null);
        drawn(Visualization.FILLED, 0.5, null);
        drawn(4, 2, bytes(P), M, Palette.voc(5), new Rendering(Visualization.FILLED, 0.6, null));
        drawn(Visualization.FILLED, 0.6, List.of(2));
        assertArrayEquals(first, drawn(Visualization.FILLED, 0.6, null));
    }

    @Test
    void drawsValuesAboveThePaletteAsItsLastClass() {
        Mask above = Samples.mask(new int[][] {{20, 21, 255}});
        byte[] drawn = drawn(3, 1, new byte[9], above, VOC, new Rendering(Visualization.FILLED, 1, null));
        assertArrayEquals(bytes(0, 64, 128, 0, 64, 128, 0, 64, 128), drawn);
    }

    @Test
    void putsTheColoursBesideTheFrame() {
        assertArrayEquals(
                bytes(
                        10, 20, 30, 200, 100, 50, 255, 255, 255, 0, 0, 0, 0, 0, 0, 128, 0, 0, 0, 128, 0, 128, 128, 0,
                        128, 128, 128, 1, 2, 3, 250, 5, 125, 77, 200, 33, 0, 0, 128, 64, 0, 128, 192, 128, 128, 128, 0,
                        0),
                drawn(Visualization.SIDE_BY_SIDE, 0.6, null));
        try (Picture frame = Picture.ofRgb(4, 2, bytes(P));
                Renderer.Drawn drawn =
                        renderer.draw(frame, M, VOC, new Rendering(Visualization.SIDE_BY_SIDE, 0.6, List.of(2)))) {
            assertEquals(8, drawn.picture().width());
            assertEquals(2, drawn.picture().height());
            byte[] rgb = drawn.picture().rgb();
            assertArrayEquals(bytes(0, 0, 0, 0, 0, 0, 0, 128, 0, 0, 0, 0), Arrays.copyOfRange(rgb, 12, 24));
        }
    }

    @Test
    void blendsTheHueOfTheClass() {
        assertArrayEquals(
                bytes(10, 20, 30, 200, 50, 50, 255, 255, 255, 0, 0, 0, 128, 128, 128, 2, 1, 3, 250, 5, 5, 200, 33, 33),
                drawn(Visualization.BLEND, 0.6, null));
    }

    /** Exactly where whole vectors of up to 64 pixels fit, within one level in the columns behind. */
    @Test
    void blendsAsTheFormulaSays() {
        Palette palette = Palette.voc(150);
        Random random = new Random(9);
        int height = 40;
        for (int width : new int[] {1, 4, 17, 64, 100, 320, 641}) {
            byte[] rgb = Samples.noise(width * height * 3, width);
            int[][] classes = new int[height][];
            for (int y = 0; y < height; y++) {
                classes[y] = random.ints(width, 0, 150).toArray();
            }
            byte[] drawn = drawn(
                    width, height, rgb, Samples.mask(classes), palette, new Rendering(Visualization.BLEND, 0.6, null));
            for (int i = 0; i < width * height; i++) {
                int id = classes[i / width][i % width];
                int[] hsv = hsv(rgb[3 * i] & 0xFF, rgb[3 * i + 1] & 0xFF, rgb[3 * i + 2] & 0xFF);
                int hue = id == 0 ? hsv[0] : hsv(palette.red(id), palette.green(id), palette.blue(id))[0];
                byte[] expected = rgb(hue, hsv[1], hsv[2]);
                int tolerance = i % width < width / 64 * 64 ? 0 : 1;
                for (int c = 0; c < 3; c++) {
                    assertEquals(expected[c] & 0xFF, drawn[3 * i + c] & 0xFF, tolerance);
                }
            }
        }
    }

    @Test
    void keepsTheHueWhereTheFilterHidesTheClass() {
        byte[] unfiltered = drawn(Visualization.BLEND, 0.6, null);
        byte[] filtered = drawn(Visualization.BLEND, 0.6, List.of(15));
        assertArrayEquals(Arrays.copyOfRange(unfiltered, 18, 21), Arrays.copyOfRange(filtered, 18, 21));
        byte[] hidden = Arrays.copyOfRange(filtered, 3, 6);
        assertArrayEquals(rgb(10, 191, 200), hidden);
    }

    @Test
    void outlinesASquareAPointAndALargeSquare() {
        int[][] small = new int[9][9];
        fill(small, 3, 5, 1);
        int[][] expected = new int[9][9];
        fill(expected, 2, 6, 1);
        expected[2][2] = expected[2][6] = expected[6][2] = expected[6][6] = 0;
        assertArrayEquals(expected, painted(outlined(small, null)));

        int[][] point = new int[5][5];
        point[2][2] = 1;
        int[][] plus = new int[5][5];
        plus[1][2] = plus[2][1] = plus[2][2] = plus[2][3] = plus[3][2] = 1;
        assertArrayEquals(plus, painted(outlined(point, null)));

        int[][] large = new int[60][60];
        fill(large, 20, 39, 1);
        int[][] frame = new int[60][60];
        fill(frame, 19, 40, 1);
        fill(frame, 22, 37, 0);
        frame[19][19] = frame[19][40] = frame[40][19] = frame[40][40] = 0;
        assertArrayEquals(frame, painted(outlined(large, null)));
    }

    @Test
    void outlinesNoHolesAndNoBackground() {
        int[][] ring = new int[40][40];
        fill(ring, 5, 34, 1);
        fill(ring, 15, 24, 0);
        int[][] disc = new int[40][40];
        fill(disc, 5, 34, 1);
        assertArrayEquals(painted(outlined(disc, null)), painted(outlined(ring, null)));
    }

    @Test
    void outlinesLaterClassesOverEarlierOnes() {
        int[][] neighbours = {{0, 0, 0, 0, 0, 0}, {0, 1, 1, 2, 2, 0}, {0, 1, 1, 2, 2, 0}, {0, 0, 0, 0, 0, 0}};
        assertArrayEquals(new int[] {1, 1, 2, 2, 2, 2}, painted(outlined(neighbours, null))[1]);
        assertArrayEquals(new int[] {1, 1, 2, 2, 2, 2}, painted(outlined(neighbours, List.of()))[1]);
        assertArrayEquals(new int[] {1, 1, 1, 1, 2, 2}, painted(outlined(neighbours, List.of(2, 1)))[1]);
        assertArrayEquals(new int[] {1, 1, 1, 1, 0, 0}, painted(outlined(neighbours, List.of(1)))[1]);
    }

    @Test
    void outlinesNoClassOutsideThePalette() {
        int[][] outside = new int[9][9];
        fill(outside, 3, 5, 21);
        assertArrayEquals(new int[9][9], painted(outlined(outside, null)));
        assertArrayEquals(new int[9][9], painted(outlined(outside, List.of(21, -1, 1000))));
    }

    @Test
    void outlinesWhatOpenCvOutlinesOnTheWholeFrame() {
        Random random = new Random(11);
        int width = 90;
        int height = 70;
        for (int round = 0; round < 10; round++) {
            int[][] classes = new int[height][width];
            for (int blob = 0; blob < 8; blob++) {
                int x0 = random.nextInt(width);
                int y0 = random.nextInt(height);
                int radius = 2 + random.nextInt(20);
                int id = random.nextInt(5);
                for (int i = 0; i < width * height; i++) {
                    if (Math.hypot(i % width - x0, i / width - y0) < radius + 2 * random.nextInt(2)) {
                        classes[i / width][i % width] = id;
                    }
                }
            }
            byte[] rgb = Samples.noise(width * height * 3, round);
            Mask mask = Samples.mask(classes);
            assertArrayEquals(
                    outlinedByOpenCv(width, height, rgb, mask),
                    drawn(width, height, rgb, mask, VOC, new Rendering(Visualization.CONTOUR, 0.6, null)));
        }
    }

    @Test
    void scalesTheMaskAndNamesItsClasses() {
        Mask small = Samples.mask(new int[][] {{0, 7}, {200, 7}});
        byte[] rgb = Samples.gradient(7, 5);
        Rendering colours = new Rendering(Visualization.FILLED, 1, List.of());
        try (Picture frame = Picture.ofRgb(7, 5, rgb);
                Renderer.Drawn drawn = renderer.draw(frame, small, VOC, colours);
                Renderer.Drawn single = renderer.draw(frame, small.scaledTo(1, 1), VOC, colours)) {
            assertArrayEquals(new int[] {0, 7, 200}, drawn.classIds());
            assertArrayEquals(new int[] {0}, single.classIds());
            assertArrayEquals(rgb, frame.rgb());
        }
        assertArrayEquals(
                drawn(7, 5, rgb, small.scaledTo(7, 5), VOC, Rendering.DEFAULT),
                drawn(7, 5, rgb, small, VOC, Rendering.DEFAULT));
    }

    @Test
    void drawsLargeAndSmallFramesInTurn() {
        byte[] small = drawn(Visualization.FILLED, 0.6, null);
        drawn(64, 48, Samples.gradient(64, 48), M, VOC, Rendering.DEFAULT);
        assertArrayEquals(small, drawn(Visualization.FILLED, 0.6, null));
    }

    private byte[] drawn(Visualization visualization, double opacity, @Nullable List<Integer> filter) {
        return drawn(4, 2, bytes(P), M, VOC, new Rendering(visualization, opacity, filter));
    }

    private byte[] drawn(int width, int height, byte[] rgb, Mask mask, Palette palette, Rendering rendering) {
        try (Picture frame = Picture.ofRgb(width, height, rgb);
                Renderer.Drawn drawn = renderer.draw(frame, mask, palette, rendering)) {
            return drawn.picture().rgb();
        }
    }

    /** On black, so that what is painted has the colour of its class. */
    private byte[] outlined(int[][] classes, @Nullable List<Integer> filter) {
        int width = classes[0].length;
        return drawn(
                width,
                classes.length,
                new byte[width * classes.length * 3],
                Samples.mask(classes),
                VOC,
                new Rendering(Visualization.CONTOUR, 0.6, filter));
    }

    /** The class of each painted pixel; of square pictures and of the six columns of the neighbours. */
    private static int[][] painted(byte[] rgb) {
        int pixels = rgb.length / 3;
        int width = pixels == 24 ? 6 : (int) Math.sqrt(pixels);
        int[][] painted = new int[pixels / width][width];
        for (int i = 0; i < pixels; i++) {
            int red = rgb[3 * i] & 0xFF;
            int green = rgb[3 * i + 1] & 0xFF;
            painted[i / width][i % width] = red == 128 ? 1 : green == 128 ? 2 : 0;
        }
        return painted;
    }

    private static void fill(int[][] classes, int from, int to, int id) {
        for (int y = from; y <= to; y++) {
            Arrays.fill(classes[y], from, to + 1, id);
        }
    }

    private static byte[] outlinedByOpenCv(int width, int height, byte[] rgb, Mask mask) {
        byte[] ids = new byte[width * height];
        mask.classes().get(0, ids);
        try (Picture picture = Picture.ofRgb(width, height, rgb);
                Mat region = new Mat(height, width, opencv_core.CV_8UC1);
                BytePointer data = region.data();
                Mat none = new Mat();
                Point origin = new Point(0, 0)) {
            for (int id = 1; id < VOC.size(); id++) {
                byte[] one = new byte[ids.length];
                for (int i = 0; i < ids.length; i++) {
                    one[i] = (byte) (ids[i] == id ? 1 : 0);
                }
                data.put(one);
                try (MatVector borders = new MatVector();
                        Scalar colour = new Scalar(VOC.blue(id), VOC.green(id), VOC.red(id), 0)) {
                    opencv_imgproc.findContours(
                            region, borders, opencv_imgproc.RETR_EXTERNAL, opencv_imgproc.CHAIN_APPROX_SIMPLE);
                    opencv_imgproc.drawContours(
                            picture.pixels(), borders, -1, colour, 2, opencv_imgproc.LINE_8, none, 1, origin);
                }
            }
            return picture.rgb();
        }
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    /** The published formula. */
    private static int[] hsv(int r, int g, int b) {
        int v = Math.max(r, Math.max(g, b));
        int d = v - Math.min(r, Math.min(g, b));
        int s = v == 0 ? 0 : (d * (int) Math.rint(255 * 4096.0 / v) + 2048) >> 12;
        int h = v == r ? g - b : v == g ? b - r + 2 * d : r - g + 4 * d;
        h = d == 0 ? 0 : (h * (int) Math.rint(180 * 4096 / (6.0 * d)) + 2048) >> 12;
        return new int[] {h < 0 ? h + 180 : h, s, v};
    }

    /** The published formula, in single precision. */
    private static byte[] rgb(int hue, int saturation, int value) {
        float h = hue * (6f / 180f);
        int sector = (int) h % 6;
        float f = h - (int) h;
        float s = saturation * (1f / 255f);
        float v = value * (1f / 255f);
        float[] t = {v, v * (1 - s), v * Math.fma(-s, f, 1f), v * Math.fma(-s, 1 - f, 1f)};
        int[] order = new int[][] {{0, 3, 1}, {2, 0, 1}, {1, 0, 3}, {1, 2, 0}, {3, 1, 0}, {0, 1, 2}}[sector];
        return bytes((int) (t[order[0]] * 255f), (int) (t[order[1]] * 255f), (int) (t[order[2]] * 255f));
    }
}
