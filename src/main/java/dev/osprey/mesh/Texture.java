package dev.osprey.mesh;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;

/** The encoded picture that a mesh's texture coordinates point into; it is carried, never decoded. */
public final class Texture {

    private final byte[] bytes;
    private final boolean png;

    private Texture(byte[] bytes, boolean png) {
        this.bytes = bytes;
        this.png = png;
    }

    /**
     * @param bytes a PNG or JPEG file by its first bytes; the texture's from now on
     * @throws OspreyException {@link ErrorCode#IMAGE_UNREADABLE} for any other
     */
    public static Texture of(byte[] bytes) {
        if (startsWith(bytes, 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n')) {
            return new Texture(bytes, true);
        }
        if (startsWith(bytes, 0xFF, 0xD8, 0xFF)) {
            return new Texture(bytes, false);
        }
        throw new OspreyException(ErrorCode.IMAGE_UNREADABLE, "The texture is neither PNG nor JPEG");
    }

    private static boolean startsWith(byte[] bytes, int... signature) {
        if (bytes.length < signature.length) {
            return false;
        }
        for (int i = 0; i < signature.length; i++) {
            if ((bytes[i] & 0xFF) != signature[i]) {
                return false;
            }
        }
        return true;
    }

    /** The file's bytes; not a copy, not to be written to. */
    public byte[] bytes() {
        return bytes;
    }

    public String mediaType() {
        return png ? "image/png" : "image/jpeg";
    }

    /** What its file's name ends in, without the dot. */
    public String extension() {
        return png ? "png" : "jpg";
    }
}
