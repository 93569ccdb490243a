package dev.osprey.imaging;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures as people see them; encoded by the JDK, so that not the decoder's own library says what is right. */
class FlattenedTest {

    private static final ImageLimits LIMITS = new ImageLimits(100_000, 100, 100);

    private static byte[] encoded(String format, int type, int... argb) throws IOException {
        BufferedImage image = new BufferedImage(argb.length, 1, type);
        image.setRGB(0, 0, argb.length, 1, argb, 0, argb.length);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (!ImageIO.write(image, format, bytes)) {
            throw new IllegalStateException("The JDK writes no " + format);
        }
        return bytes.toByteArray();
    }

    private static byte[] rgb(byte[] encoded, int channels) {
        Picture.Flattened flat = Picture.onWhite(ByteBuffer.wrap(encoded), LIMITS);
        try (Picture picture = flat.picture()) {
            assertEquals(channels, flat.channels());
            return picture.rgb();
        }
    }

    @Test
    void showsWhiteWhereNothingIs() throws IOException {
        byte[] png = encoded("png", BufferedImage.TYPE_INT_ARGB, 0x00_12_34_56, 0xFF_12_34_56, 0x80_00_00_FF);

        assertArrayEquals(new byte[] {-1, -1, -1, 0x12, 0x34, 0x56, (byte) 127, (byte) 127, -1}, rgb(png, 4));
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "bmp", "tiff", "gif"})
    void leavesAsItIsWhatIsNotTransparent(String format) throws IOException {
        byte[] image = encoded(format, BufferedImage.TYPE_INT_RGB, 0xFF_FF_00_00, 0xFF_00_FF_00, 0xFF_00_00_FF);

        byte[] expected = {-1, 0, 0, 0, -1, 0, 0, 0, -1};
        Picture.Flattened flat = Picture.onWhite(ByteBuffer.wrap(image), LIMITS);
        try (Picture picture = flat.picture()) {
            assertArrayEquals(expected, picture.rgb());
        }
    }

    @Test
    void repeatsGreyInAllColours() throws IOException {
        byte[] png = encoded("png", BufferedImage.TYPE_BYTE_GRAY, 0xFF_00_00_00, 0xFF_FF_FF_FF);

        assertArrayEquals(new byte[] {0, 0, 0, -1, -1, -1}, rgb(png, 1));
    }

    @Test
    void refusesByTheHeaderOfAGif() throws IOException {
        byte[] gif = encoded("gif", BufferedImage.TYPE_INT_RGB, 0);
        gif[6] = (byte) 0xFF;
        gif[7] = (byte) 0xFF;

        OspreyException refusal =
                assertThrows(OspreyException.class, () -> Picture.onWhite(ByteBuffer.wrap(gif), LIMITS));
        assertEquals(ErrorCode.IMAGE_TOO_LARGE, refusal.code());
        assertEquals("image of 65535x1 pixels, limit 100x100", refusal.detail());
    }
}
