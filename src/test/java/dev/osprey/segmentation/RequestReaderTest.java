package dev.osprey.segmentation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.Json;
import jakarta.json.JsonValue;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Text messages. */
class RequestReaderTest {

    private static final Request MALFORMED = new Request.Malformed("The message is not a JSON object");
    private static final Request EMPTY = new Request.BrokenFrame("Empty frame data received");
    private static final Request ZERO_BYTES =
            new Request.BrokenFrame("Failed to decode frame: ValueError: Decoded frame has zero bytes");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "QUJD",
                "data:image/jpeg;base64,QUJD",
                ",QUJD",
                "data:image/jpeg;base64,QUJD,and more",
                "data:image/jpeg;base64,QUJD,",
                "QU\\nJD",
                "QU JD\\r\\n"
            })
    void takesThePictureFromBase64WithOrWithoutADataUrl(String data) {
        assertEquals("ABC", picture(frame("\"" + data + "\"")));
    }

    @Test
    void takesAPictureOfAnyLength() {
        for (int length = 1; length <= 9; length++) {
            String picture = "123456789".substring(0, length);
            String data = Base64.getEncoder().encodeToString(picture.getBytes(StandardCharsets.UTF_8));
            assertEquals(picture, picture(frame("\"" + data + "\"")));
        }
    }

    @Test
    void answersTextWithText() {
        assertEquals(false, ((Request.Frame) frame("\"QUJD\"")).binary());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"\"", "null", "0", "0.0", "-0", "false"})
    void findsNothingInDataThatIsNothing(String data) {
        assertEquals(EMPTY, frame(data));
    }

    @Test
    void findsNothingWhereDataIsMissing() {
        assertEquals(EMPTY, RequestReader.read("{\"type\":\"frame\",\"timestamp\":1}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"data:image/jpeg;base64,", ",", ",,QUJD", " "})
    void findsZeroBytesInBase64OfNothing(String data) {
        assertEquals(ZERO_BYTES, frame("\"" + data + "\""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"QUJDR", "QU!D", "Q", "QUJD=", "QUJD====", "\\u00e9\\u00e9\\u00e9\\u00e9", "QU-_"})
    void refusesWhatIsNoBase64(String data) {
        assertTrue(((Request.BrokenFrame) frame("\"" + data + "\"")).message().startsWith("Invalid base64 encoding: "));
    }

    @ParameterizedTest
    @CsvSource({"true, true", "1, number", "[1], array", "{}, object"})
    void refusesDataOfAnotherType(String data, String type) {
        assertEquals(
                new Request.BrokenFrame("Failed to decode frame: data is a JSON " + type + ", expected base64 text"),
                frame(data));
    }

    /** Whatever it is, it comes back as it was written. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "1730131200123",
                "0",
                "-1",
                "1730131200123.25",
                "0.1",
                "1.0",
                "1.50",
                "123456789012345678901234567890",
                "0.1234567890123456789012345678901234567890",
                "\"2025-10-28T21:00:00Z\"",
                "\"\"",
                "\"a \\\"quoted\\\" \\\\ text\\nwith \\u0007\"",
                "null",
                "true",
                "false",
                "[1,[2,{\"a\":null}]]",
                "{\"b\":1,\"a\":\"x\"}"
            })
    void keepsATimestampOfAnyTypeAsItIs(String timestamp) {
        Request request = RequestReader.read("{\"type\":\"frame\",\"data\":\"QUJD\",\"timestamp\":" + timestamp + "}");
        assertEquals(timestamp, ((Request.Frame) request).timestamp().toString());
    }

    /** The value, where JSON has several ways to write it. */
    @ParameterizedTest
    @CsvSource({"1e3, 1000", "1E-7, 0.0000001", "17.3e11, 1730000000000"})
    void keepsTheValueOfATimestampWithAnExponent(String timestamp, BigDecimal value) {
        Request request = RequestReader.read("{\"type\":\"frame\",\"data\":\"QUJD\",\"timestamp\":" + timestamp + "}");
        String written = ((Request.Frame) request).timestamp().toString();
        assertEquals(0, value.compareTo(new BigDecimal(written)), written);
    }

    @Test
    void takesZeroForAMissingTimestamp() {
        Request request = RequestReader.read("{\"type\":\"frame\",\"data\":\"QUJD\"}");
        assertEquals("0", ((Request.Frame) request).timestamp().toString());
    }

    @Test
    void takesTheLastOfKeysThatOccurTwice() {
        assertEquals(
                "ABC",
                picture(RequestReader.read("{\"type\":\"init\",\"type\":\"frame\",\"data\":1,\"data\":\"QUJD\"}")));
    }

    @Test
    void readsAChangeOfMode() {
        assertEquals(
                new Request.ChangeMode(Optional.of("fast"), null),
                RequestReader.read("{\"type\":\"change_mode\",\"model_mode\":\"fast\"}"));
        assertEquals(new Request.ChangeMode(Optional.empty(), null), RequestReader.read("{\"type\":\"change_mode\"}"));
        assertEquals(
                new Request.ChangeMode(Optional.of("[1]"), null),
                RequestReader.read("{\"type\":\"change_mode\",\"model_mode\":[1]}"));
        assertEquals(
                new Request.ChangeMode(Optional.of("auto"), Json.createValue(12)),
                RequestReader.read("{\"type\":\"change_mode\",\"model_mode\":\"auto\",\"fps\":12}"));
    }

    @Test
    void readsSettings() {
        assertEquals(
                new Request.UpdateVisualization(JsonValue.EMPTY_JSON_OBJECT),
                RequestReader.read("{\"type\":\"update_viz\"}"));
        assertEquals(
                new Request.UpdateVisualization(JsonValue.NULL),
                RequestReader.read("{\"type\":\"update_viz\",\"settings\":null}"));
    }

    @Test
    void readsAQuestionForStatistics() {
        assertEquals(new Request.GetStats(), RequestReader.read(" {\"type\" : \"get_stats\"}\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"type\":\"init\",\"config\":{}}",
                "{\"type\":7}",
                "{\"type\":null}",
                "{\"type\":\"Frame\"}"
            })
    void ignoresTypesItDoesNotKnow(String message) {
        assertEquals(new Request.Ignored(), RequestReader.read(message));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "frame",
                "null",
                "1",
                "\"frame\"",
                "[]",
                "[{\"type\":\"frame\"}]",
                "{\"type\":\"frame\"",
                "{\"type\":\"get_stats\"} {}",
                "{\"type\":\"get_stats\"}x",
                "{'type':'frame'}",
                "{\"type\":\"frame\",}",
                "{\"type\":\"frame\",\"timestamp\":NaN}",
                "{\"type\":\"frame\",\"timestamp\":01}",
                "\uFEFF{\"type\":\"get_stats\"}",
                "{\"type\":\"get\u0000_stats\"}"
            })
    void refusesWhatIsNoJsonObject(String message) {
        assertEquals(MALFORMED, RequestReader.read(message));
    }

    @Test
    void refusesWhatWouldExhaustAReader() {
        for (String message : List.of(
                "{\"a\":".repeat(100_000),
                "[".repeat(1_000_000),
                "{\"a\":" + "[".repeat(50_000) + "]".repeat(50_000) + "}",
                "{\"type\":\"frame\",\"timestamp\":" + "9".repeat(1_000_000) + "}")) {
            assertEquals(MALFORMED, RequestReader.read(message));
        }
    }

    @Test
    void refusesATimestampThatWouldFillMemory() {
        String message = "{\"type\":\"frame\",\"data\":\"QUJD\",\"timestamp\":\"%s\"}";
        assertTrue(RequestReader.read(message.formatted("t".repeat(1_022))) instanceof Request.Frame);
        assertEquals(
                new Request.Malformed("A timestamp of 1025 characters was sent, the limit is 1024"),
                RequestReader.read(message.formatted("t".repeat(1_023))));
    }

    /** Its digits would fill memory; nothing here writes them out. */
    @Test
    void keepsANumberWithAHugeExponentShort() {
        Request request = RequestReader.read("{\"type\":\"frame\",\"data\":\"QUJD\",\"timestamp\":1e999999999}");
        assertEquals("1E+999999999", ((Request.Frame) request).timestamp().toString());
        assertTrue(frame("1e999999999") instanceof Request.BrokenFrame);
    }

    private static Request frame(String data) {
        return RequestReader.read("{\"type\":\"frame\",\"data\":" + data + "}");
    }

    private static String picture(Request request) {
        if (request instanceof Request.Frame frame) {
            ByteBuffer image = frame.image();
            return StandardCharsets.UTF_8.decode(image).toString();
        }
        throw new AssertionError(request);
    }
}
