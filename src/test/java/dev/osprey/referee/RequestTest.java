package dev.osprey.referee;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTest {

    private static final String FRAME = "{\"type\":\"frame\",\"session_id\":\"a\",\"frame_number\":7,\"timestamp\":0.5";

    @Test
    void readsASession() {
        assertEquals(
                new Request.Start(
                        new SessionStart(Optional.empty(), "a b", 29.97, 640, 480, OptionalLong.of(1800)), false),
                Request.read("{\"type\":\"session_start\",\"session_id\":\"a b\",\"fps\":29.97,\"width\":640,"
                        + "\"height\":480,\"expected_frames\":1800,\"video_format\":\"bgr24\",\"more\":[{}]}"));
    }

    @Test
    void readsThatASessionGoesOn() {
        assertEquals(
                new Request.Start(new SessionStart(Optional.empty(), "a", 30, 640, 480, OptionalLong.empty()), true),
                Request.read("{\"type\":\"session_start\",\"session_id\":\"a\",\"fps\":30,\"width\":640.0,"
                        + "\"height\":480,\"expected_frames\":null,\"resume\":true}"));
    }

    @ParameterizedTest
    @CsvSource({
        "'',JPEG",
        "',\"encoding\":\"jpeg\"',JPEG",
        "',\"encoding\":\"jpg\"',JPEG",
        "',\"encoding\":\"png\"',PNG",
        "',\"encoding\":\"raw\"',RAW",
        "',\"encoding\":null',JPEG"
    })
    void readsAFrame(String more, Encoding encoding) {
        assertEquals(new Request.Frame(7, encoding), Request.read(FRAME + more + "}"));
    }

    @Test
    void doesNotBelieveASizeThatIsTold() {
        assertEquals(new Request.Frame(7, Encoding.JPEG), Request.read(FRAME + ",\"size\":-3,\"quality\":\"x\"}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"type\":\"session_start\",\"session_id\":\"a\",\"width\":1,\"height\":1}|SESSION_START|fps is missing",
                "{\"type\":\"session_start\",\"session_id\":\"a\",\"fps\":0,\"width\":1,\"height\":1}"
                        + "|SESSION_START|fps is 0, allowed are 0.1 to 1000.0",
                "{\"type\":\"session_start\",\"session_id\":\"\",\"fps\":1,\"width\":1,\"height\":1}"
                        + "|SESSION_START|session_id has 0 characters, allowed are 1 to 128",
                "{\"type\":\"session_start\",\"session_id\":\"a\",\"fps\":1,\"width\":1.5,\"height\":1}"
                        + "|SESSION_START|width is 1.5, expected a whole number from 1 to 2147483647",
                "{\"type\":\"frame\",\"session_id\":\"a\",\"timestamp\":1}|FRAME|frame_number is missing",
                "{\"type\":\"frame\",\"session_id\":\"a\",\"timestamp\":1,\"frame_number\":\"3\"}"
                        + "|FRAME|frame_number is a JSON string, expected a number",
                "{\"type\":\"frame\",\"session_id\":\"a\",\"timestamp\":1,\"frame_number\":-1}"
                        + "|FRAME|frame_number is -1, expected a whole number from 0 to 8640000",
                "{\"type\":\"frame\",\"session_id\":\"a\",\"timestamp\":1,\"frame_number\":3,\"encoding\":\"gif\"}"
                        + "|FRAME|Unknown encoding: gif",
                "{\"type\":\"session_end\",\"session_id\":\"a\"}|SESSION_END|total_frames is missing",
                "{\"type\":\"signal\",\"session_id\":\"a\",\"size\":3}|SIGNAL|filename is missing"
            })
    void saysWhatIsWrongWithAMessage(String message, Request.Type type, String sentence) {
        assertEquals(new Request.Malformed(type, sentence), Request.read(message));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "nothing", "{\"type\":\"foo\"}", "{}", "{\"type\":7}", "{\"type\":\"ping\"} x"})
    void knowsWhatIsNoMessage(String message) {
        assertInstanceOf(Request.Unknown.class, Request.read(message));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "3", "\"ping\"", "null"})
    void knowsWhatIsNoObject(String message) {
        assertInstanceOf(Request.NotAnObject.class, Request.read(message));
    }

    @Test
    void knowsWhatOnlyTheServerSays() {
        assertEquals(new Request.NotTaken("frame_ack"), Request.read("{\"type\":\"frame_ack\"}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e999999999", "1e-999999999", "123456789012345678901234567890"})
    void isNotHeldUpByAnUnusualNumber(String number) {
        Request request = Request.read(FRAME.replace(":7", ":" + number) + "}");
        assertTrue(request instanceof Request.Malformed || request.equals(new Request.Frame(0, Encoding.JPEG)));
    }
}
