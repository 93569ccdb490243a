package dev.osprey.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.access.Caller;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EventFollowersTest {

    /** Work for other threads, which the test does when it likes. */
    private final Deque<Runnable> tasks = new ArrayDeque<>();

    private long nanos;
    private final EventFollowers followers = new EventFollowers(tasks::add, () -> nanos);

    private static final class Console implements EventFollowers.Wire {

        private final List<String> read = new ArrayList<>();
        private final Caller caller;
        private boolean closed;
        private boolean gone;
        private Runnable whileSending = () -> {};

        Console() {
            this(Caller.ANYBODY);
        }

        Console(Caller caller) {
            this.caller = caller;
        }

        @Override
        public Caller caller() {
            return caller;
        }

        @Override
        public void send(String event, String json) {
            if (gone) {
                throw new IllegalStateException("gone");
            }
            read.add(event + " " + json);
            whileSending.run();
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private void work() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    private Console join() {
        Console console = new Console();
        followers.add(console, Map.of());
        return console;
    }

    @Test
    void tellsEverybodyInOrder() {
        Console one = new Console();
        followers.add(one, Map.of("overview", "0"));
        work();
        Console other = join();
        followers.tell("overview", "1");
        followers.tell("point", "2");
        work();
        assertEquals(List.of("overview 0", "overview 1", "point 2"), one.read);
        assertEquals(List.of("overview 1", "point 2"), other.read);
    }

    @Test
    void endsThoseWhoAreNotWelcome() {
        Console one = join();
        Console other = new Console(Caller.NOBODY);
        followers.add(other, Map.of());
        followers.dismissUnless(Caller.ANYBODY::equals);
        assertFalse(one.closed);
        assertTrue(other.closed);
        followers.tell("overview", "1");
        work();
        assertEquals(List.of("overview 1"), one.read);
        assertEquals(List.of(), other.read);
    }

    @Test
    void keepsOfEveryKindTheNewestOnly() {
        Console console = join();
        followers.tell("overview", "1");
        followers.tell("overview", "2");
        followers.tell("overview", "3");
        assertEquals(1, tasks.size());
        work();
        assertEquals(List.of("overview 3"), console.read);
    }

    @Test
    void sendsWhatComesWhileItSends() {
        Console console = join();
        console.whileSending = () -> {
            console.whileSending = () -> {};
            followers.tell("overview", "2");
        };
        followers.tell("overview", "1");
        work();
        assertEquals(List.of("overview 1", "overview 2"), console.read);
    }

    @Test
    void dropsWhoDoesNotReadAndNobodyElse() {
        Console stuck = join();
        Console reader = join();
        followers.tell("overview", "1");
        // The first one's thread does not get any further.
        Runnable never = tasks.remove();
        work();
        nanos += EventFollowers.PATIENCE.toNanos();
        followers.check();
        assertFalse(stuck.closed || reader.closed);
        nanos++;
        followers.check();
        assertEquals(1, (stuck.closed ? 1 : 0) + (reader.closed ? 1 : 0));
        never.run();
        followers.tell("overview", "2");
        work();
        Console dropped = stuck.closed ? stuck : reader;
        Console left = stuck.closed ? reader : stuck;
        assertEquals(List.of("overview 1", "overview 2"), left.read);
        assertEquals(List.of(), dropped.read);
    }

    @Test
    void forgetsWhoHasGone() {
        Console console = join();
        console.gone = true;
        followers.tell("overview", "1");
        work();
        assertTrue(console.closed);
        assertTrue(followers.isEmpty());
    }

    @Test
    void isForSoManyAndNoMoreUntilOneLeaves() {
        Console first = join();
        for (int i = 1; i < EventFollowers.MOST; i++) {
            join();
        }
        OspreyException refusal = assertThrows(OspreyException.class, this::join);
        assertEquals(ErrorCode.CAPACITY_EXHAUSTED, refusal.code());
        first.gone = true;
        followers.tell("overview", "1");
        work();
        join();
    }

    @Test
    void endsWithTheServer() {
        Console console = join();
        followers.close();
        assertTrue(console.closed);
        OspreyException refusal = assertThrows(OspreyException.class, this::join);
        assertEquals(ErrorCode.SERVER_STOPPING, refusal.code());
    }
}
