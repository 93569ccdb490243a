package dev.osprey.imaging;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What a frame that is not compressed says about itself: three unsigned 32-bit numbers, little-endian, for height, width and
 * channels; behind them uint8 [height, width, channels], BGR (referee protocol, section 3.2).
 *
 * @param width    in pixels
 * @param height   in pixels
 * @param channels 1 (grey), 3 (BGR) or 4 (BGR and alpha)
 */
public record RawFrame(int width, int height, int channels) {

    static final int HEADER_BYTES = 12;

    /**
     * Checks all of a frame that can be wrong with it; as fast as reading three numbers.
     *
     * @param raw direct or on the heap; position, limit and byte order stay
     * @throws OspreyException {@link ErrorCode#IMAGE_TOO_LARGE}; {@link ErrorCode#IMAGE_UNREADABLE} for a frame without its
     *     header, or whose pixels are not as many as the header says
     */
    public static RawFrame read(ByteBuffer raw, ImageLimits limits) {
        limits.check(raw);
        if (raw.remaining() < HEADER_BYTES) {
            throw new OspreyException(ErrorCode.IMAGE_UNREADABLE, "Raw frame data too short");
        }
        ByteBuffer header = raw.slice().order(ByteOrder.LITTLE_ENDIAN);
        long height = Integer.toUnsignedLong(header.getInt(0));
        long width = Integer.toUnsignedLong(header.getInt(4));
        long channels = Integer.toUnsignedLong(header.getInt(8));
        limits.check(width, height);
        if (width == 0 || height == 0 || (channels != 1 && channels != 3 && channels != 4)) {
            throw new OspreyException(
                    ErrorCode.IMAGE_UNREADABLE,
                    "Raw frame of " + width + "x" + height + " pixels with " + channels
                            + " channels, expected 1, 3 or 4");
        }
        long expected = width * height * channels;
        if (raw.remaining() - HEADER_BYTES != expected) {
            throw new OspreyException(
                    ErrorCode.IMAGE_UNREADABLE,
                    "Raw frame size mismatch: expected " + expected + ", got " + (raw.remaining() - HEADER_BYTES));
        }
        return new RawFrame((int) width, (int) height, (int) channels);
    }
}
