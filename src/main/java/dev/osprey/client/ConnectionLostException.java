package dev.osprey.client;

import java.io.IOException;

/** The connection is gone, or there was none; trying again may help. The message completes "Connection lost: …". */
final class ConnectionLostException extends IOException {

    ConnectionLostException(String why) {
        super(why);
    }

    String why() {
        return String.valueOf(getMessage());
    }
}
