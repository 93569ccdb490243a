package dev.osprey.fault;

import jakarta.ejb.ApplicationException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The one exception of Osprey: a code and a sentence that is safe to show to a client. */
@ApplicationException
public class OspreyException extends RuntimeException {

    private final ErrorCode code;
    private final String detail;

    /**
     * @param detail one sentence that names what was expected and what was found; no paths, no library internals
     */
    public OspreyException(ErrorCode code, String detail) {
        this(code, detail, null);
    }

    /** As {@link #OspreyException(ErrorCode, String)}, with what the log needs to explain it. */
    public OspreyException(ErrorCode code, String detail, @Nullable Throwable cause) {
        super(code + ": " + detail, cause);
        this.code = Objects.requireNonNull(code);
        this.detail = Objects.requireNonNull(detail);
    }

    public ErrorCode code() {
        return code;
    }

    public String detail() {
        return detail;
    }

    /** For the log: the detail and, where there is one, what the cause says. */
    public String reason() {
        Throwable cause = getCause();
        return cause == null ? detail : detail + " (" + cause.getMessage() + ")";
    }
}
