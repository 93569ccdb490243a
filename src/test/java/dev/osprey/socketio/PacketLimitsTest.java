package dev.osprey.socketio;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Attachments come in the number that was announced, and in no other; events have values that can be counted. */
class PacketLimitsTest {

    private static final Optional<String> NONE = Optional.empty();

    private final PacketLimits limits = new PacketLimits(100);

    @ParameterizedTest
    @ValueSource(strings = {"", "2", "3probe", "42[\"frame\",{}]", "41", "44", "4"})
    void mindsNoUsualPackets(String packet) {
        assertEquals(NONE, limits.objection(packet));
        assertEquals(NONE, limits.objection(packet));
        assertEquals(Optional.of("no attachment was announced"), limits.objection(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"40", "40{\"token\":1}", "40/,", "40/"})
    void letsAClientJoinOnce(String packet) {
        assertEquals(NONE, limits.objection(packet));
        assertEquals(Optional.of("the client has joined already"), limits.objection("40"));
    }

    @Test
    void letsAClientAskForSomeNamespacesOfSomeLength() {
        assertEquals(
                Optional.of("the namespace has 129 characters, the limit is 128"),
                limits.objection("40/" + "n".repeat(128) + ",{}"));
        for (int i = 1; i <= 16; i++) {
            assertEquals(NONE, limits.objection("40/" + i + ",{}"));
        }
        assertEquals(
                Optional.of("the client has asked for 17 namespaces, the limit is 16"), limits.objection("40/17,"));
    }

    @Test
    void takesAsManyAttachmentsAsWereAnnounced() {
        for (int round = 0; round < 3; round++) {
            assertEquals(NONE, limits.objection("452-[\"frame\"]"));
            assertEquals(NONE, limits.objection(50));
            assertEquals(NONE, limits.objection("2"), "a ping may come between them");
            assertEquals(NONE, limits.objection(50));
        }
        assertEquals(Optional.of("no attachment was announced"), limits.objection(0));
    }

    @Test
    void takesNoOtherMessageBetweenThem() {
        assertEquals(NONE, limits.objection("462-[]"));
        assertEquals(NONE, limits.objection(1));
        assertEquals(Optional.of("1 attachments are missing"), limits.objection("42[\"frame\"]"));
    }

    @Test
    void takesNoMoreBytesThanTheLimit() {
        assertEquals(NONE, limits.objection("453-[]"));
        assertEquals(NONE, limits.objection(60));
        assertEquals(Optional.of("the attachments have 101 bytes, the limit is 100"), limits.objection(41));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "450-[]",
                "4517-[]",
                "45999999-[]",
                "4599999999999-[]",
                "45-[]",
                "45",
                "45x-[]",
                "451x-[]",
                "45+1-"
            })
    void refusesOtherNumbersThanOneToSixteen(String packet) {
        assertEquals(Optional.of("the event announces other than 1 to 16 attachments"), limits.objection(packet));
    }

    @Test
    void refusesMoreValuesThanAnEventCanHave() {
        assertEquals(NONE, limits.objection("42[\"frame\"" + ",0".repeat(9_999) + "]"));
        assertEquals(
                Optional.of("the event has 10001 values, the limit is 10000"),
                limits.objection("42[\"frame\"" + ",0".repeat(10_000) + "]"));
        assertEquals(
                Optional.of("the event has 20000 values, the limit is 10000"),
                limits.objection("42" + "[".repeat(20_000)));
    }
}
