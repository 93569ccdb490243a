package dev.osprey.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.imaging.ImageLimits;
import dev.osprey.imaging.Picture;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class EncodingTest {

    private static final ImageLimits LIMITS = new ImageLimits(1 << 20, 100, 100);
    private static final byte[] RGB = {10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120};

    @Test
    void rawIsTheSizeThenThePixelsInBlueGreenRed() {
        try (Picture picture = Picture.ofRgb(2, 2, RGB)) {
            assertArrayEquals(
                    new byte[] {2, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 30, 20, 10, 60, 50, 40, 90, 80, 70, 120, 110, 100},
                    Encoding.RAW.encode(picture, 85));
        }
    }

    @Test
    void pngKeepsEveryPixel() {
        try (Picture picture = Picture.ofRgb(2, 2, RGB);
                Picture decoded = Picture.decode(ByteBuffer.wrap(Encoding.PNG.encode(picture, 85)), LIMITS)) {
            assertArrayEquals(RGB, decoded.rgb());
        }
    }

    @Test
    void jpegOfAHigherQualityIsLarger() {
        byte[] rgb = new byte[3 * 64 * 64];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (i * 31 % 200);
        }
        try (Picture picture = Picture.ofRgb(64, 64, rgb)) {
            byte[] coarse = Encoding.JPEG.encode(picture, 20);
            byte[] fine = Encoding.JPEG.encode(picture, 95);
            assertTrue(coarse.length < fine.length);
            try (Picture decoded = Picture.decode(ByteBuffer.wrap(fine), LIMITS)) {
                assertEquals(64, decoded.width());
            }
        }
    }

    @Test
    void goesByTheProtocolsNames() {
        assertEquals(
                java.util.List.of("jpeg", "png", "raw"),
                Arrays.stream(Encoding.values()).map(Encoding::wireName).toList());
    }
}
