package dev.osprey.signs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What reaches a client that reads, and one that does not. */
class AnswersTest {

    private final List<String> sent = new ArrayList<>();
    private boolean congested;
    private int givenUp;
    private final Answers answers =
            new Answers(() -> congested, prediction -> sent.add("p" + prediction.frame()), 1_000, () -> givenUp++);

    private void add(int frame) {
        add(frame, 0);
    }

    private void add(int frame, int bytes) {
        answers.add(new Prediction(null, frame, 1, 0, 0), () -> sent.add("a" + frame), bytes);
    }

    @Test
    void sendsEachPredictionAndThenItsAcknowledgement() {
        add(1);
        add(2);
        assertEquals(List.of("p1", "a1", "p2", "a2"), sent);
    }

    @Test
    void keepsOneForAClientThatDoesNotRead() {
        add(1);
        congested = true;
        add(2);
        add(3);
        add(4);
        answers.send();
        assertEquals(List.of("p1", "a1"), sent);
        congested = false;
        answers.send();
        assertEquals(List.of("p1", "a1", "p4", "a2", "a3", "a4"), sent);
        add(5);
        assertEquals(List.of("p5", "a5"), sent.subList(6, 8));
    }

    @Test
    void asksBeforeEachMessageWhetherTheClientReads() {
        int[] room = {3};
        Answers counting = new Answers(
                () -> room[0]-- <= 0, prediction -> sent.add("p" + prediction.frame()), 1_000, () -> givenUp++);
        room[0] = 0;
        for (int frame = 1; frame <= 4; frame++) {
            int number = frame;
            counting.add(new Prediction(null, frame, 1, 0, 0), () -> sent.add("a" + number), 0);
        }
        room[0] = 3;
        counting.send();
        assertEquals(List.of("p4", "a1", "a2"), sent);
        room[0] = 3;
        counting.send();
        assertEquals(List.of("p4", "a1", "a2", "a3", "a4"), sent);
        assertEquals(0, givenUp);
    }

    @Test
    void givesUpOnAClientForWhomTooMuchWaits() {
        congested = true;
        for (int frame = 1; frame <= 256; frame++) {
            add(frame);
        }
        assertEquals(0, givenUp);
        add(257);
        assertEquals(1, givenUp);
        add(1, 5_000);
        assertEquals(1, givenUp, "one frame is kept, whatever its size");
        add(2, 1);
        assertEquals(2, givenUp);
        congested = false;
        answers.send();
        assertEquals(List.of(), sent);
    }

    @Test
    void sendsWhatIsAddedWhileItSends() {
        List<String> order = new ArrayList<>();
        Answers[] self = new Answers[1];
        self[0] = new Answers(
                () -> false,
                prediction -> {
                    order.add("p" + prediction.frame());
                    if (prediction.frame() == 1) {
                        self[0].add(new Prediction(null, 2, 1, 0, 0), () -> {}, 0);
                    }
                },
                1_000,
                () -> givenUp++);
        self[0].add(new Prediction(null, 1, 1, 0, 0), () -> order.add("a1"), 0);
        assertEquals(List.of("p1", "a1", "p2"), order);
    }
}
