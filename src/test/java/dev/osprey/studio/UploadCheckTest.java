package dev.osprey.studio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.imaging.ImageLimits;
import dev.osprey.imaging.Picture;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UploadCheckTest {

    private static byte[] image(String format, int width, int height, int type) {
        BufferedImage image = new BufferedImage(width, height, type);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(Color.RED);
        graphics.fillRect(0, 0, width, height);
        graphics.dispose();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            assertTrue(ImageIO.write(image, format, bytes));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return bytes.toByteArray();
    }

    private static byte[] png(int width, int height) {
        return image("png", width, height, BufferedImage.TYPE_INT_RGB);
    }

    private static String refusal(String name, byte[] bytes) {
        OspreyException refused = assertThrows(OspreyException.class, () -> UploadCheck.of(name, bytes));
        assertEquals(ErrorCode.UPLOAD_INVALID, refused.code());
        assertTrue(refused.detail().startsWith("Security validation failed: "), refused::detail);
        return refused.detail().substring("Security validation failed: ".length());
    }

    @ParameterizedTest
    @CsvSource({"256,256", "512,512", "1024,1024", "3840,2160", "32,32"})
    void takesPicturesOfOneColour(int width, int height) {
        UploadCheck accepted = UploadCheck.of("a.png", png(width, height));

        assertEquals(width, accepted.image().width());
        assertEquals(height, accepted.image().height());
        assertEquals("RGB", accepted.image().mode());
    }

    @ParameterizedTest
    @CsvSource({"png,PNG", "jpg,JPEG", "jpeg,JPEG", "gif,GIF", "bmp,BMP", "tiff,TIFF"})
    void takesTheFormatsItNames(String extension, String format) {
        String writer = extension.equals("jpg") ? "jpeg" : extension;

        assertEquals(
                format,
                UploadCheck.of(
                                "PICTURE." + extension.toUpperCase(Locale.ROOT),
                                image(writer, 64, 48, BufferedImage.TYPE_INT_RGB))
                        .image()
                        .format());
    }

    @Test
    void laysOnWhiteWhatIsTransparentAndKeepsOnlyPixels() throws IOException {
        BufferedImage clear = new BufferedImage(64, 64, BufferedImage.TYPE_INT_ARGB);
        ByteArrayOutputStream encoded = new ByteArrayOutputStream();
        ImageIO.write(clear, "png", encoded);

        UploadCheck accepted = UploadCheck.of("a.png", encoded.toByteArray());

        assertTrue(accepted.image().transparent());
        assertEquals("RGBA", accepted.image().mode());
        try (Picture stored = Picture.decode(ByteBuffer.wrap(accepted.png()), new ImageLimits(100_000, 64, 64))) {
            assertEquals(-1, stored.rgb()[0]);
        }
    }

    @Test
    void leavesOutWhatIsHiddenBehindThePicture() {
        byte[] png = png(64, 64);
        byte[] script = "<script>alert(1)</script>".getBytes(StandardCharsets.US_ASCII);
        byte[] both = Arrays.copyOf(png, png.length + script.length);
        System.arraycopy(script, 0, both, png.length, script.length);

        String stored = new String(UploadCheck.of("a.png", both).png(), StandardCharsets.ISO_8859_1);

        assertEquals(-1, stored.indexOf("script"));
    }

    @Test
    void saysInTheProtocolsWordsWhatIsWrong() {
        assertEquals("File too small to be valid image", refusal("a.png", new byte[11]));
        assertEquals("Invalid file extension: svg", refusal("a.svg", png(64, 64)));
        assertEquals("Invalid file extension: none", refusal("noextension", png(64, 64)));
        assertEquals(
                "File magic number doesn't match png format (possible spoofing)",
                refusal("a.png", "this is a text, no picture".getBytes(StandardCharsets.US_ASCII)));
        assertEquals("File magic number doesn't match webp format (possible spoofing)", refusal("a.webp", png(64, 64)));
        assertEquals("Image too small: 20x20 (min 32x32)", refusal("a.png", png(20, 20)));
        assertTrue(refusal("a.png", Arrays.copyOf(png(64, 64), 100)).startsWith("Invalid or corrupted image file: "));
    }

    @Test
    void refusesByTheHeaderAlone() {
        byte[] png = png(64, 64);
        ByteBuffer.wrap(png).putInt(16, 8_192).putInt(20, 8_192);
        assertEquals("Image too large: 8192x8192 (max 4096x4096)", refusal("a.png", png));

        ByteBuffer.wrap(png).putInt(16, 4_096).putInt(20, 4_096);
        assertTrue(refusal("a.png", png).startsWith("Suspicious compression ratio: "), () -> refusal("a.png", png));
    }
}
