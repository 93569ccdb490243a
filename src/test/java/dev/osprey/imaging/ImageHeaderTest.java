package dev.osprey.imaging;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.imaging.ImageHeader.Format;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.Test;

class ImageHeaderTest {

    @Test
    void readsEachFormatsSize() {
        assertEquals(new ImageHeader(Format.JPEG, 37, 21), read(Samples.encoded(".jpg", 37, 21)));
        assertEquals(new ImageHeader(Format.PNG, 37, 21), read(Samples.encoded(".png", 37, 21)));
        assertEquals(new ImageHeader(Format.BMP, 37, 21), read(Samples.encoded(".bmp", 37, 21)));
        assertEquals(new ImageHeader(Format.TIFF, 37, 21), read(Samples.encoded(".tiff", 37, 21)));
    }

    @Test
    void readsProgressiveJpegs() {
        byte[] jpeg = Samples.encoded(".jpg", 37, 21, opencv_imgcodecs.IMWRITE_JPEG_PROGRESSIVE, 1);
        assertEquals(new ImageHeader(Format.JPEG, 37, 21), read(jpeg));
    }

    @Test
    void readsTheSizeOfTheJpegAndNotOfItsThumbnail() {
        byte[] thumbnail = Samples.encoded(".jpg", 8, 8);
        byte[] segment = new byte[thumbnail.length + 4];
        ByteBuffer.wrap(segment)
                .putShort((short) 0xFFE1)
                .putShort((short) (thumbnail.length + 2))
                .put(thumbnail);
        byte[] jpeg = Samples.spliced(Samples.encoded(".jpg", 37, 21), 2, segment);
        assertEquals(new ImageHeader(Format.JPEG, 37, 21), read(jpeg));
    }

    @Test
    void readsTheThreeKindsOfWebp() {
        byte[] lossy = Samples.encoded(".webp", 37, 21, opencv_imgcodecs.IMWRITE_WEBP_QUALITY, 80);
        byte[] lossless = Samples.encoded(".webp", 37, 21, opencv_imgcodecs.IMWRITE_WEBP_QUALITY, 101);
        byte[] withAlpha;
        try (Mat mat = Samples.mat(37, 21, opencv_core.CV_8UC4, Samples.noise(37 * 21 * 4, 1))) {
            withAlpha = Samples.encoded(".webp", mat, opencv_imgcodecs.IMWRITE_WEBP_QUALITY, 80);
        }
        assertEquals("VP8 ", new String(lossy, 12, 4, StandardCharsets.US_ASCII));
        assertEquals("VP8L", new String(lossless, 12, 4, StandardCharsets.US_ASCII));
        assertEquals("VP8X", new String(withAlpha, 12, 4, StandardCharsets.US_ASCII));
        for (byte[] webp : new byte[][] {lossy, lossless, withAlpha}) {
            assertEquals(new ImageHeader(Format.WEBP, 37, 21), read(webp));
        }
    }

    @Test
    void readsBmpsFromTheTopDownAndOldOnes() {
        ByteBuffer topDown = bmp(40).putInt(18, 37).putInt(22, -21);
        ByteBuffer old = bmp(12).putShort(18, (short) 37).putShort(20, (short) 21);
        assertEquals(new ImageHeader(Format.BMP, 37, 21), ImageHeader.read(topDown));
        assertEquals(new ImageHeader(Format.BMP, 37, 21), ImageHeader.read(old));
    }

    @Test
    void readsTiffsOfBothByteOrders() {
        for (ByteOrder order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
            assertEquals(new ImageHeader(Format.TIFF, 37, 70_000), ImageHeader.read(tiff(order, 37, 70_000, 16)));
        }
    }

    @Test
    void refusesTilesThatAreMuchLargerThanTheImage() {
        refuses(ErrorCode.IMAGE_UNREADABLE, tiff(ByteOrder.LITTLE_ENDIAN, 37, 21, 1 << 20));
        assertEquals(
                37, ImageHeader.read(tiff(ByteOrder.LITTLE_ENDIAN, 37, 21, 256)).width());
    }

    @Test
    void leavesTheBufferAsItWas() {
        byte[] png = Samples.encoded(".png", 37, 21);
        ByteBuffer padded = ByteBuffer.allocateDirect(png.length + 20)
                .order(ByteOrder.LITTLE_ENDIAN)
                .position(7)
                .put(png)
                .flip()
                .position(7);
        assertEquals(new ImageHeader(Format.PNG, 37, 21), ImageHeader.read(padded));
        assertArrayEquals(new int[] {7, 7 + png.length}, new int[] {padded.position(), padded.limit()});
        assertEquals(ByteOrder.LITTLE_ENDIAN, padded.order());
    }

    @Test
    void refusesNothingAndWhatIsNoImage() {
        refuses(ErrorCode.IMAGE_EMPTY, ByteBuffer.allocate(0));
        refuses(ErrorCode.IMAGE_UNREADABLE, ByteBuffer.wrap("no image at all".getBytes(StandardCharsets.UTF_8)));
        refuses(ErrorCode.IMAGE_UNREADABLE, ByteBuffer.wrap("GIF89a".getBytes(StandardCharsets.UTF_8)));
        refuses(ErrorCode.IMAGE_UNREADABLE, ByteBuffer.allocate(100));
    }

    @Test
    void refusesAHeaderThatIsCutOffAnywhere() {
        for (String extension : new String[] {".jpg", ".png", ".webp", ".bmp"}) {
            byte[] whole = Samples.encoded(extension, 37, 21);
            for (int length = 1; length < 22; length++) {
                refuses(ErrorCode.IMAGE_UNREADABLE, ByteBuffer.wrap(Arrays.copyOf(whole, length)));
            }
        }
        ByteBuffer tiff = tiff(ByteOrder.BIG_ENDIAN, 37, 21, 16);
        for (int length = 1; length < tiff.capacity(); length++) {
            refuses(ErrorCode.IMAGE_UNREADABLE, tiff.duplicate().limit(length));
        }
    }

    @Test
    void refusesAnImageWithoutAPixel() {
        byte[] png = Samples.encoded(".png", 37, 21);
        refuses(ErrorCode.IMAGE_UNREADABLE, ByteBuffer.wrap(png.clone()).putInt(16, 0));
        refuses(ErrorCode.IMAGE_UNREADABLE, ByteBuffer.wrap(png.clone()).putInt(20, -5));
        refuses(ErrorCode.IMAGE_UNREADABLE, bmp(40).putInt(18, 1).putInt(22, Integer.MIN_VALUE));
    }

    private static ImageHeader read(byte[] encoded) {
        return ImageHeader.read(ByteBuffer.wrap(encoded));
    }

    private static void refuses(ErrorCode code, ByteBuffer encoded) {
        assertEquals(
                code,
                assertThrows(OspreyException.class, () -> ImageHeader.read(encoded))
                        .code());
    }

    private static ByteBuffer bmp(int headerBytes) {
        return ByteBuffer.allocate(60)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(0, (byte) 'B')
                .put(1, (byte) 'M')
                .putInt(14, headerBytes);
    }

    private static ByteBuffer tiff(ByteOrder order, int width, int height, int tile) {
        ByteBuffer tiff = ByteBuffer.allocate(46).order(order);
        byte mark = (byte) (order == ByteOrder.LITTLE_ENDIAN ? 'I' : 'M');
        tiff.put(mark).put(mark).putShort((short) 42).putInt(8).putShort((short) 3);
        tiff.putShort((short) 256)
                .putShort((short) 3)
                .putInt(1)
                .putShort((short) width)
                .putShort((short) 0);
        tiff.putShort((short) 257).putShort((short) 4).putInt(1).putInt(height);
        tiff.putShort((short) 322).putShort((short) 4).putInt(1).putInt(tile);
        return tiff.flip();
    }
}
