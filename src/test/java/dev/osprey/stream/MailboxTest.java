package dev.osprey.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class MailboxTest {

    private final Mailbox<String> mailbox = new Mailbox<>(2);

    @Test
    void givesTheOldestFirst() {
        mailbox.offer("first");
        mailbox.offer("second");
        assertEquals(Optional.of("first"), mailbox.oldest());
        assertEquals(Optional.of("first"), mailbox.take());
        assertEquals(Optional.of("second"), mailbox.take());
        assertEquals(Optional.empty(), mailbox.take());
        assertEquals(Optional.empty(), mailbox.oldest());
    }

    @Test
    void givesUpTheOldestForTheFrameThatFindsItFull() {
        assertEquals(Optional.empty(), mailbox.offer("first"));
        assertEquals(Optional.empty(), mailbox.offer("second"));
        assertEquals(Optional.of("first"), mailbox.offer("third"));
        assertEquals(Optional.of("second"), mailbox.offer("fourth"));
        assertEquals(Optional.of("third"), mailbox.take());
        assertEquals(Optional.of("fourth"), mailbox.take());
    }

    @Test
    void holdsTheNewestWhereItHoldsOne() {
        Mailbox<String> single = new Mailbox<>(1);
        single.offer("first");
        assertEquals(Optional.of("first"), single.offer("second"));
        assertEquals(Optional.of("second"), single.take());
    }

    @Test
    void isEmptyUntilAFrameComesAndAfterItWasCleared() {
        assertTrue(mailbox.isEmpty());
        mailbox.offer("first");
        assertFalse(mailbox.isEmpty());
        mailbox.clear();
        assertTrue(mailbox.isEmpty());
    }
}
