package dev.osprey.studio;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.imaging.ImageHeader;
import dev.osprey.imaging.ImageHeader.Format;
import dev.osprey.imaging.ImageLimits;
import dev.osprey.imaging.Picture;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Whether an upload is an honest picture, cheapest questions first, in the protocol's words ({@code protocols/studio.md}, 4.1). What
 * is kept of it is encoded anew, so that nothing but its pixels is.
 *
 * @param png what is stored
 */
record UploadCheck(StoredImage image, byte[] png) {

    static final int MIN_SIDE = 32;
    static final int MAX_SIDE = 4_096;
    private static final long MAX_PIXELS = 16_777_216;
    private static final int MIN_BYTES = 12;
    private static final int MAX_RATIO = 1_000;

    private static final Map<String, Format> EXTENSIONS = Map.of(
            "png", Format.PNG,
            "jpg", Format.JPEG,
            "jpeg", Format.JPEG,
            "gif", Format.GIF,
            "bmp", Format.BMP,
            "tiff", Format.TIFF,
            "webp", Format.WEBP);

    /** What each format begins with; of WebP the rest follows four bytes later. */
    private static final Map<Format, List<String>> SIGNATURES = Map.of(
            Format.PNG, List.of("\u0089PNG\r\n\u001a\n"),
            Format.JPEG, List.of("\u00ff\u00d8\u00ff"),
            Format.GIF, List.of("GIF89a", "GIF87a"),
            Format.BMP, List.of("BM"),
            Format.TIFF, List.of("II*\0", "MM\0*"),
            Format.WEBP, List.of("RIFF"));

    /**
     * @param name as the client calls the file
     * @throws OspreyException {@link ErrorCode#UPLOAD_INVALID} with what is wrong
     */
    static UploadCheck of(String name, byte[] bytes) {
        if (bytes.length < MIN_BYTES) {
            throw refused("File too small to be valid image");
        }
        String extension = FileName.extension(name);
        Format format = EXTENSIONS.get(extension);
        if (format == null) {
            throw refused("Invalid file extension: " + (extension.isEmpty() ? "none" : FileName.cleaned(extension)));
        }
        if (!beginsAs(format, bytes)) {
            throw refused("File magic number doesn't match %s format (possible spoofing)".formatted(extension));
        }
        ImageHeader header = header(bytes);
        int width = header.width();
        int height = header.height();
        if (width < MIN_SIDE || height < MIN_SIDE) {
            throw refused("Image too small: %dx%d (min %dx%d)".formatted(width, height, MIN_SIDE, MIN_SIDE));
        }
        if (width > MAX_SIDE || height > MAX_SIDE || (long) width * height > MAX_PIXELS) {
            throw refused("Image too large: %dx%d (max %dx%d)".formatted(width, height, MAX_SIDE, MAX_SIDE));
        }
        double ratio = 3.0 * width * height / bytes.length;
        if (ratio > MAX_RATIO) {
            throw refused(
                    String.format(Locale.ROOT, "Suspicious compression ratio: %.0f:1 (max %d:1)", ratio, MAX_RATIO));
        }
        return decoded(header, bytes);
    }

    private static boolean beginsAs(Format format, byte[] bytes) {
        boolean begins =
                SIGNATURES.getOrDefault(format, List.of()).stream().anyMatch(signature -> isAt(bytes, 0, signature));
        return begins && (format != Format.WEBP || isAt(bytes, 8, "WEBP"));
    }

    private static boolean isAt(byte[] bytes, int offset, String signature) {
        byte[] expected = signature.getBytes(StandardCharsets.ISO_8859_1);
        return offset + expected.length <= bytes.length
                && Arrays.equals(bytes, offset, offset + expected.length, expected, 0, expected.length);
    }

    private static ImageHeader header(byte[] bytes) {
        try {
            return ImageHeader.read(ByteBuffer.wrap(bytes));
        } catch (OspreyException e) {
            throw damaged(e);
        }
    }

    private static UploadCheck decoded(ImageHeader header, byte[] bytes) {
        ImageLimits limits = new ImageLimits(bytes.length, MAX_SIDE, MAX_SIDE);
        try {
            Picture.Flattened flat = Picture.onWhite(ByteBuffer.wrap(bytes), limits);
            try (Picture picture = flat.picture()) {
                int channels = flat.channels();
                StoredImage image = new StoredImage(
                        picture.width(),
                        picture.height(),
                        header.format().name(),
                        channels == 4 ? "RGBA" : channels == 1 ? "L" : "RGB",
                        channels == 4,
                        bytes.length);
                return new UploadCheck(image, picture.png());
            }
        } catch (OspreyException e) {
            throw damaged(e);
        }
    }

    private static OspreyException damaged(OspreyException why) {
        return refused("Invalid or corrupted image file: " + why.detail());
    }

    private static OspreyException refused(String why) {
        return new OspreyException(ErrorCode.UPLOAD_INVALID, "Security validation failed: " + why);
    }
}
