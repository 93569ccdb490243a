package dev.osprey.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class MessagesTest {

    private static ServerMessage read(String json) {
        return ServerMessage.read(json.replace('\'', '"'));
    }

    @Test
    void clientsSpeakAsTheProtocolSays() {
        ClientMessages messages = new ClientMessages("phrase \"01\"");
        assertEquals(
                "{\"type\":\"session_start\",\"session_id\":\"phrase \\\"01\\\"\",\"fps\":29.97,\"width\":640,"
                        + "\"height\":480,\"video_format\":\"bgr24\"}",
                messages.sessionStart(29.97, 640, 480, false));
        assertTrue(messages.sessionStart(30, 640, 480, true).endsWith("\"resume\":true}"));
        EncodedFrame frame = new EncodedFrame(3, new byte[7]);
        assertEquals(
                "{\"type\":\"frame\",\"session_id\":\"phrase \\\"01\\\"\",\"frame_number\":3,\"timestamp\":0.1,"
                        + "\"encoding\":\"jpeg\",\"quality\":85,\"size\":7}",
                messages.frame(frame, 0.1, Encoding.JPEG, 85));
        assertFalse(messages.frame(frame, 0.1, Encoding.RAW, 85).contains("quality"));
        assertEquals(
                "{\"type\":\"session_end\",\"session_id\":\"phrase \\\"01\\\"\",\"total_frames\":4}",
                messages.sessionEnd(4));
        assertEquals(
                "{\"type\":\"signal\",\"session_id\":\"phrase \\\"01\\\"\",\"filename\":\"a.txt\",\"size\":9}",
                messages.signal("a.txt", 9));
    }

    @Test
    void whatAServerLeavesOutIsEmpty() {
        ServerMessage bare = read("{'type':'session_started','session_id':'s'}");
        assertEquals(OptionalLong.empty(), bare.nextFrame());
        assertFalse(bare.signalReceived());
        assertEquals(List.of(), bare.issues());
        assertEquals("", bare.remark());
        assertEquals(0, bare.progress());
        assertTrue(bare.result().isEmpty());
        assertEquals(
                OptionalLong.of(312),
                read("{'type':'session_started','next_frame':312}").nextFrame());
        assertTrue(read("{'type':'session_started','signal_received':true}").signalReceived());
    }

    @Test
    void anErrorThatDoesNotSayIsTheEnd() {
        assertFalse(read("{'type':'error','error_code':'INTERNAL_ERROR'}").isRecoverable());
        assertEquals(
                "INTERNAL_ERROR",
                read("{'type':'error','error_code':'INTERNAL_ERROR'}").sentence());
        assertTrue(read("{'type':'error','recoverable':true}").isRecoverable());
    }

    @Test
    void issuesAreToldAsTheyAre() {
        assertEquals(
                List.of("Missing frames: [3, 7]", "12"),
                read("{'type':'session_ended','validation':{'issues':['Missing frames: [3, 7]',12]}}")
                        .issues());
        assertEquals(
                List.of(),
                read("{'type':'session_ended','validation':{'issues':null}}").issues());
    }

    @Test
    void whatIsNoMessageEndsTheSession() {
        for (String wrong : List.of("", "[]", "{}", "{'type':7}", "<html>")) {
            assertThrows(ClientFailure.class, () -> read(wrong), wrong);
        }
    }
}
