package dev.osprey.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.config.OspreyConfig;
import dev.osprey.config.TestConfig;
import dev.osprey.metrics.CountingMeters;
import dev.osprey.stream.Connections.Entry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a client owes while it is connected; time is told by hand. */
class ConnectionTest {

    /** A clock that has almost run over. */
    private long nanos = Long.MAX_VALUE - Duration.ofSeconds(5).toNanos();

    private final CountingMeters meters = new CountingMeters();
    private volatile OspreyConfig.Stream limits = TestConfig.with(
            "stream.send-timeout", "PT10S",
            "stream.ping-interval", "PT20S",
            "stream.pong-timeout", "PT15S",
            "stream.max-malformed-messages", "2",
            "stream.max-message-bytes", "2048")
            .stream();
    private final Connections connections = new Connections(() -> limits, meters, () -> nanos);
    private final FakePeer peer = FakePeer.thatReadsWhenTold();
    private final Connection connection = admitted();

    @Test
    void pingsAfterEachInterval() {
        pass(20_000);
        assertEquals(0, peer.pings());
        pass(1);
        assertEquals(1, peer.pings());
        connection.pongReceived();
        pass(20_000);
        assertEquals(1, peer.pings());
        pass(1);
        assertEquals(2, peer.pings());
    }

    @Test
    void pingsOnceWhileAPongIsAwaited() {
        pass(20_001);
        pass(10_000);
        pass(5_000);
        assertEquals(1, peer.pings());
        assertEquals(List.of(), peer.closed());
    }

    @Test
    void endsAClientThatDoesNotAnswerAPing() {
        pass(20_001);
        pass(15_001);
        assertEquals(List.of("1013 no pong for 15000 ms"), peer.closed());
        assertTrue(connection.hasEnded());
        assertEquals(0, connections.count());
        assertEquals(Map.of("refused pong-timeout", 1), meters.counts());
        pass(60_000);
        assertEquals(1, peer.closed().size());
    }

    @Test
    void takesALatePongForASignOfLife() {
        pass(20_001);
        pass(15_000);
        connection.pongReceived();
        pass(1);
        assertFalse(connection.hasEnded());
        assertEquals(1, peer.pings());
    }

    @Test
    void endsAClientThatDoesNotRead() {
        connection.outbox().tryReserve().orElseThrow().fill(() -> new Reply.Text("first"));
        pass(10_000);
        assertFalse(connection.hasEnded());
        pass(1);
        assertEquals(List.of("1013 no message was read for 10000 ms"), peer.closed());
        assertEquals(Map.of("refused send-timeout", 1), meters.counts());
        assertEquals(0, connections.count());
    }

    @Test
    void givesEachMessageItsOwnTime() {
        for (int i = 0; i < 10; i++) {
            connection.outbox().tryReserve().orElseThrow().fill(() -> new Reply.Text("next"));
            pass(9_000);
            connection.pongReceived();
            peer.read();
        }
        assertFalse(connection.hasEnded());
    }

    @Test
    void endsWhereAMessageIsLost() {
        connection.outbox().tryReserve().orElseThrow().fill(() -> new Reply.Text("first"));
        peer.lose();
        assertTrue(connection.hasEnded());
        assertEquals(List.of("1011 a message could not be sent"), peer.closed());
        assertEquals(0, connections.count());
    }

    @Test
    void sendsNothingAfterItHasEnded() {
        Outbox.Place place = connection.outbox().tryReserve().orElseThrow();
        connection.end();
        place.fill(() -> new Reply.Text("too late"));
        assertEquals(List.of(), peer.sent());
        assertEquals(List.of(), peer.closed(), "it is not for the server to close what the client has closed");
    }

    @Test
    void closesItsPeerOnce() {
        connection.close(CloseCode.INTERNAL_ERROR, "first");
        connection.close(CloseCode.POLICY_VIOLATED, "second");
        assertEquals(List.of("1011 first"), peer.closed());
    }

    @Test
    void forgivesAsManyMalformedMessagesAsConfigured() {
        assertTrue(connection.tryForgive());
        assertTrue(connection.tryForgive());
        assertFalse(connection.tryForgive());
    }

    @Test
    void goesByTheLimitsAsTheyAreOnceItIsOpen() {
        connection.outbox().tryReserve().orElseThrow().fill(() -> new Reply.Text("in flight"));
        assertTrue(connection.tryForgive());
        limits = TestConfig.with(
                "stream.send-timeout", "PT3S",
                "stream.max-malformed-messages", "1",
                "stream.max-unanswered", "2")
                .stream();
        assertFalse(connection.tryForgive());
        assertTrue(connection.outbox().tryReserve().isPresent());
        assertTrue(connection.outbox().tryReserve().isPresent());
        assertTrue(connection.outbox().tryReserve().isEmpty());
        pass(3_000);
        assertFalse(connection.hasEnded());
        pass(1);
        assertEquals(List.of("1013 no message was read for 3000 ms"), peer.closed());
    }

    @Test
    void isDismissedWhenItHasBeenSentWhatItIsOwed() {
        Outbox.Place owed = connection.outbox().tryReserve().orElseThrow();
        connections.retire();
        connections.dismiss();
        assertFalse(connection.hasEnded());
        owed.fill(() -> new Reply.Text("owed"));
        assertEquals(List.of("owed"), peer.sent());
        assertFalse(connection.hasEnded());
        peer.read();
        assertEquals(List.of("1001 the server is stopping"), peer.closed());
        assertEquals(0, connections.count());
    }

    @Test
    void endsAClientWhoseMessageIsTooLarge() {
        assertTrue(connection.tryAccept(2_048));
        assertFalse(connection.hasEnded());
        assertFalse(connection.tryAccept(2_049));
        assertEquals(List.of("1009 the message has 2049 bytes, the limit is 2048"), peer.closed());
        assertEquals(Map.of("refused max-message-bytes", 1), meters.counts());
        assertEquals(0, connections.count());
    }

    @Test
    void isCutWhenItHasHadTimeToReadItsLastMessages() {
        List<String> cut = new ArrayList<>();
        connections.leave(() -> cut.add("first"));
        pass(4_000);
        connections.leave(() -> cut.add("second"));
        pass(6_000);
        assertEquals(List.of(), cut);
        pass(1);
        assertEquals(List.of("first"), cut);
        pass(4_000);
        assertEquals(List.of("first", "second"), cut);
        pass(60_000);
        assertEquals(List.of("first", "second"), cut);
    }

    @Test
    void doesNotKeepOthersFromBeingLookedAfter() {
        List<String> cut = new ArrayList<>();
        connections.leave(() -> {
            throw new IllegalStateException("a connection that cannot be cut");
        });
        connections.leave(() -> cut.add("second"));
        pass(10_001);
        assertEquals(List.of("second"), cut);
        pass(10_000);
        assertEquals(1, peer.pings());
    }

    private void pass(long millis) {
        nanos += Duration.ofMillis(millis).toNanos();
        connections.check();
    }

    private Connection admitted() {
        if (connections.enter(peer) instanceof Entry.Admitted admitted) {
            return admitted.connection();
        }
        throw new AssertionError("refused");
    }
}
