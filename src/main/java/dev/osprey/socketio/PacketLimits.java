package dev.osprey.socketio;

import java.util.Optional;

/**
 * Holds what a session sends to what can be kept. The library believes whatever number of attachments an event announces, and
 * collects that many; it makes an object of every value in an event's JSON, of which ten megabytes have millions; it repeats the
 * name of a namespace that there is not, however long; and of a client that joins twice it makes two. Any thread.
 */
final class PacketLimits {

    /** Attachments of one event. */
    private static final int MOST_ATTACHMENTS = 16;

    /** Values in one event. */
    private static final int MOST_VALUES = 10_000;

    /** Of an Engine.IO message; behind it come the types of Socket.IO. */
    private static final char MESSAGE = '4';

    private static final char CONNECT = '0';
    private static final char BINARY_EVENT = '5';
    private static final char BINARY_ACK = '6';

    /** Characters of a namespace's name. */
    private static final int LONGEST_NAMESPACE = 128;

    /** Namespaces that a client asks for; there is one. */
    private static final int MOST_NAMESPACES = 16;

    /** Digits that are read of an announced number. */
    private static final int MOST_DIGITS = 4;

    private final int maxBytes;
    private int namespaces;
    private boolean joined;
    private int expected;
    private long bytes;

    /** @param maxBytes of all attachments of one event */
    PacketLimits(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /**
     * Why a packet may not come now; names limit and value.
     *
     * @param packet of Engine.IO, in text: its type in the first character
     */
    synchronized Optional<String> objection(String packet) {
        if (packet.isEmpty() || packet.charAt(0) != MESSAGE) {
            return Optional.empty();
        }
        if (expected > 0) {
            return Optional.of("%d attachments are missing".formatted(expected));
        }
        int values = values(packet);
        if (values > MOST_VALUES) {
            return Optional.of("the event has %d values, the limit is %d".formatted(values, MOST_VALUES));
        }
        char type = packet.length() > 1 ? packet.charAt(1) : MESSAGE;
        if (type == CONNECT) {
            return objectionToJoining(namespace(packet));
        }
        if (type != BINARY_EVENT && type != BINARY_ACK) {
            return Optional.empty();
        }
        int announced = announced(packet);
        if (announced < 1 || announced > MOST_ATTACHMENTS) {
            return Optional.of("the event announces other than 1 to %d attachments".formatted(MOST_ATTACHMENTS));
        }
        expected = announced;
        bytes = 0;
        return Optional.empty();
    }

    private Optional<String> objectionToJoining(String namespace) {
        boolean again = joined && namespace.equals("/");
        joined |= namespace.equals("/");
        if (again) {
            return Optional.of("the client has joined already");
        } else if (namespace.length() > LONGEST_NAMESPACE) {
            return Optional.of("the namespace has %d characters, the limit is %d"
                    .formatted(namespace.length(), LONGEST_NAMESPACE));
        }
        return ++namespaces <= MOST_NAMESPACES
                ? Optional.empty()
                : Optional.of("the client has asked for %d namespaces, the limit is %d"
                        .formatted(namespaces, MOST_NAMESPACES));
    }

    /** As the library reads it: what stands between a slash and a comma, or the end. */
    private static String namespace(String packet) {
        if (packet.length() < 3 || packet.charAt(2) != '/') {
            return "/";
        }
        int comma = packet.indexOf(',');
        return packet.substring(2, comma < 0 ? packet.length() : comma);
    }

    /** At least as many as there are: what looks like the beginning of one inside a text counts as well. */
    private static int values(String packet) {
        int values = 0;
        for (int i = 0; i < packet.length(); i++) {
            char c = packet.charAt(i);
            if (c == ',' || c == '[' || c == '{') {
                values++;
            }
        }
        return values;
    }

    /** The number before the first hyphen; 0 where there is none, or one of too many digits. */
    private static int announced(String packet) {
        int number = 0;
        for (int i = 2; i < Math.min(packet.length(), 2 + MOST_DIGITS); i++) {
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

    /** Why an attachment of so many bytes may not come now. */
    synchronized Optional<String> objection(int size) {
        if (expected == 0) {
            return Optional.of("no attachment was announced");
        }
        expected--;
        bytes += size;
        return bytes <= maxBytes
                ? Optional.empty()
                : Optional.of("the attachments have %d bytes, the limit is %d".formatted(bytes, maxBytes));
    }
}
