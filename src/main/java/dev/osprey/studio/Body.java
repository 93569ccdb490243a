package dev.osprey.studio;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Bodies in JSON, whatever type they are sent as. */
final class Body {

    private static final int MAX_BYTES = 1_048_576;

    private Body() {}

    /**
     * The object that a body is; empty where it is something else.
     *
     * @throws OspreyException {@link ErrorCode#UPLOAD_TOO_LARGE}
     */
    static Optional<JsonObject> read(InputStream body) throws IOException {
        byte[] bytes = body.readNBytes(MAX_BYTES + 1);
        if (bytes.length > MAX_BYTES) {
            throw new OspreyException(
                    ErrorCode.UPLOAD_TOO_LARGE,
                    "The request is larger than the limit of %d bytes".formatted(MAX_BYTES));
        }
        return Fields.object(new String(bytes, StandardCharsets.UTF_8));
    }
}
