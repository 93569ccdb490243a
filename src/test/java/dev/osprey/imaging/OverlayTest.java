package dev.osprey.imaging;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class OverlayTest {

    private static final int WIDTH = 160;
    private static final int HEIGHT = 120;
    private static final int BLUE = 0x0000FF;
    private static final int GREEN = 0x00FF00;

    private static float[][] nobody() {
        float[][] keypoints = new float[Overlay.KEYPOINTS][2];
        for (float[] keypoint : keypoints) {
            Arrays.fill(keypoint, Float.NaN);
        }
        return keypoints;
    }

    private static byte[] drawn(Consumer<Overlay> drawing) {
        return drawn(WIDTH, HEIGHT, drawing);
    }

    /** On black. */
    private static byte[] drawn(int width, int height, Consumer<Overlay> drawing) {
        try (Picture picture = Picture.ofRgb(width, height, new byte[3 * width * height])) {
            drawing.accept(new Overlay(picture));
            return picture.rgb();
        }
    }

    private static int at(byte[] rgb, int x, int y) {
        int at = 3 * (y * WIDTH + x);
        return (rgb[at] & 0xFF) << 16 | (rgb[at + 1] & 0xFF) << 8 | (rgb[at + 2] & 0xFF);
    }

    @Test
    void drawsADiscForEachKnownKeypoint() {
        float[][] person = nobody();
        person[0] = new float[] {40.2f, 50.4f};
        byte[] rgb = drawn(overlay -> overlay.skeleton(person, Overlay.Side.LEFT));
        assertEquals(BLUE, at(rgb, 40, 50));
        assertEquals(BLUE, at(rgb, 42, 50));
        assertEquals(BLUE, at(rgb, 40, 48));
        assertEquals(0, at(rgb, 45, 50));
        assertEquals(0, at(rgb, 43, 53));
    }

    @Test
    void drawsBonesWhoseEndsAreKnown() {
        float[][] person = nobody();
        // Right hip, knee, and an ankle of the other leg.
        person[12] = new float[] {60, 40};
        person[14] = new float[] {60, 70};
        person[15] = new float[] {100, 110};
        byte[] rgb = drawn(overlay -> overlay.skeleton(person, Overlay.Side.RIGHT));
        assertEquals(GREEN, at(rgb, 60, 55));
        assertEquals(GREEN, at(rgb, 60, 70));
        assertEquals(GREEN, at(rgb, 100, 110));
        assertEquals(0, at(rgb, 80, 90));
    }

    @Test
    void drawsEveryKeypointWithABone() {
        for (int joint = 0; joint < Overlay.KEYPOINTS; joint++) {
            float[][] person = new float[Overlay.KEYPOINTS][];
            for (int i = 0; i < person.length; i++) {
                person[i] = new float[] {20, 20};
            }
            person[joint] = new float[] {120, 20};
            byte[] rgb = drawn(overlay -> overlay.skeleton(person, Overlay.Side.LEFT));
            assertEquals(BLUE, at(rgb, 70, 20), "joint " + joint);
        }
    }

    @Test
    void ignoresWhatLiesOutside() {
        float[][] person = nobody();
        person[0] = new float[] {Float.POSITIVE_INFINITY, 10};
        person[1] = new float[] {1e20f, 10};
        person[2] = new float[] {20, Float.NaN};
        assertArrayEquals(new byte[3 * WIDTH * HEIGHT], drawn(overlay -> overlay.skeleton(person, Overlay.Side.LEFT)));
        person[5] = new float[] {-500, 60};
        person[6] = new float[] {700, 60};
        assertEquals(BLUE, at(drawn(overlay -> overlay.skeleton(person, Overlay.Side.LEFT)), 80, 60));
        assertThrows(
                IllegalArgumentException.class,
                () -> drawn(overlay -> overlay.skeleton(new float[16][2], Overlay.Side.LEFT)));
    }

    @Test
    void writesTheNumberOfTheFrameInTheCorner() {
        byte[] rgb = drawn(400, 120, overlay -> overlay.frameNumber(7, 120));
        byte[] another = drawn(400, 120, overlay -> overlay.frameNumber(8, 120));
        assertTrue(bright(rgb, 400, 0, 8, 400, 32) > 100);
        assertEquals(bright(rgb, 400, 0, 0, 400, 120), bright(rgb, 400, 8, 6, 250, 38));
        assertFalse(Arrays.equals(rgb, another));
    }

    @Test
    void writesLongLinesSmallerAndForeignSignsAsQuestionMarks() {
        byte[] lines = drawn(400, 120, overlay -> overlay.text(List.of("left", "x".repeat(200))));
        assertTrue(bright(lines, 400, 0, 40, 400, 60) > 50);
        assertEquals(0, bright(lines, 400, 392, 0, 400, 120));
        assertArrayEquals(
                drawn(400, 120, overlay -> overlay.text(List.of("?p?e"))),
                drawn(400, 120, overlay -> overlay.text(List.of("\u00e9p\u00e9e"))));
    }

    @Test
    void lightsTheLampsOfASide() {
        byte[] rgb = drawn(overlay -> {
            overlay.lamp(Overlay.Side.LEFT, Overlay.Lamp.VALID);
            overlay.lamp(Overlay.Side.RIGHT, Overlay.Lamp.OFF_TARGET);
        });
        assertEquals(0xE01010, at(rgb, 5, HEIGHT - 1));
        assertEquals(0, at(rgb, WIDTH / 2, HEIGHT - 1));
        assertEquals(0xFFFFFF, at(rgb, WIDTH - 5, HEIGHT - 1));
        assertEquals(0, at(rgb, 5, HEIGHT - 6));
    }

    private static int bright(byte[] rgb, int width, int left, int top, int right, int bottom) {
        int bright = 0;
        for (int y = top; y < bottom; y++) {
            for (int x = left; x < right; x++) {
                bright += (rgb[3 * (y * width + x)] & 0xFF) > 128 ? 1 : 0;
            }
        }
        return bright;
    }
}
