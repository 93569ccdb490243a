package dev.osprey.socketio;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What polls are answered by when there is more to say than they take. */
class BacklogTest {

    private final Backlog backlog = new Backlog();

    private static String packets(int first, int last) {
        return IntStream.rangeClosed(first, last)
                .mapToObj(number -> "42[" + number + "]")
                .collect(Collectors.joining(Backlog.SEPARATOR));
    }

    @Test
    void passesOnWhatFits() {
        assertEquals(packets(1, 16), backlog.keepRest(packets(1, 16)));
        assertEquals(Optional.empty(), backlog.next());
    }

    @Test
    void keepsTheRestInItsOrderForTheNextPolls() {
        assertEquals(packets(1, 16), backlog.keepRest(packets(1, 40)));
        assertEquals(24, backlog.size());
        assertEquals(Optional.of(packets(17, 32)), backlog.next());
        assertEquals(Optional.of(packets(33, 40)), backlog.next());
        assertEquals(Optional.empty(), backlog.next());
    }

    @Test
    void sendsWhatWasKeptBeforeWhatIsNew() {
        backlog.keepRest(packets(1, 20));
        assertEquals(packets(17, 32), backlog.keepRest(packets(21, 36)));
        assertEquals(4, backlog.size());
    }

    @Test
    void givesAllToWhoPollsNoMore() {
        backlog.keepRest(packets(1, 18));
        assertEquals(List.of("42[17]", "42[18]"), backlog.takeAll());
        assertEquals(0, backlog.size());
    }
}
