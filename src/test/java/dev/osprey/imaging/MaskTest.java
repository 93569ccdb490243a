package dev.osprey.imaging;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class MaskTest {

    private static final Mask SOURCE = Samples.mask(new int[][] {{0, 1, 2}, {3, 4, 5}, {6, 7, 8}});

    @Test
    void growsAndShrinksToTheNearest() {
        assertArrayEquals(
                new int[][] {{0, 0, 1, 1, 2}, {0, 0, 1, 1, 2}, {3, 3, 4, 4, 5}, {6, 6, 7, 7, 8}},
                Samples.rows(SOURCE.scaledTo(5, 4)));
        assertArrayEquals(new int[][] {{0, 1}, {3, 4}}, Samples.rows(SOURCE.scaledTo(2, 2)));
    }

    @Test
    void scalesAsTheFormulaSays() {
        Random random = new Random(3);
        for (int round = 0; round < 200; round++) {
            int width = 1 + random.nextInt(40);
            int height = 1 + random.nextInt(40);
            int newWidth = 1 + random.nextInt(90);
            int newHeight = 1 + random.nextInt(90);
            int[][] rows = new int[height][];
            for (int y = 0; y < height; y++) {
                rows[y] = random.ints(width, 0, 3).map(i -> i * 100).toArray();
            }
            int[][] expected = new int[newHeight][newWidth];
            for (int y = 0; y < newHeight; y++) {
                for (int x = 0; x < newWidth; x++) {
                    expected[y][x] = rows[y * height / newHeight][x * width / newWidth];
                }
            }
            Mask scaled = Samples.mask(rows).scaledTo(newWidth, newHeight);
            assertArrayEquals(expected, Samples.rows(scaled));
            assertArrayEquals(
                    IntStream.of(0, 100, 200)
                            .filter(id -> IntStream.range(0, newWidth * newHeight)
                                    .anyMatch(i -> expected[i / newWidth][i % newWidth] == id))
                            .toArray(),
                    scaled.classIds());
        }
    }

    @Test
    void isItsOwnCopyInItsOwnSize() {
        assertSame(SOURCE, SOURCE.scaledTo(3, 3));
    }

    @Test
    void namesItsClassesInOrder() {
        assertArrayEquals(
                new int[] {0, 7, 128, 255},
                Samples.mask(new int[][] {{255, 0, 7}, {7, 128, 0}}).classIds());
    }

    @Test
    void isAGreyPngOfItsClasses() throws IOException {
        byte[] all = new byte[300];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        for (ByteBuffer classes : List.of(
                ByteBuffer.wrap(all), ByteBuffer.allocateDirect(300).put(all).flip())) {
            byte[] png = new Mask(classes, 20, 15).png();
            Raster grey = ImageIO.read(new ByteArrayInputStream(png)).getRaster();
            assertEquals(1, grey.getNumBands());
            assertArrayEquals(
                    IntStream.range(0, 300).map(i -> i % 256).toArray(),
                    grey.getSamples(0, 0, 20, 15, 0, (int[]) null));
        }
    }

    @Test
    void isAViewFromTheBuffersPosition() {
        ByteBuffer classes = ByteBuffer.allocateDirect(10).position(3);
        Mask mask = new Mask(classes, 2, 2);
        classes.put(4, (byte) 9);
        assertArrayEquals(new int[][] {{0, 9}, {0, 0}}, Samples.rows(mask));
        assertEquals(3, classes.position());
    }

    @Test
    void needsAByteForEachPixel() {
        assertThrows(IllegalArgumentException.class, () -> new Mask(ByteBuffer.allocate(5), 2, 3));
        assertThrows(IllegalArgumentException.class, () -> new Mask(ByteBuffer.allocate(5), 0, 3));
        assertThrows(IllegalArgumentException.class, () -> new Mask(ByteBuffer.allocate(5), 1 << 16, 1 << 16));
    }
}
