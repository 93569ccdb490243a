package dev.osprey.imaging;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class RawFrameTest {

    private static final byte[] BGR = Samples.noise(5 * 3 * 3, 1);

    private static ByteBuffer frame(int height, int width, int channels, byte[] pixels) {
        return ByteBuffer.allocateDirect(12 + pixels.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(height)
                .putInt(width)
                .putInt(channels)
                .put(pixels)
                .flip();
    }

    private static byte[] bgr(ByteBuffer raw) {
        int position = raw.position();
        try (Picture picture = Picture.raw(raw, Samples.LIMITS)) {
            assertEquals(5, picture.width());
            assertEquals(3, picture.height());
            assertEquals(position, raw.position());
            byte[] bgr = new byte[45];
            picture.bgr().get(bgr);
            return bgr;
        }
    }

    @Test
    void takesThePixelsAsTheyAre() {
        ByteBuffer direct = frame(3, 5, 3, BGR);
        assertArrayEquals(BGR, bgr(direct));
        ByteBuffer heap = ByteBuffer.allocate(100)
                .position(7)
                .put(direct.duplicate())
                .flip()
                .position(7);
        assertArrayEquals(BGR, bgr(heap.asReadOnlyBuffer()));
    }

    @Test
    void replicatesGreyAndDropsAlpha() {
        byte[] grey = Samples.noise(15, 2);
        byte[] replicated = new byte[45];
        byte[] withAlpha = new byte[60];
        for (int i = 0; i < 15; i++) {
            replicated[3 * i] = replicated[3 * i + 1] = replicated[3 * i + 2] = grey[i];
            System.arraycopy(BGR, 3 * i, withAlpha, 4 * i, 3);
            withAlpha[4 * i + 3] = (byte) (17 * i);
        }
        assertArrayEquals(replicated, bgr(frame(3, 5, 1, grey)));
        assertArrayEquals(BGR, bgr(frame(3, 5, 4, withAlpha)));
    }

    @Test
    void refusesWhatDoesNotFitItsHeader() {
        refuses("Raw frame data too short", ByteBuffer.allocate(11));
        refuses("Raw frame size mismatch: expected 45, got 44", frame(3, 5, 3, new byte[44]));
        refuses("Raw frame size mismatch: expected 45, got 60", frame(3, 5, 3, new byte[60]));
        refuses("Raw frame of 5x3 pixels with 2 channels, expected 1, 3 or 4", frame(3, 5, 2, new byte[30]));
        refuses("Raw frame of 5x3 pixels with 4294967295 channels, expected 1, 3 or 4", frame(3, 5, -1, new byte[30]));
        refuses("Raw frame of 5x0 pixels with 3 channels, expected 1, 3 or 4", frame(0, 5, 3, new byte[0]));
    }

    @Test
    void refusesWhatIsTooLarge() {
        OspreyException refusal = assertThrows(
                OspreyException.class, () -> Picture.raw(frame(-1, 70_000, 3, new byte[3]), Samples.LIMITS));
        assertEquals(ErrorCode.IMAGE_TOO_LARGE, refusal.code());
        assertEquals("image of 70000x4294967295 pixels, limit 512x512", refusal.detail());
        OspreyException bytes =
                assertThrows(OspreyException.class, () -> Picture.raw(ByteBuffer.allocate(1 << 21), Samples.LIMITS));
        assertEquals(ErrorCode.IMAGE_TOO_LARGE, bytes.code());
    }

    @Test
    void isBroughtToTheSizeOfASession() {
        byte[] square = {0, 0, 0, 100, 100, 100, 0, 0, 0, 100, 100, 100};
        try (Picture small = Picture.raw(frame(2, 2, 3, square), Samples.LIMITS);
                Picture large = small.resized(4, 4)) {
            byte[] rgb = large.rgb();
            assertEquals(4, large.width());
            assertEquals(0, rgb[0]);
            assertEquals(25, rgb[3]);
            assertEquals(75, rgb[6]);
            assertEquals(100, rgb[9]);
        }
    }

    private static void refuses(String detail, ByteBuffer raw) {
        OspreyException refusal = assertThrows(
                OspreyException.class, () -> Picture.raw(raw, Samples.LIMITS).close());
        assertEquals(detail, refusal.detail());
        assertEquals(ErrorCode.IMAGE_UNREADABLE, refusal.code());
    }
}
