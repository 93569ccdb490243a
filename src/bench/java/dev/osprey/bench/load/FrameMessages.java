package dev.osprey.bench.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** {@code frame} messages as they go over the wire, ready but for the time their picture was taken at. */
final class FrameMessages {

    private static final String BEFORE_TIME = "{\"type\":\"frame\",\"timestamp\":";
    private static final int DIGITS = 16;

    /** By number, with zeros for the time; all with one mask, so that a digit's place alone says how it is masked. */
    private final byte[][] frames = new byte[NumberedPictures.COUNT][];

    private final boolean binary;

    FrameMessages(NumberedPictures pictures, boolean binary) {
        this.binary = binary;
        String header = BEFORE_TIME + "0".repeat(DIGITS);
        for (int number = 0; number < frames.length; number++) {
            byte[] jpeg = pictures.jpeg(number);
            frames[number] = binary
                    ? PlainWebSocket.frame(PlainWebSocket.BINARY, withHeader(header + "}", jpeg))
                    : PlainWebSocket.frame(
                            PlainWebSocket.TEXT,
                            (header + ",\"data\":\"" + Base64.getEncoder().encodeToString(jpeg) + "\"}")
                                    .getBytes(StandardCharsets.US_ASCII));
        }
    }

    private static byte[] withHeader(String json, byte[] jpeg) {
        byte[] header = json.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(Integer.BYTES + header.length + jpeg.length)
                .putInt(header.length)
                .put(header)
                .put(jpeg)
                .array();
    }

    /**
     * @param number of the picture
     * @param micros when it was taken, Unix time in microseconds: 16 digits until the year 2286
     */
    byte[] frame(long number, long micros) {
        byte[] frame = frames[(int) (number % frames.length)].clone();
        int payload = payloadOf(frame);
        int inPayload = (binary ? Integer.BYTES : 0) + BEFORE_TIME.length();
        long rest = micros;
        for (int digit = DIGITS - 1; digit >= 0; digit--) {
            int place = inPayload + digit;
            frame[payload + place] = (byte) ('0' + rest % 10 ^ PlainWebSocket.MASK[place % 4]);
            rest /= 10;
        }
        return frame;
    }

    /** Where it begins, by the length that the frame's second byte announces. */
    private static int payloadOf(byte[] frame) {
        int length = frame[1] & 0x7F;
        return length == 127 ? 14 : length == 126 ? 8 : 6;
    }
}
