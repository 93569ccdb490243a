package dev.osprey.fingerspelling;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.osprey.hands.Hand;
import dev.osprey.stream.Reply;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The messages as they are on the wire. */
class MessagesTest {

    private static String text(Reply reply) {
        return reply instanceof Reply.Text text ? text.text() : reply.toString();
    }

    @Test
    void saysAResultUnderAllNames() { // [21]
        assertEquals(
                "{\"maxarg_letter\":\"B\",\"target_arg_prob\":0.8567,\"detected_word_letter\":\"B\","
                        + "\"target_lettr_prob\":0.8567,\"target_word_prob\":0.0}",
                text(Messages.result(Result.ofLetter("B", 0.85666, null))));
    }

    @Test
    void saysAWord() {
        assertEquals(
                "{\"maxarg_letter\":\"B\",\"target_arg_prob\":0.8,\"detected_word_letter\":\"AB\","
                        + "\"target_lettr_prob\":0.8,\"target_word_prob\":0.8,\"maxarg_word\":\"AB\"}",
                text(Messages.result(Result.ofWord("B", 0.8, "AB"))));
    }

    @Test
    void saysAnErrorInOneField() {
        assertEquals("{\"error\":\"a \\\"text\\\"\"}", text(Messages.error("a \"text\"")));
    }

    @ParameterizedTest // [15]
    @CsvSource({
        "0.12345, 0.1235",
        "0.00015, 0.0001",
        "0.85665, 0.8567",
        "0.00005, 0.0001",
        "0.00003, 0.0",
        "0, 0.0",
        "1, 1.0",
        "0.99999, 1.0",
        "0.5, 0.5",
        "0.03125, 0.0312",
        "0.09375, 0.0938"
    })
    void roundsTheExactBinaryValueAndTiesToEven(double value, String text) {
        assertEquals(text, Messages.rounded(value, 4).toString());
    }

    @Test
    void saysWhereTheHandsAre() {
        float[] landmarks = new float[63];
        landmarks[0] = 0.123456F;
        landmarks[1] = -0.25F;
        landmarks[62] = 1.5F;
        Hand hand = new Hand(landmarks, Hand.Side.LEFT, 0.98764F);
        String text = text(Messages.hands(new Seen(List.of(hand), new BigDecimal("17"), 12, 32, 0, 5, "letters")));
        assertEquals(
                "{\"hands\":[{\"side\":\"left\",\"presence\":0.9876,\"landmarks\":[[0.12346,-0.25,0.0],"
                        + "[0.0,0.0,0.0],".repeat(19)
                        + "[0.0,0.0,1.5]]}],\"timestamp\":17,\"clip_frames\":12,\"clip_length\":32,"
                        + "\"distributions\":0,\"distributions_needed\":5,\"model\":\"letters\"}",
                text);
    }

    @Test
    void saysThatThereAreNoHands() {
        assertEquals(
                "{\"hands\":[],\"clip_frames\":0,\"clip_length\":1,\"distributions\":0,"
                        + "\"distributions_needed\":5,\"model\":\"letter\"}",
                text(Messages.hands(new Seen(List.of(), null, 0, 1, 0, 5, "letter"))));
    }
}
