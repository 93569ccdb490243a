package dev.osprey.stream;

/** Why the server ends a connection: the close codes of RFC 6455, section 7.4, that Osprey uses. */
public enum CloseCode {
    NORMAL(1000),
    GOING_AWAY(1001),
    /** A kind of message that was not due. */
    CANNOT_ACCEPT(1003),
    POLICY_VIOLATED(1008),
    MESSAGE_TOO_BIG(1009),
    INTERNAL_ERROR(1011),
    /** Nothing the client did wrong: a new connection may fare better. */
    TRY_AGAIN_LATER(1013);

    private final int code;

    CloseCode(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
