package dev.osprey.studio;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.osprey.config.Settings;
import dev.osprey.config.TestConfig;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import jakarta.ws.rs.container.ContainerRequestContext;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StudioUploadsTest {

    private static final int MIB = 1_048_576;

    private final Settings settings = TestConfig.settings("studio.max-upload-mib", "2");
    private final StudioUploads uploads = new StudioUploads(settings);

    /** A request for one upload. */
    private static final class Upload {

        private final @Nullable String announced;
        private InputStream body;

        Upload(@Nullable String announced, int bytes) {
            this.announced = announced;
            this.body = new ByteArrayInputStream(new byte[bytes]);
        }

        ContainerRequestContext request() {
            Class<?>[] type = {ContainerRequestContext.class};
            return (ContainerRequestContext) Proxy.newProxyInstance(
                    type[0].getClassLoader(), type, (proxy, method, arguments) -> switch (method.getName()) {
                        case "getHeaderString" -> announced;
                        case "getEntityStream" -> body;
                        case "setEntityStream" -> {
                            body = (InputStream) arguments[0];
                            yield null;
                        }
                        default -> null;
                    });
        }
    }

    private void announce(int bytes) {
        uploads.filter(new Upload(Integer.toString(bytes), 0).request());
    }

    private void receive(int bytes) throws Exception {
        Upload upload = new Upload(null, bytes);
        uploads.filter(upload.request());
        assertEquals(bytes, upload.body.readAllBytes().length);
    }

    private static void assertTooLarge(String limit, OspreyException refusal) {
        assertEquals(ErrorCode.UPLOAD_TOO_LARGE, refusal.code());
        assertEquals("File too large (max %s)".formatted(limit), refusal.detail());
    }

    @Test
    void goesByTheLimitThatIsSetNow() throws Exception {
        announce(2 * MIB);
        receive(2 * MIB);
        assertTooLarge("2MB", assertThrows(OspreyException.class, () -> announce(2 * MIB + 1)));

        settings.change("osprey.studio.max-upload-mib", "1");
        assertTooLarge("1MB", assertThrows(OspreyException.class, () -> announce(2 * MIB)));
        assertTooLarge("1MB", assertThrows(OspreyException.class, () -> receive(MIB + 1)));

        settings.change("osprey.studio.max-upload-mib", "3");
        assertDoesNotThrow(() -> receive(3 * MIB));
    }
}
