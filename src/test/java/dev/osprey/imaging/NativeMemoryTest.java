package dev.osprey.imaging;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.fault.OspreyException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

class NativeMemoryTest {

    @Test
    void givesBackEverythingItTook() {
        byte[] jpeg = Samples.encoded(".jpg", 48, 32);
        ByteBuffer whole = ByteBuffer.allocateDirect(jpeg.length).put(jpeg).flip();
        byte[] cutOff = Arrays.copyOf(jpeg, jpeg.length / 2);
        ByteBuffer input = ByteBuffer.allocateDirect(24 * 24 * 3);
        Mask mask = Samples.mask(new int[][] {{0, 1, 2}, {3, 4, 5}, {6, 7, 8}});
        Palette palette = Palette.voc(21);
        Renderer renderer = new Renderer();
        Visualization[] visualizations = Visualization.values();

        long pointers = 0;
        long bytes = 0;
        for (int round = -10; round < 2000; round++) {
            if (round == 0) {
                pointers = Pointer.totalCount();
                bytes = Pointer.totalBytes();
            }
            Rendering rendering = new Rendering(visualizations[Math.floorMod(round, visualizations.length)], 0.6, null);
            try (Picture frame = Picture.decode(whole, Samples.LIMITS)) {
                frame.resizeInto(input, 24, 24, Interpolation.BILINEAR, ColourOrder.RGB);
                try (Renderer.Drawn drawn = renderer.draw(frame, mask, palette, rendering)) {
                    assertTrue(drawn.picture().jpeg(80).length > 0);
                }
            }
            assertThrows(OspreyException.class, () -> Picture.decode(ByteBuffer.wrap(cutOff), Samples.LIMITS));
        }
        // Not equal: the collector may meanwhile have freed what other tests left behind.
        assertTrue(Pointer.totalCount() <= pointers, () -> Pointer.totalCount() + " pointers left");
        assertTrue(Pointer.totalBytes() <= bytes, () -> Pointer.totalBytes() + " bytes left");
    }
}
