package dev.osprey.socket;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnmaskingTest {

    private final ByteArrayOutputStream handedOn = new ByteArrayOutputStream();
    private final Unmasking unmasking = new Unmasking(data -> {
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        handedOn.writeBytes(bytes);
    });

    /** The example of RFC 6455, section 5.7. */
    @Test
    void theMaskedHelloOfTheStandardBecomesTheUnmaskedOne() {
        unmasking.handle(ByteBuffer.wrap(
                new byte[] {(byte) 0x81, (byte) 0x85, 0x37, (byte) 0xfa, 0x21, 0x3d, 0x7f, (byte) 0x9f, 0x4d, 0x51, 0x58
                }));
        assertArrayEquals(new byte[] {(byte) 0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f}, handedOn.toByteArray());
    }

    @Test
    void whatHasNoMaskStaysAsItIs() {
        byte[] frame = frame(false, 300, 0, new Random(1));
        unmasking.handle(ByteBuffer.wrap(frame.clone()));
        assertArrayEquals(frame, handedOn.toByteArray());
    }

    /** Frames of all three kinds of length, read in pieces that end anywhere. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 7, 13, 64, 1_000, 70_000, 1_000_000})
    void framesAreTheSameHoweverTheyArrive(int most) {
        Random random = new Random(most);
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        for (int length : new int[] {0, 1, 7, 8, 125, 126, 127, 9_999, 65_535, 65_536, 0, 70_001, 3}) {
            long seed = random.nextLong();
            sent.writeBytes(frame(true, length, random.nextInt(), new Random(seed)));
            expected.writeBytes(frame(false, length, 0, new Random(seed)));
        }
        ByteBuffer stream = ByteBuffer.wrap(sent.toByteArray());
        while (stream.hasRemaining()) {
            byte[] piece = new byte[Math.min(stream.remaining(), 1 + random.nextInt(most))];
            stream.get(piece);
            ByteBuffer data = ByteBuffer.wrap(piece);
            unmasking.handle(data);
            assertEquals(0, data.remaining());
        }
        assertArrayEquals(expected.toByteArray(), handedOn.toByteArray());
    }

    /** Byte by byte, as the standard defines it. */
    private static byte[] frame(boolean masked, int length, int key, Random content) {
        ByteBuffer frame = ByteBuffer.allocate(14 + length);
        int mask = masked ? 0x80 : 0;
        frame.put((byte) 0x82);
        if (length < 126) {
            frame.put((byte) (mask | length));
        } else if (length < 1 << 16) {
            frame.put((byte) (mask | 126)).putShort((short) length);
        } else {
            frame.put((byte) (mask | 127)).putLong(length);
        }
        if (masked) {
            frame.putInt(key);
        }
        for (int at = 0; at < length; at++) {
            byte octet = (byte) content.nextInt(256);
            frame.put(masked ? (byte) (octet ^ key >> (24 - 8 * (at % 4))) : octet);
        }
        byte[] bytes = new byte[frame.position()];
        frame.flip().get(bytes);
        return bytes;
    }
}
