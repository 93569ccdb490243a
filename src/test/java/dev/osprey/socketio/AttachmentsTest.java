package dev.osprey.socketio;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Binary attachments come in the number that was announced, and in no other. */
class AttachmentsTest {

    private final Attachments attachments = new Attachments(100);

    @ParameterizedTest
    @ValueSource(strings = {"", "2", "3probe", "40", "42[\"frame\",{}]", "41", "44", "4"})
    void mindsNoOtherPackets(String packet) {
        assertTrue(attachments.tryText(packet));
        assertTrue(attachments.tryText(packet));
        assertFalse(attachments.tryBinary(1));
    }

    @Test
    void takesAsManyAsWereAnnounced() {
        for (int round = 0; round < 3; round++) {
            assertTrue(attachments.tryText("452-[\"frame\"]"));
            assertTrue(attachments.tryBinary(50));
            assertTrue(attachments.tryText("2"), "a ping may come between them");
            assertTrue(attachments.tryBinary(50));
        }
        assertFalse(attachments.tryBinary(0));
    }

    @Test
    void takesNoOtherMessageBetweenThem() {
        assertTrue(attachments.tryText("461-[]"));
        assertFalse(attachments.tryText("42[\"frame\"]"));
    }

    @Test
    void takesNoMoreBytesThanTheLimit() {
        assertTrue(attachments.tryText("453-[]"));
        assertTrue(attachments.tryBinary(60));
        assertFalse(attachments.tryBinary(41));
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
        assertFalse(attachments.tryText(packet));
    }
}
