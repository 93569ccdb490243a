package dev.osprey.segmentation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Binary messages: header length, header, picture. */
class BinaryRequestTest {

    private static final byte[] PICTURE = {1, 2, 3};

    @Test
    void takesHeaderAndPicture() {
        Request.Frame frame = frame(Client.message("{\"type\":\"frame\",\"timestamp\":1.5}", PICTURE));
        assertEquals("1.5", frame.timestamp().toString());
        assertEquals(ByteBuffer.wrap(PICTURE), frame.image());
        assertTrue(frame.binary());
    }

    @Test
    void takesAMessageFromTheMiddleOfABuffer() {
        ByteBuffer message = Client.message("{\"type\":\"frame\"}", PICTURE);
        ByteBuffer larger = ByteBuffer.allocateDirect(message.remaining() + 20).order(ByteOrder.LITTLE_ENDIAN);
        larger.position(7).put(message.duplicate()).flip().position(7);
        assertEquals(ByteBuffer.wrap(PICTURE), frame(larger).image());
        assertEquals(7, larger.position());
    }

    @Test
    void copiesThePictureBecauseTheBufferIsTheContainers() {
        ByteBuffer message = Client.message("{\"type\":\"frame\"}", PICTURE.clone());
        Request.Frame frame = frame(message);
        message.put(message.limit() - 3, new byte[3]);
        assertEquals(ByteBuffer.wrap(PICTURE), frame.image());
    }

    @Test
    void prefersThePictureToAKeyOfTheHeader() {
        Request.Frame frame = frame(Client.message("{\"type\":\"frame\",\"data\":\"QUJD\"}", PICTURE));
        assertEquals(ByteBuffer.wrap(PICTURE), frame.image());
    }

    @Test
    void findsNothingWhereThePictureIsMissing() {
        assertEquals(
                new Request.BrokenFrame("Empty frame data received"),
                RequestReader.read(Client.message("{\"type\":\"frame\"}", new byte[0])));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void refusesAMessageTooShortForALength(int bytes) {
        assertEquals(
                new Request.Malformed("A binary message of %d bytes has no header".formatted(bytes)),
                RequestReader.read(ByteBuffer.allocate(bytes)));
    }

    @ParameterizedTest
    @ValueSource(ints = {17, 65_537, Integer.MAX_VALUE, Integer.MIN_VALUE, -1})
    void refusesAHeaderLongerThanTheMessageOrTheLimit(int length) {
        ByteBuffer message = ByteBuffer.allocate(20).putInt(0, length);
        assertEquals(
                new Request.Malformed("A header of %s bytes was announced; the limit is 65536 and 16 bytes follow"
                        .formatted(Integer.toUnsignedString(length))),
                RequestReader.read(message));
    }

    @Test
    void takesAHeaderOfTheLimitAndNoneBeyond() {
        String header = "{\"type\":\"frame\"}";
        String longest = header + " ".repeat(65_536 - header.length());
        assertEquals(
                ByteBuffer.wrap(PICTURE),
                frame(Client.message(longest, PICTURE)).image());
        assertTrue(RequestReader.read(Client.message(longest + " ", PICTURE)) instanceof Request.Malformed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "frame", "{\"type\":"})
    void refusesAHeaderThatIsNoJsonObject(String header) {
        assertEquals(
                new Request.Malformed("The message is not a JSON object"),
                RequestReader.read(Client.message(header, PICTURE)));
    }

    @Test
    void refusesAHeaderThatIsNotUtf8() {
        byte[] header = "{\"type\":\"é\"}".getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer message = ByteBuffer.allocate(4 + header.length)
                .putInt(header.length)
                .put(header)
                .flip();
        assertEquals(new Request.Malformed("The message is not a JSON object"), RequestReader.read(message));
    }

    @Test
    void takesEveryOtherRequestToo() {
        assertEquals(
                new Request.GetStats(), RequestReader.read(Client.message("{\"type\":\"get_stats\"}", new byte[0])));
    }

    private static Request.Frame frame(ByteBuffer message) {
        if (RequestReader.read(message) instanceof Request.Frame frame) {
            return frame;
        }
        throw new AssertionError("no frame");
    }
}
