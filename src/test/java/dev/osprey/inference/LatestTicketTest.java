package dev.osprey.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which ticket is cancelled. */
class LatestTicketTest {

    private final LatestTicket latest = new LatestTicket();
    private final List<String> cancelled = new ArrayList<>();

    private Ticket ticket(String name) {
        return () -> cancelled.add(name);
    }

    @Test
    void cancelsTheLastOneOnly() {
        latest.submit(() -> ticket("first"));
        latest.submit(() -> ticket("second"));
        latest.cancel();
        assertEquals(List.of("second"), cancelled);
    }

    @Test
    void cancelsWhatIsSubmittedLater() {
        latest.cancel();
        latest.submit(() -> ticket("late"));
        assertEquals(List.of("late"), cancelled);
    }

    @Test
    void knowsTheLastOneThoughItsTicketCameFirst() {
        latest.submit(() -> {
            // The task is done, and the next one submitted, before the first ticket is there.
            latest.submit(() -> ticket("second"));
            return ticket("first");
        });
        latest.cancel();
        assertEquals(List.of("second"), cancelled);
    }

    @Test
    void cancelsATaskThatIsBeingSubmitted() {
        latest.submit(() -> {
            latest.cancel();
            return ticket("only");
        });
        assertEquals(List.of("only"), cancelled);
    }
}
