package dev.osprey.signs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What reaches a client that reads, and one that does not. */
class AnswersTest {

    private final List<String> sent = new ArrayList<>();
    private boolean congested;
    private final Answers answers = new Answers(() -> congested, prediction -> sent.add("p" + prediction.frame()));

    private void add(int frame) {
        answers.add(new Prediction(null, frame, 1, 0, 0), () -> sent.add("a" + frame));
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
    void sendsWhatIsAddedWhileItSends() {
        List<String> order = new ArrayList<>();
        Answers[] self = new Answers[1];
        self[0] = new Answers(() -> false, prediction -> {
            order.add("p" + prediction.frame());
            if (prediction.frame() == 1) {
                self[0].add(new Prediction(null, 2, 1, 0, 0), () -> {});
            }
        });
        self[0].add(new Prediction(null, 1, 1, 0, 0), () -> order.add("a1"));
        assertEquals(List.of("p1", "a1", "p2"), order);
    }
}
