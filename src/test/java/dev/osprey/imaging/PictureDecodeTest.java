package dev.osprey.imaging;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.Test;

class PictureDecodeTest {

    private static final int WIDTH = 48;
    private static final int HEIGHT = 32;

    /** What OpenCV writes for each format; lossy WebP is covered by the fuzz. */
    private static final Map<String, int[]> LOSSLESS = Map.of(
            ".png", new int[0],
            ".bmp", new int[0],
            ".tiff", new int[0],
            ".webp", new int[] {opencv_imgcodecs.IMWRITE_WEBP_QUALITY, 101});

    @Test
    void keepsEveryPixelOfALosslessImage() {
        LOSSLESS.forEach((extension, settings) -> {
            try (Picture picture = decode(Samples.encoded(extension, WIDTH, HEIGHT, settings))) {
                assertEquals(WIDTH, picture.width());
                assertEquals(HEIGHT, picture.height());
                assertArrayEquals(Samples.gradient(WIDTH, HEIGHT), picture.rgb(), extension);
            }
        });
    }

    @Test
    void staysCloseToALossyImage() {
        for (int progressive = 0; progressive < 2; progressive++) {
            byte[] jpeg =
                    Samples.encoded(".jpg", WIDTH, HEIGHT, opencv_imgcodecs.IMWRITE_JPEG_PROGRESSIVE, progressive);
            try (Picture picture = decode(jpeg)) {
                assertTrue(Samples.meanDifference(Samples.gradient(WIDTH, HEIGHT), picture.rgb()) < 2);
            }
        }
    }

    @Test
    void readsTheRemainingBytesOfAnyBuffer() {
        byte[] png = Samples.encoded(".png", WIDTH, HEIGHT);
        ByteBuffer heap = ByteBuffer.allocate(png.length + 30)
                .position(11)
                .put(png)
                .flip()
                .position(11);
        ByteBuffer direct = ByteBuffer.allocateDirect(png.length + 30)
                .position(11)
                .put(png)
                .flip()
                .position(11);
        for (ByteBuffer encoded : new ByteBuffer[] {heap, heap.asReadOnlyBuffer(), direct, direct.asReadOnlyBuffer()}) {
            try (Picture picture = Picture.decode(encoded, Samples.LIMITS)) {
                assertArrayEquals(Samples.gradient(WIDTH, HEIGHT), picture.rgb());
            }
            assertEquals(11, encoded.position());
            assertEquals(11 + png.length, encoded.limit());
        }
    }

    @Test
    void replicatesGrey() {
        byte[] levels = Samples.noise(WIDTH * HEIGHT, 2);
        byte[] expected = new byte[levels.length * 3];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = levels[i / 3];
        }
        try (Mat mat = Samples.mat(WIDTH, HEIGHT, opencv_core.CV_8UC1, levels);
                Picture picture = decode(Samples.encoded(".png", mat))) {
            assertArrayEquals(expected, picture.rgb());
        }
    }

    @Test
    void dropsAlpha() {
        byte[] bgra = Samples.noise(WIDTH * HEIGHT * 4, 3);
        byte[] expected = new byte[WIDTH * HEIGHT * 3];
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            expected[3 * i] = bgra[4 * i + 2];
            expected[3 * i + 1] = bgra[4 * i + 1];
            expected[3 * i + 2] = bgra[4 * i];
        }
        try (Mat mat = Samples.mat(WIDTH, HEIGHT, opencv_core.CV_8UC4, bgra);
                Picture picture = decode(Samples.encoded(".png", mat))) {
            assertArrayEquals(expected, picture.rgb());
        }
    }

    @Test
    void keepsTheHighByteOf16Bits() {
        byte[] high = Samples.noise(WIDTH * HEIGHT * 3, 4);
        short[] wide = new short[high.length];
        byte[] expected = new byte[high.length];
        for (int i = 0; i < high.length; i++) {
            wide[i] = (short) (high[i] << 8 | 0x37);
            expected[i / 3 * 3 + 2 - i % 3] = high[i];
        }
        try (Mat mat = Samples.wideMat(WIDTH, HEIGHT, wide);
                Picture picture = decode(Samples.encoded(".png", mat))) {
            assertArrayEquals(expected, picture.rgb());
        }
    }

    @Test
    void turnsAnImageAsExifSays() {
        byte[] jpeg = Samples.encoded(".jpg", WIDTH, HEIGHT);
        try (Picture upright = decode(jpeg);
                Picture turned = decode(Samples.turned(jpeg, 6))) {
            assertEquals(HEIGHT, turned.width());
            assertEquals(WIDTH, turned.height());
            byte[] stored = upright.rgb();
            byte[] clockwise = new byte[stored.length];
            for (int y = 0; y < WIDTH; y++) {
                for (int x = 0; x < HEIGHT; x++) {
                    System.arraycopy(stored, ((HEIGHT - 1 - x) * WIDTH + y) * 3, clockwise, (y * HEIGHT + x) * 3, 3);
                }
            }
            assertArrayEquals(clockwise, turned.rgb());
        }
    }

    @Test
    void ignoresBytesBehindTheEndOfAJpeg() {
        byte[] jpeg = Samples.encoded(".jpg", WIDTH, HEIGHT);
        byte[] followed = Samples.spliced(jpeg, jpeg.length, new byte[1000]);
        try (Picture picture = decode(jpeg);
                Picture same = decode(followed)) {
            assertArrayEquals(picture.rgb(), same.rgb());
        }
    }

    @Test
    void refusesNothingAndWhatIsNoImage() {
        refuses(ErrorCode.IMAGE_EMPTY, new byte[0]);
        refuses(ErrorCode.IMAGE_UNREADABLE, "plain text".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void refusesAnImageThatIsCutOffAnywhere() {
        for (String extension : new String[] {".jpg", ".png", ".webp", ".bmp", ".tiff"}) {
            byte[] whole = Samples.encoded(extension, WIDTH, HEIGHT);
            for (int cut = 1; cut < whole.length; cut += cut < 40 ? 1 : whole.length / 60) {
                refuses(ErrorCode.IMAGE_UNREADABLE, Arrays.copyOf(whole, whole.length - cut));
            }
        }
    }

    @Test
    void seesThatAnImageIsCutOffWithoutDecodingIt() {
        byte[][] images = {
            Samples.encoded(".jpg", WIDTH, HEIGHT),
            Samples.encoded(".jpg", WIDTH, HEIGHT, opencv_imgcodecs.IMWRITE_JPEG_PROGRESSIVE, 1),
            Samples.encoded(".jpg", WIDTH, HEIGHT, opencv_imgcodecs.IMWRITE_JPEG_RST_INTERVAL, 2),
            Samples.encoded(".png", WIDTH, HEIGHT)
        };
        for (byte[] whole : images) {
            assertEquals(
                    WIDTH,
                    Picture.inspect(ByteBuffer.wrap(whole), Samples.LIMITS).width());
            for (int length = whole.length - 1; length > 0; length -= 3) {
                ByteBuffer cutOff = ByteBuffer.wrap(whole, 0, length);
                OspreyException refusal =
                        assertThrows(OspreyException.class, () -> Picture.inspect(cutOff, Samples.LIMITS));
                assertEquals(ErrorCode.IMAGE_UNREADABLE, refusal.code());
            }
        }
    }

    @Test
    void refusesAProgressiveJpegThatIsCutOffAnywhere() {
        byte[] whole = Samples.encoded(".jpg", WIDTH, HEIGHT, opencv_imgcodecs.IMWRITE_JPEG_PROGRESSIVE, 1);
        for (int length = whole.length - 1; length > 0; length -= 7) {
            refuses(ErrorCode.IMAGE_UNREADABLE, Arrays.copyOf(whole, length));
        }
    }

    @Test
    void refusesACutOffJpegWithAThumbnailInIt() {
        byte[] thumbnail = Samples.encoded(".jpg", 8, 8);
        byte[] segment = new byte[thumbnail.length + 4];
        ByteBuffer.wrap(segment)
                .putShort((short) 0xFFE1)
                .putShort((short) (thumbnail.length + 2))
                .put(thumbnail);
        byte[] jpeg = Samples.spliced(Samples.encoded(".jpg", WIDTH, HEIGHT), 2, segment);
        decode(jpeg).close();
        refuses(ErrorCode.IMAGE_UNREADABLE, Arrays.copyOf(jpeg, jpeg.length - 100));
    }

    @Test
    void refusesAJpegThatRepeatsItsScans() {
        byte[] jpeg = Samples.encoded(".jpg", WIDTH, HEIGHT, opencv_imgcodecs.IMWRITE_JPEG_PROGRESSIVE, 1);
        byte[] emptyScan = {(byte) 0xFF, (byte) 0xDA, 0, 8, 1, 1, 0, 1, 5, 0, 0};
        byte[] scans = new byte[0];
        for (int i = 0; i < 50; i++) {
            scans = Samples.spliced(scans, 0, emptyScan);
        }
        byte[] bomb = Samples.spliced(jpeg, jpeg.length - 2, scans);
        OspreyException refusal = assertThrows(OspreyException.class, () -> decode(bomb));
        assertEquals("JPEG of more than 32 scans", refusal.detail());
    }

    @Test
    void refusesAPngWithAChunkThatClaimsTooMuch() {
        byte[] png = Samples.encoded(".png", WIDTH, HEIGHT);
        int[] chunks = {33, png.length - 12};
        for (int chunk : chunks) {
            for (int claim : new int[] {png.length, Integer.MAX_VALUE, -1}) {
                refuses(
                        ErrorCode.IMAGE_UNREADABLE,
                        ByteBuffer.wrap(png.clone()).putInt(chunk, claim).array());
            }
        }
    }

    @Test
    void refusesAPngThatClaimsTooMuch() {
        byte[] png = Samples.encoded(".png", WIDTH, HEIGHT);
        ByteBuffer claim = ByteBuffer.wrap(png).putInt(16, 50_000).putInt(20, 50_000);
        OspreyException refusal = assertThrows(OspreyException.class, () -> Picture.decode(claim, Samples.LIMITS));
        assertEquals(ErrorCode.IMAGE_TOO_LARGE, refusal.code());
        assertEquals("image of 50000x50000 pixels, limit 512x512", refusal.detail());
    }

    @Test
    void refusesTooManyBytesBeforeLookingAtThem() {
        byte[] zeros = new byte[20_000_000];
        OspreyException refusal = assertThrows(OspreyException.class, () -> decode(zeros));
        assertEquals(ErrorCode.IMAGE_TOO_LARGE, refusal.code());
        assertEquals("image of 20000000 bytes, limit 1048576 bytes", refusal.detail());
        assertEquals(
                ErrorCode.IMAGE_UNREADABLE,
                assertThrows(
                                OspreyException.class,
                                () -> Picture.decode(ByteBuffer.wrap(zeros), new ImageLimits(zeros.length, 512, 512)))
                        .code());
    }

    @Test
    void survivesFlippedBytes() {
        Random random = new Random(7);
        for (String extension : new String[] {".jpg", ".png", ".webp", ".bmp", ".tiff"}) {
            byte[] whole = Samples.encoded(extension, WIDTH, HEIGHT);
            for (int round = 0; round < 400; round++) {
                byte[] damaged = whole.clone();
                for (int flips = 1 + random.nextInt(8); flips > 0; flips--) {
                    // Half of them in the first 100 bytes, where the structure is.
                    damaged[random.nextInt(random.nextBoolean() ? Math.min(100, damaged.length) : damaged.length)] =
                            (byte) random.nextInt();
                }
                try (Picture picture = decode(damaged)) {
                    assertTrue(picture.width() <= 512 && picture.height() <= 512);
                } catch (OspreyException refusal) {
                    assertTrue(refusal.code() == ErrorCode.IMAGE_UNREADABLE
                            || refusal.code() == ErrorCode.IMAGE_TOO_LARGE);
                }
            }
        }
    }

    private static Picture decode(byte[] encoded) {
        return Picture.decode(ByteBuffer.wrap(encoded), Samples.LIMITS);
    }

    private static void refuses(ErrorCode code, byte[] encoded) {
        OspreyException refusal =
                assertThrows(OspreyException.class, () -> decode(encoded).close(), () -> encoded.length + " bytes");
        assertEquals(code, refusal.code());
    }
}
