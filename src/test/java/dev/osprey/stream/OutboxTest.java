package dev.osprey.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.stream.Outbox.Place;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class OutboxTest {

    private final FakePeer peer = FakePeer.thatReadsWhenTold();
    private long nanos;
    private int broken;
    private final Outbox outbox = new Outbox(peer, () -> nanos, () -> 4, () -> broken++);

    @Test
    void sendsInTheOrderOfPlacesHoweverTheyAreFilled() {
        FakePeer quick = FakePeer.thatReadsAtOnce();
        Outbox toQuick = new Outbox(quick, () -> nanos, () -> 4, () -> broken++);
        Place first = place(toQuick);
        Place second = place(toQuick);
        Place third = place(toQuick);
        third.fill(text("third"));
        assertEquals(List.of(), quick.sent());
        first.fill(text("first"));
        assertEquals(List.of("first"), quick.sent());
        second.fill(text("second"));
        assertEquals(List.of("first", "second", "third"), quick.sent());
    }

    @Test
    void hasOneMessageInFlight() {
        place(outbox).fill(text("first"));
        place(outbox).fill(text("second"));
        assertEquals(List.of("first"), peer.sent());
        assertEquals(1, peer.inFlight());
        peer.read();
        assertEquals(List.of("first", "second"), peer.sent());
        peer.read();
        assertEquals(0, peer.inFlight());
    }

    @Test
    void sendsSeveralMessagesOfOnePlaceOneAfterTheOther() {
        Place first = place(outbox);
        Place second = place(outbox);
        second.fill(text("third"));
        first.fill(List.of(text("first"), text("second")));
        peer.read();
        assertEquals(List.of("first", "second"), peer.sent());
        peer.read();
        assertEquals(List.of("first", "second", "third"), peer.sent());
    }

    @Test
    void countsWhatHasNotLeftAndTellsWhenNothingIsLeft() {
        List<String> told = new ArrayList<>();
        outbox.whenEmpty(() -> told.add("at once"));
        assertEquals(List.of("at once"), told);
        place(outbox).fill(text("first"));
        place(outbox).fill(text("second"));
        assertEquals(2, outbox.waiting());
        outbox.whenEmpty(() -> told.add("later"));
        peer.read();
        assertEquals(1, outbox.waiting());
        assertEquals(List.of("at once"), told);
        peer.read();
        assertEquals(0, outbox.waiting());
        assertEquals(List.of("at once", "later"), told);
        place(outbox).fill(text("third"));
        peer.read();
        assertEquals(List.of("at once", "later"), told);
    }

    @Test
    void sendsBinaryMessages() {
        ByteBuffer bytes = ByteBuffer.wrap(new byte[] {1, 2});
        place(outbox).fill(() -> new Reply.Binary(bytes));
        assertEquals(List.of(bytes), peer.sent());
    }

    @Test
    void countsOnlyTheFirstAnswer() {
        Place place = place(outbox);
        place.fill(text("first"));
        place.fill(text("again"));
        peer.read();
        place.fill(text("and again"));
        assertEquals(List.of("first"), peer.sent());
    }

    @Test
    void makesAReplyOnlyWhenItsTurnHasCome() {
        List<String> made = new ArrayList<>();
        place(outbox).fill(text("first"));
        place(outbox).fill(() -> {
            made.add("second");
            return new Reply.Text("second");
        });
        assertEquals(List.of(), made);
        peer.read();
        assertEquals(List.of("second"), made);
    }

    @Test
    void doesNotRecurseWhereThePeerReadsAtOnce() {
        int replies = 10_000;
        FakePeer quick = FakePeer.thatReadsAtOnce();
        Outbox toQuick = new Outbox(quick, () -> nanos, () -> replies, () -> broken++);
        List<Place> places = new ArrayList<>();
        for (int i = 0; i < replies; i++) {
            places.add(place(toQuick));
        }
        for (int i = replies - 1; i >= 0; i--) {
            places.get(i).fill(text(Integer.toString(i)));
        }
        assertEquals(replies, quick.sent().size());
        for (int i = 0; i < replies; i++) {
            assertEquals(Integer.toString(i), quick.sent().get(i));
        }
    }

    @Test
    void reservesNoMorePlacesThanItHas() {
        List<Place> places = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            places.add(place(outbox));
        }
        assertTrue(outbox.tryReserve().isEmpty());
        places.get(1).fill(text("second"));
        assertTrue(outbox.tryReserve().isEmpty());
        places.get(0).fill(text("first"));
        assertTrue(outbox.tryReserve().isPresent(), "the first is on its way");
        assertTrue(outbox.tryReserve().isEmpty());
    }

    @Test
    void isCongestedWhileAReplyWaitsBehindTheOneInFlight() {
        Place first = place(outbox);
        Place second = place(outbox);
        assertFalse(outbox.isCongested());
        first.fill(text("first"));
        assertFalse(outbox.isCongested());
        second.fill(text("second"));
        assertTrue(outbox.isCongested());
        peer.read();
        assertFalse(outbox.isCongested());
        peer.read();
        assertFalse(outbox.isCongested());
    }

    @Test
    void isCongestedBetweenTheMessagesOfOnePlace() {
        place(outbox).fill(List.of(text("first"), text("second")));
        assertTrue(outbox.isCongested());
        peer.read();
        assertFalse(outbox.isCongested());
    }

    @Test
    void tellsWheneverAMessageHasLeft() {
        List<Integer> sentWhenTold = new ArrayList<>();
        outbox.whenRoomIsMade(() -> sentWhenTold.add(peer.sent().size()));
        place(outbox).fill(List.of(text("first"), text("second")));
        place(outbox).fill(text("third"));
        assertEquals(List.of(), sentWhenTold);
        peer.read();
        peer.read();
        peer.read();
        assertEquals(List.of(2, 3, 3), sentWhenTold);
    }

    @Test
    void measuresHowLongAMessageIsInFlight() {
        nanos = 100;
        assertEquals(0, outbox.inFlightNanos());
        place(outbox).fill(text("first"));
        nanos = 175;
        assertEquals(75, outbox.inFlightNanos());
        place(outbox).fill(text("second"));
        peer.read();
        nanos = 180;
        assertEquals(5, outbox.inFlightNanos());
        peer.read();
        assertEquals(0, outbox.inFlightNanos());
    }

    @Test
    void sendsNothingAfterAMessageWasLost() {
        Place first = place(outbox);
        Place second = place(outbox);
        Place third = place(outbox);
        second.fill(text("second"));
        first.fill(text("first"));
        peer.lose();
        third.fill(text("third"));
        assertEquals(List.of("first"), peer.sent());
        assertEquals(1, broken);
        assertEquals(0, outbox.inFlightNanos());
    }

    @Test
    void sendsNothingAfterItWasClosed() {
        Place first = place(outbox);
        Place second = place(outbox);
        first.fill(text("first"));
        second.fill(text("second"));
        outbox.close();
        assertEquals(0, outbox.inFlightNanos());
        peer.read();
        place(outbox).fill(text("third"));
        assertEquals(List.of("first"), peer.sent());
        assertEquals(0, broken);
    }

    @Test
    void tellsOnceWhatBecameOfAnAnswer() {
        List<String> told = new ArrayList<>();
        Place first = place(outbox);
        first.fill(List.of(text("first"), text("second")), taken -> told.add("first " + taken));
        first.fill(List.of(text("again")), taken -> told.add("again " + taken));
        place(outbox).fill(List.of(text("third")), taken -> told.add("third " + taken));
        place(outbox).fill(List.of(text("fourth")), taken -> told.add("fourth " + taken));
        Place open = place(outbox);
        assertEquals(List.of("again false"), told);
        peer.read();
        assertEquals(List.of("again false"), told);
        peer.read();
        assertEquals(List.of("again false", "first true"), told);
        outbox.close();
        assertEquals(List.of("again false", "first true", "fourth false"), told);
        peer.read();
        open.fill(List.of(text("late")), taken -> told.add("late " + taken));
        assertEquals(List.of("again false", "first true", "fourth false", "third true", "late false"), told);
    }

    @Test
    void tellsOfWhatWasLost() {
        List<String> told = new ArrayList<>();
        place(outbox).fill(List.of(text("first")), taken -> told.add("first " + taken));
        place(outbox).fill(List.of(text("second")), taken -> told.add("second " + taken));
        peer.lose();
        outbox.close();
        assertEquals(List.of("first false", "second false"), told);
    }

    @Test
    void breaksWhereAReplyCannotBeMade() {
        place(outbox).fill(() -> {
            throw new IllegalStateException("no reply");
        });
        place(outbox).fill(text("second"));
        assertEquals(List.of(), peer.sent());
        assertEquals(1, broken);
        assertEquals(0, outbox.inFlightNanos());
    }

    private static Place place(Outbox outbox) {
        return outbox.tryReserve().orElseThrow();
    }

    private static Supplier<Reply> text(String text) {
        return () -> new Reply.Text(text);
    }
}
