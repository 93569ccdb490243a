package dev.osprey.client;

import dev.osprey.imaging.Picture;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;

/** How a frame's picture goes over the wire. */
enum Encoding {
    JPEG {
        @Override
        byte[] encode(Picture picture, int quality) {
            return picture.jpeg(quality);
        }

        @Override
        long typicalBytes(int width, int height) {
            return (long) width * height / 4;
        }
    },
    PNG {
        @Override
        byte[] encode(Picture picture, int quality) {
            return picture.png();
        }

        @Override
        long typicalBytes(int width, int height) {
            return (long) width * height * 2;
        }
    },
    /** Height, width and channels as unsigned 32-bit little-endian numbers, then uint8 [height, width, 3], BGR. */
    RAW {
        @Override
        byte[] encode(Picture picture, int quality) {
            byte[] pixels = new byte[RAW_HEADER_BYTES + 3 * picture.width() * picture.height()];
            ByteBuffer.wrap(pixels)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(picture.height())
                    .putInt(picture.width())
                    .putInt(3)
                    .put(picture.bgr());
            return pixels;
        }

        @Override
        long typicalBytes(int width, int height) {
            return RAW_HEADER_BYTES + 3L * width * height;
        }
    };

    private static final int RAW_HEADER_BYTES = 12;

    /** @param quality 1 to 100, of a JPEG */
    abstract byte[] encode(Picture picture, int quality);

    /** What a camera's picture takes at most, as a rule. */
    abstract long typicalBytes(int width, int height);

    String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
