package dev.osprey.imaging;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.time.Duration;

/**
 * How large and how long a video may be. What its header claims is checked before a picture is decoded; what it turns out to
 * be, while it is read.
 *
 * @param maxWidth    in pixels, as stored: a rotation may turn the pictures
 * @param maxHeight   in pixels, likewise
 * @param maxDuration of the whole video
 * @param maxFrames   of the whole video
 */
public record VideoLimits(int maxWidth, int maxHeight, Duration maxDuration, long maxFrames) {

    public VideoLimits {
        if (maxWidth < 1 || maxHeight < 1 || maxDuration.isNegative() || maxDuration.isZero() || maxFrames < 1) {
            throw new IllegalArgumentException("limits must be positive, found " + maxWidth + "x" + maxHeight + ", "
                    + maxDuration + ", " + maxFrames + " frames");
        }
    }

    void checkSize(int width, int height) {
        if (width > maxWidth || height > maxHeight) {
            throw tooLarge("of " + width + "x" + height + " pixels, limit " + maxWidth + "x" + maxHeight);
        }
    }

    void checkSeconds(double seconds) {
        if (seconds > maxDuration.toMillis() / 1000.0) {
            throw tooLarge(
                    "of " + Math.round(seconds * 10) / 10.0 + " s, limit " + maxDuration.toMillis() / 1000.0 + " s");
        }
    }

    void checkFrames(long frames) {
        if (frames > maxFrames) {
            throw tooLarge("of " + frames + " frames, limit " + maxFrames);
        }
    }

    private static OspreyException tooLarge(String detail) {
        return new OspreyException(ErrorCode.VIDEO_TOO_LARGE, "video " + detail);
    }
}
