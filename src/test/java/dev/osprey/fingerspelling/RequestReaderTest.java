package dev.osprey.fingerspelling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is made of a client's messages; numbers in brackets: the conformance checklist. */
class RequestReaderTest {

    private static final byte[] IMAGE = {(byte) 0xFF, (byte) 0xD8, 0, 127, (byte) 128, 1};
    private static final String BASE64 = Base64.getEncoder().encodeToString(IMAGE);

    private static Request.Message message(String text) {
        Request request = RequestReader.read(text);
        if (request instanceof Request.Message message) {
            return message;
        }
        throw new AssertionError(text + " is " + request);
    }

    private static String problem(String text) {
        Request request = RequestReader.read(text);
        if (request instanceof Request.Malformed malformed) {
            return malformed.message();
        }
        throw new AssertionError(text + " is " + request);
    }

    private static byte[] image(Request.Message message) {
        ByteBuffer image = Objects.requireNonNull(message.frame()).image();
        byte[] bytes = new byte[image.remaining()];
        image.get(image.position(), bytes);
        return bytes;
    }

    private static @Nullable Target target(String fields) {
        return message("{\"jpeg_blob\":null," + fields + "}").target();
    }

    @Test
    void readsAFrame() {
        Request.Message message = message("{\"jpeg_blob\":\"" + BASE64 + "\",\"new_letter\":null}");
        assertArrayEquals(IMAGE, image(message));
        assertNull(message.target());
        assertNull(Objects.requireNonNull(message.frame()).timestamp());
    }

    @Test
    void readsATargetWithoutAFrame() { // [5]
        Request.Message message = message("{\"jpeg_blob\":null,\"new_word_letter\":\"B\"}");
        assertNull(message.frame());
        assertEquals(new Target("B", false), message.target());
    }

    @Test
    void readsADataUrlAndBrokenLinesAndIntegersAsBase64() { // [24]
        assertArrayEquals(IMAGE, image(message("{\"jpeg_blob\":\"data:image/jpeg;base64," + BASE64 + "\"}")));
        assertArrayEquals(
                IMAGE,
                image(message("{\"jpeg_blob\":\"" + BASE64.substring(0, 4) + "\\r\\n" + BASE64.substring(4) + "\"}")));
        assertArrayEquals(IMAGE, image(message("{\"jpeg_blob\":[255, 216,0,127,128,1],\"new_letter\":\"C\"}")));
        assertArrayEquals(new byte[0], image(message("{\"jpeg_blob\":[]}")));
    }

    @Test
    void takesABinaryMessageForAFrameAndKeepsACopy() {
        byte[] received = IMAGE.clone();
        Request request = RequestReader.read(ByteBuffer.wrap(received));
        received[0] = 0;
        if (!(request instanceof Request.Message message)) {
            throw new AssertionError(request);
        }
        assertArrayEquals(IMAGE, image(message));
        assertNull(message.target());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "'new_letter':'B'|B|false",
                "'new_letter':'b'|b|false",
                "'new_letter':'BC'|BC|true",
                "'new_word_letter':'1'|1|false",
                "'new_word':'AB'|AB|true",
                "'new_word':'A'|A|true",
                "'new_word':'AB','new_letter':'C'|C|false",
                "'new_word':'AB','new_letter':'C','new_word_letter':'D'|D|false",
                "'new_word_letter':null,'new_letter':'C','new_word':'AB'|C|false",
                "'new_word_letter':'','new_letter':'','new_word':'AB'|AB|true",
                "'new_letter':'\\ud83d\\ude00'|\uD83D\uDE00|false",
            })
    void readsTheFirstTargetThatIsOne(String fields, String text, boolean word) {
        assertEquals(new Target(text, word), target(fields.replace('\'', '"')));
    }

    @Test
    void takesAnEmptyTargetForNone() {
        assertNull(target("\"new_letter\":\"\",\"new_word\":null,\"new_word_letter\":\"\""));
    }

    @Test
    void leavesOutWhatItDoesNotKnow() {
        Request.Message message = message(
                "{\"type\":{\"a\":[1,{\"b\":2}]},\"jpeg_blob\":null,\"other\":[[],{}],\"new_letter\":\"Z\",\"x\":1e400}");
        assertEquals(new Target("Z", false), message.target());
    }

    @Test
    void keepsATimestampWithTheFrame() {
        String start = "{\"jpeg_blob\":\"" + BASE64 + "\",\"timestamp\":";
        assertEquals(
                new BigDecimal("1730131200123.5"),
                Objects.requireNonNull(message(start + "1730131200123.5}").frame())
                        .timestamp());
        for (String none : new String[] {"\"1\"", "null", "{}", "[1]", "1".repeat(33), "1e99999999999"}) {
            assertNull(
                    Objects.requireNonNull(message(start + none + "}").frame()).timestamp());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no JSON",
                "5",
                "[]",
                "null",
                "\"text\"",
                "{",
                "{\"jpeg_blob\":null",
                "{\"jpeg_blob\":null}}",
                "{\"jpeg_blob\" null}",
                "{\"x\":[",
                "{\"x\":{",
                "{\"x\":[}",
                "{\"x\":{]}",
                "{\"x\":{\"y\":[[",
                "{\"timestamp\":[",
                "{\"timestamp\":{"
            })
    void refusesWhatIsNoObject(String text) { // [23]
        assertEquals("The message is not a JSON object", problem(text));
    }

    @Test
    void isNotLedAstrayByNesting() {
        String deep = "[".repeat(100_000) + "]".repeat(100_000);
        assertEquals(
                "The message is not a JSON object",
                problem("{\"x\":" + deep + ",\"jpeg_blob\":null,\"new_letter\":\"Z\"}"));
    }

    @Test
    void refusesATargetThatIsNoWord() {
        String longest = "A".repeat(256);
        assertEquals(new Target(longest, true), target("\"new_word\":\"" + longest + "\""));
        assertEquals(
                "new_word has 257 characters, the limit is 256",
                problem("{\"jpeg_blob\":null,\"new_word\":\"" + longest + "A\"}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "{}|The message has no field jpeg_blob; it may be null",
                "{'new_letter':'B'}|The message has no field jpeg_blob; it may be null",
                "{'jpeg_blob':5}|jpeg_blob is a number, expected base64 text, an array of integers or null",
                "{'jpeg_blob':{}}|jpeg_blob is an object, expected base64 text, an array of integers or null",
                "{'jpeg_blob':true}|jpeg_blob is true, expected base64 text, an array of integers or null",
                "{'jpeg_blob':null,'new_letter':5}|new_letter is a number, expected text or null",
                "{'jpeg_blob':null,'new_word_letter':['B']}|new_word_letter is an array, expected text or null",
                "{'jpeg_blob':null,'new_word':false}|new_word is false, expected text or null",
                "{'jpeg_blob':[1,256]}|jpeg_blob[1] is no integer from 0 to 255",
                "{'jpeg_blob':[-1]}|jpeg_blob[0] is no integer from 0 to 255",
                "{'jpeg_blob':[0,0,1.5]}|jpeg_blob[2] is no integer from 0 to 255",
                "{'jpeg_blob':[1e2]}|jpeg_blob[0] is no integer from 0 to 255",
                "{'jpeg_blob':['1']}|jpeg_blob[0] is no integer from 0 to 255",
            })
    void saysWhatIsWrong(String text, String problem) { // [23]
        assertEquals(problem, problem(text.replace('\'', '"')));
    }

    @Test
    void saysThatBase64IsNone() {
        assertEquals("jpeg_blob is no base64", problem("{\"jpeg_blob\":\"$$$$\"}"));
    }
}
