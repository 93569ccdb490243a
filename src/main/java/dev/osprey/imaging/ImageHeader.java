package dev.osprey.imaging;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * What an encoded image says about itself before a pixel is decoded.
 *
 * @param width  in pixels, as stored: EXIF may turn the picture on decoding
 * @param height in pixels, likewise
 */
public record ImageHeader(Format format, int width, int height) {

    /** The formats Osprey reads; others that OpenCV knows are refused. */
    public enum Format {
        JPEG,
        PNG,
        WEBP,
        BMP,
        TIFF,
        GIF
    }

    private static final long PNG_SIGNATURE = 0x89504E470D0A1A0AL;
    private static final int IHDR = 0x49484452;
    private static final int RIFF = 0x52494646;
    private static final int WEBP = 0x57454250;
    private static final int VP8 = 0x56503820;
    private static final int VP8L = 0x5650384C;
    private static final int VP8X = 0x56503858;
    private static final int TIFF_LITTLE_ENDIAN = 0x49492A00;
    private static final int TIFF_BIG_ENDIAN = 0x4D4D002A;

    /** libtiff allocates whole tiles, however small the image; no writer makes larger ones than this for a small image. */
    private static final int LARGEST_TILE_OF_SMALL_TIFF = 1024;

    /**
     * Holds only headers of images that have a pixel.
     *
     * @throws OspreyException {@link ErrorCode#IMAGE_UNREADABLE} for a side that is not positive
     */
    public ImageHeader {
        Objects.requireNonNull(format);
        if (width < 1 || height < 1) {
            throw unreadable(format + " of " + width + "x" + height + " pixels");
        }
    }

    /**
     * Reads the header from the remaining bytes.
     *
     * @param encoded direct or on the heap; position, limit and byte order stay
     * @throws OspreyException {@link ErrorCode#IMAGE_EMPTY} without a byte, {@link ErrorCode#IMAGE_UNREADABLE} for bytes
     *     that start like no {@link Format} or end before the header does
     */
    public static ImageHeader read(ByteBuffer encoded) {
        if (!encoded.hasRemaining()) {
            throw new OspreyException(ErrorCode.IMAGE_EMPTY, "image without a byte");
        }
        ByteBuffer bytes = encoded.slice();
        try {
            if (startsWith(bytes, 0xFF, 0xD8, 0xFF)) {
                return JpegMarkers.header(bytes);
            }
            if (startsWith(bytes, 0x89, 'P', 'N', 'G')) {
                return png(bytes);
            }
            if (startsWith(bytes, 'R', 'I', 'F', 'F')) {
                return webp(bytes);
            }
            if (startsWith(bytes, 'G', 'I', 'F', '8')) {
                return gif(bytes);
            }
            if (startsWith(bytes, 'B', 'M')) {
                return bmp(bytes);
            }
            if (startsWith(bytes, 'I', 'I') || startsWith(bytes, 'M', 'M')) {
                return tiff(bytes);
            }
        } catch (IndexOutOfBoundsException headerCutOff) {
            throw new OspreyException(
                    ErrorCode.IMAGE_UNREADABLE,
                    "image of " + bytes.limit() + " bytes ends within its header",
                    headerCutOff);
        }
        throw unreadable("bytes that are no JPEG, PNG, WebP, BMP, TIFF or GIF image");
    }

    private static boolean startsWith(ByteBuffer bytes, int... signature) {
        if (bytes.limit() < signature.length) {
            return false;
        }
        for (int i = 0; i < signature.length; i++) {
            if (bytes.get(i) != (byte) signature[i]) {
                return false;
            }
        }
        return true;
    }

    private static ImageHeader png(ByteBuffer bytes) {
        if (bytes.getLong(0) != PNG_SIGNATURE || bytes.getInt(12) != IHDR) {
            throw unreadable("PNG without its header chunk");
        }
        return new ImageHeader(Format.PNG, bytes.getInt(16), bytes.getInt(20));
    }

    /** The first chunk: a lossy or a lossless bitstream, or the canvas that holds one (RFC 9649). */
    private static ImageHeader webp(ByteBuffer bytes) {
        if (bytes.getInt(0) != RIFF || bytes.getInt(8) != WEBP) {
            throw unreadable("RIFF file that is no WebP image");
        }
        int chunk = bytes.getInt(12);
        bytes.order(ByteOrder.LITTLE_ENDIAN);
        return switch (chunk) {
            case VP8 -> new ImageHeader(Format.WEBP, bytes.getShort(26) & 0x3FFF, bytes.getShort(28) & 0x3FFF);
            case VP8L -> {
                int sides = bytes.getInt(21);
                yield new ImageHeader(Format.WEBP, (sides & 0x3FFF) + 1, (sides >> 14 & 0x3FFF) + 1);
            }
            case VP8X -> new ImageHeader(Format.WEBP, (bytes.getInt(23) >>> 8) + 1, (bytes.getInt(26) >>> 8) + 1);
            default -> throw unreadable("WebP that starts with an unknown chunk");
        };
    }

    private static ImageHeader bmp(ByteBuffer bytes) {
        bytes.order(ByteOrder.LITTLE_ENDIAN);
        int headerBytes = bytes.getInt(14);
        if (headerBytes == 12) {
            return new ImageHeader(Format.BMP, bytes.getShort(18) & 0xFFFF, bytes.getShort(20) & 0xFFFF);
        }
        if (headerBytes < 36) {
            throw unreadable("BMP with a header of " + headerBytes + " bytes");
        }
        // A negative height stores the rows from the top down.
        return new ImageHeader(Format.BMP, bytes.getInt(18), Math.abs(bytes.getInt(22)));
    }

    /** The logical screen (GIF 89a, section 18). */
    private static ImageHeader gif(ByteBuffer bytes) {
        bytes.order(ByteOrder.LITTLE_ENDIAN);
        return new ImageHeader(Format.GIF, bytes.getShort(6) & 0xFFFF, bytes.getShort(8) & 0xFFFF);
    }

    /** The first directory (TIFF 6.0, section 2). Of a tag that stands there twice, the larger value counts. */
    private static ImageHeader tiff(ByteBuffer bytes) {
        int signature = bytes.getInt(0);
        if (signature != TIFF_LITTLE_ENDIAN && signature != TIFF_BIG_ENDIAN) {
            throw unreadable("TIFF of an unknown version");
        }
        bytes.order(signature == TIFF_LITTLE_ENDIAN ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        int directory = bytes.getInt(4);
        int entries = bytes.getShort(directory) & 0xFFFF;
        int width = 0;
        int height = 0;
        int tile = 0;
        for (int entry = directory + 2; entries > 0; entry += 12, entries--) {
            switch (bytes.getShort(entry) & 0xFFFF) {
                case 256 -> width = Math.max(width, tiffSide(bytes, entry));
                case 257 -> height = Math.max(height, tiffSide(bytes, entry));
                case 322, 323 -> tile = Math.max(tile, tiffSide(bytes, entry));
                default -> {}
            }
        }
        if (tile > Math.max(LARGEST_TILE_OF_SMALL_TIFF, Math.max(width, height))) {
            throw unreadable("TIFF of " + width + "x" + height + " pixels in tiles of " + tile);
        }
        return new ImageHeader(Format.TIFF, width, height);
    }

    /** The value of a directory entry of type BYTE, SHORT or LONG; others are no length of a side. */
    private static int tiffSide(ByteBuffer bytes, int entry) {
        return switch (bytes.getShort(entry + 2)) {
            case 1 -> bytes.get(entry + 8) & 0xFF;
            case 3 -> bytes.getShort(entry + 8) & 0xFFFF;
            case 4 -> bytes.getInt(entry + 8) < 0 ? Integer.MAX_VALUE : bytes.getInt(entry + 8);
            default -> throw unreadable("TIFF that gives a side of the image as no integer");
        };
    }

    private static OspreyException unreadable(String detail) {
        return new OspreyException(ErrorCode.IMAGE_UNREADABLE, detail);
    }
}
