package dev.osprey.socketio;

/**
 * Holds a session's binary attachments to a number and a size. The library believes whatever number an event announces, and
 * collects that many. Any thread.
 */
final class Attachments {

    private static final int MOST = 16;

    /** Of an Engine.IO message; behind it come the types of Socket.IO. */
    private static final char MESSAGE = '4';

    private static final char BINARY_EVENT = '5';
    private static final char BINARY_ACK = '6';

    private final int maxBytes;
    private int expected;
    private long bytes;

    /** @param maxBytes of all attachments of one event */
    Attachments(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /**
     * Whether a packet may come now.
     *
     * @param packet of Engine.IO, in text: its type in the first character
     */
    synchronized boolean tryText(String packet) {
        if (packet.isEmpty() || packet.charAt(0) != MESSAGE) {
            return true;
        }
        if (expected > 0) {
            return false;
        }
        char type = packet.length() > 1 ? packet.charAt(1) : MESSAGE;
        if (type != BINARY_EVENT && type != BINARY_ACK) {
            return true;
        }
        int announced = announced(packet);
        expected = Math.max(0, announced);
        bytes = 0;
        return announced >= 1 && announced <= MOST;
    }

    /** The number before the first hyphen; 0 where there is none, or one of too many digits. */
    private static int announced(String packet) {
        int number = 0;
        for (int i = 2; i < Math.min(packet.length(), 6); i++) {
            char digit = packet.charAt(i);
            if (digit == '-') {
                return number;
            } else if (digit < '0' || digit > '9') {
                return 0;
            }
            number = 10 * number + digit - '0';
        }
        return 0;
    }

    /** Whether an attachment of so many bytes may come now. */
    synchronized boolean tryBinary(int size) {
        bytes += size;
        return expected-- > 0 && bytes <= maxBytes;
    }
}
