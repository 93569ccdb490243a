package dev.osprey.imaging;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.nio.ByteBuffer;

/**
 * How large an encoded image may be before Osprey looks at its pixels.
 *
 * @param maxBytes  of the encoded image
 * @param maxWidth  in pixels, as the header says, before EXIF turns the image
 * @param maxHeight in pixels, likewise
 */
public record ImageLimits(int maxBytes, int maxWidth, int maxHeight) {

    public ImageLimits {
        if (maxBytes < 1 || maxWidth < 1 || maxHeight < 1) {
            throw new IllegalArgumentException(
                    "limits must be positive, found " + maxBytes + " bytes, " + maxWidth + "x" + maxHeight);
        }
    }

    /**
     * Checks the number of remaining bytes.
     *
     * @throws OspreyException {@link ErrorCode#IMAGE_TOO_LARGE}
     */
    public void check(ByteBuffer encoded) {
        check(encoded.remaining());
    }

    /**
     * Checks a number of bytes, known before they are there.
     *
     * @param bytes of the encoded image
     * @throws OspreyException {@link ErrorCode#IMAGE_TOO_LARGE}
     */
    public void check(int bytes) {
        if (bytes > maxBytes) {
            throw new OspreyException(
                    ErrorCode.IMAGE_TOO_LARGE, "image of " + bytes + " bytes, limit " + maxBytes + " bytes");
        }
    }

    /**
     * Checks both sides.
     *
     * @throws OspreyException {@link ErrorCode#IMAGE_TOO_LARGE}
     */
    public void check(ImageHeader header) {
        check(header.width(), header.height());
    }

    void check(long width, long height) {
        if (width > maxWidth || height > maxHeight) {
            throw new OspreyException(
                    ErrorCode.IMAGE_TOO_LARGE,
                    "image of " + width + "x" + height + " pixels, limit " + maxWidth + "x" + maxHeight);
        }
    }
}
