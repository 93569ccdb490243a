package dev.osprey.imaging;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.nio.ByteBuffer;

/**
 * The markers of a JPEG one after the other, read as libjpeg reads them: whatever lies between two markers, compressed
 * data or garbage, is skipped; FF 00 is a data byte, FF D0…D7 restart the decoder inside a scan (ITU-T T.81, annex B).
 */
final class JpegMarkers {

    private static final int START_OF_IMAGE = 0xD8;
    private static final int END_OF_IMAGE = 0xD9;
    private static final int START_OF_SCAN = 0xDA;
    private static final int NONE_LEFT = -1;

    /** A progressive photograph has about 10. */
    private static final int MOST_SCANS = 32;

    private final ByteBuffer jpeg;
    private int at;
    private int payload;

    private JpegMarkers(ByteBuffer encoded) {
        jpeg = encoded.slice();
    }

    /** @param encoded starts with FF D8; position and limit stay */
    static ImageHeader header(ByteBuffer encoded) {
        JpegMarkers markers = new JpegMarkers(encoded);
        for (int marker = markers.next(); marker != NONE_LEFT; marker = markers.next()) {
            if (startsFrame(marker)) {
                if (markers.payload + 5 > markers.jpeg.limit()) {
                    break;
                }
                return new ImageHeader(
                        ImageHeader.Format.JPEG,
                        markers.unsignedShort(markers.payload + 3),
                        markers.unsignedShort(markers.payload + 1));
            }
            if (marker == START_OF_SCAN || marker == END_OF_IMAGE) {
                break;
            }
        }
        throw new OspreyException(ErrorCode.IMAGE_UNREADABLE, "JPEG without a frame header");
    }

    /**
     * Refuses an image made to keep the decoder busy: every scan of a multi-scan JPEG passes over all of the picture's
     * coefficients, and a scan that changes nothing costs its sender a few bytes. An ordinary image has one scan with all
     * components and is recognised by its header.
     *
     * <p>Refuses as well an image without an end marker: compressed data hold none by accident, so that it is looked for from
     * the back, where it is.
     *
     * @throws OspreyException {@link ErrorCode#IMAGE_UNREADABLE}
     */
    static void refuseTooManyScansOrCutOff(ByteBuffer encoded) {
        JpegMarkers markers = new JpegMarkers(encoded);
        int components = 0;
        boolean progressive = false;
        int scans = 0;
        int marker = markers.next();
        for (; marker != NONE_LEFT && marker != END_OF_IMAGE; marker = markers.next()) {
            if (startsFrame(marker)) {
                progressive = (marker & 3) == 2;
                components = markers.unsignedByte(markers.payload + 5);
            } else if (marker == START_OF_SCAN) {
                if (!progressive && markers.unsignedByte(markers.payload) == components) {
                    markers.refuseCutOff();
                    return;
                }
                if (++scans > MOST_SCANS) {
                    throw new OspreyException(ErrorCode.IMAGE_UNREADABLE, "JPEG of more than " + MOST_SCANS + " scans");
                }
            }
        }
        if (marker == NONE_LEFT) {
            throw markers.cutOff();
        }
    }

    private void refuseCutOff() {
        for (int end = jpeg.limit() - 2; end >= at; end--) {
            if (unsignedByte(end) == 0xFF && unsignedByte(end + 1) == END_OF_IMAGE) {
                return;
            }
        }
        throw cutOff();
    }

    private OspreyException cutOff() {
        return new OspreyException(
                ErrorCode.IMAGE_UNREADABLE, "JPEG of " + jpeg.limit() + " bytes is damaged or cut off");
    }

    /** SOF0 to SOF15; C4, C8 and CC in the same range are no frames. */
    private static boolean startsFrame(int marker) {
        return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    }

    /** Moves behind the next marker's segment and leaves {@link #payload} behind the length that starts it. */
    private int next() {
        for (; at + 1 < jpeg.limit(); at++) {
            if (jpeg.get(at) != (byte) 0xFF) {
                continue;
            }
            int marker = unsignedByte(at + 1);
            if (marker == START_OF_IMAGE || marker == END_OF_IMAGE) {
                at += 2;
                payload = at;
                return marker;
            }
            if (marker != 0xFF && marker > 0x01 && (marker < 0xD0 || marker > 0xD7)) {
                payload = at + 4;
                if (payload > jpeg.limit()) {
                    return NONE_LEFT;
                }
                at += 2 + unsignedShort(at + 2);
                return marker;
            }
        }
        return NONE_LEFT;
    }

    /** Zero behind the end, as in an image cut off there. */
    private int unsignedByte(int index) {
        return index < jpeg.limit() ? jpeg.get(index) & 0xFF : 0;
    }

    private int unsignedShort(int index) {
        return unsignedByte(index) << 8 | unsignedByte(index + 1);
    }
}
