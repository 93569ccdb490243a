package dev.osprey.imaging;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.imaging.ImageHeader.Format;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class ImageLimitsTest {

    private static final ImageLimits LIMITS = new ImageLimits(1000, 400, 300);

    @Test
    void allowsExactlyTheLimit() {
        assertDoesNotThrow(() -> LIMITS.check(1000));
        assertDoesNotThrow(() -> LIMITS.check(ByteBuffer.allocate(1005).position(5)));
        assertDoesNotThrow(() -> LIMITS.check(new ImageHeader(Format.PNG, 400, 300)));
    }

    @Test
    void namesLimitAndValue() {
        refuses("image of 1001 bytes, limit 1000 bytes", () -> LIMITS.check(1001));
        refuses("image of 1001 bytes, limit 1000 bytes", () -> LIMITS.check(ByteBuffer.allocate(1001)));
        refuses("image of 401x300 pixels, limit 400x300", () -> LIMITS.check(new ImageHeader(Format.PNG, 401, 300)));
        refuses("image of 400x301 pixels, limit 400x300", () -> LIMITS.check(new ImageHeader(Format.PNG, 400, 301)));
    }

    @Test
    void refusesALimitThatAllowsNothing() {
        assertThrows(IllegalArgumentException.class, () -> new ImageLimits(0, 1, 1));
        assertThrows(IllegalArgumentException.class, () -> new ImageLimits(1, 1, -1));
    }

    private static void refuses(String detail, Runnable check) {
        OspreyException refusal = assertThrows(OspreyException.class, check::run);
        assertEquals(ErrorCode.IMAGE_TOO_LARGE, refusal.code());
        assertEquals(detail, refusal.detail());
    }
}
