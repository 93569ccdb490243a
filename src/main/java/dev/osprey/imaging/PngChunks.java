package dev.osprey.imaging;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.nio.ByteBuffer;

/** The chunks of a PNG, one after the other from the signature to IEND (PNG specification, section 5.3). */
final class PngChunks {

    private static final int SIGNATURE_BYTES = 8;
    /** Length and type in front of the data, checksum behind. */
    private static final int FRAME_BYTES = 12;

    private static final int IEND = 0x49454E44;

    private PngChunks() {}

    /**
     * Refuses a PNG with a chunk that is longer than what is left of the image. OpenCV would allocate and clear as much as the
     * length claims, up to 4 GB, before it finds out.
     *
     * @param encoded starts with the signature; position and limit stay
     * @throws OspreyException {@link ErrorCode#IMAGE_UNREADABLE}
     */
    static void refuseCutOff(ByteBuffer encoded) {
        ByteBuffer png = encoded.slice();
        long at = SIGNATURE_BYTES;
        while (at + FRAME_BYTES <= png.limit()) {
            int type = png.getInt((int) at + 4);
            at += FRAME_BYTES + (png.getInt((int) at) & 0xFFFFFFFFL);
            if (type == IEND && at <= png.limit()) {
                return;
            }
        }
        throw new OspreyException(ErrorCode.IMAGE_UNREADABLE, "PNG of " + png.limit() + " bytes is damaged or cut off");
    }
}
