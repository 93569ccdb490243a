package dev.osprey.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.config.OspreyConfig;
import dev.osprey.config.TestConfig;
import dev.osprey.metrics.CountingMeters;
import dev.osprey.stream.Connections.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Who is let in. */
class ConnectionsTest {

    private final CountingMeters meters = new CountingMeters();
    private volatile OspreyConfig.Stream limits =
            TestConfig.with("stream.max-connections", "5", "stream.max-connections-per-address", "3").stream();
    private long nanos;
    private final Connections connections = new Connections(() -> limits, meters, () -> nanos);

    @Test
    void admitsUpToTheLimitOfAnAddress() {
        Connection first = admitted("a");
        admitted("a");
        admitted("a");
        assertEquals("3 connections from this address are open, the limit is 3", refused("a"));
        admitted("b");
        assertEquals(4, connections.count());
        first.end();
        admitted("a");
        assertEquals(Map.of("refused max-connections-per-address", 1), meters.counts());
    }

    @Test
    void goesByTheLimitsAsTheyAre() {
        Connection first = admitted("a");
        admitted("a");
        limits = TestConfig.with("stream.max-connections", "4", "stream.max-connections-per-address", "1").stream();
        assertEquals("2 connections from this address are open, the limit is 1", refused("a"));
        assertFalse(first.hasEnded());
        admitted("b");
        admitted("c");
        assertEquals("4 connections are open, the limit is 4", refused("d"));
        limits = TestConfig.with().stream();
        admitted("a");
    }

    @Test
    void letsNobodyInAndTakesNothingMoreOnceItIsRetired() {
        Connection first = admitted("a");
        assertTrue(first.tryAccept(10));
        connections.retire();
        assertEquals("the server is stopping", refused("b"));
        assertFalse(first.tryAccept(10));
        assertFalse(first.hasEnded());
    }

    @Test
    void admitsUpToTheLimitOfAll() {
        admitted("a");
        admitted("a");
        admitted("b");
        admitted("c");
        Connection last = admitted("d");
        assertEquals("5 connections are open, the limit is 5", refused("e"));
        last.close(CloseCode.GOING_AWAY, "test");
        admitted("e");
        assertEquals(Map.of("refused max-connections", 1), meters.counts());
    }

    @Test
    void countsAPlaceFreeOnceHoweverOftenAConnectionEnds() {
        Connection first = admitted("a");
        admitted("a");
        assertTrue(first.end());
        assertFalse(first.end());
        first.close(CloseCode.GOING_AWAY, "test");
        assertEquals(1, connections.count());
        admitted("a");
        admitted("a");
        refused("a");
    }

    @Test
    void countsAPlaceFreeOnceThoughManyEndAConnection() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (int round = 0; round < 200; round++) {
                Connection connection = admitted("a");
                CountDownLatch together = new CountDownLatch(4);
                List<Future<Boolean>> ends = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    ends.add(threads.submit(() -> {
                        together.countDown();
                        assertTrue(together.await(10, TimeUnit.SECONDS));
                        return connection.end();
                    }));
                }
                int firsts = 0;
                for (Future<Boolean> end : ends) {
                    firsts += end.get(10, TimeUnit.SECONDS) ? 1 : 0;
                }
                assertEquals(1, firsts);
                assertEquals(0, connections.count());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void tellsEverybodyThatTheServerGoesAway() {
        FakePeer a = FakePeer.at("a");
        FakePeer b = FakePeer.at("b");
        connections.enter(a);
        connections.enter(b);
        connections.close();
        assertEquals(List.of("1001 the server is stopping"), a.closed());
        assertEquals(List.of("1001 the server is stopping"), b.closed());
        assertEquals(0, connections.count());
    }

    private Connection admitted(String address) {
        if (connections.enter(FakePeer.at(address)) instanceof Entry.Admitted admitted) {
            return admitted.connection();
        }
        throw new AssertionError("refused");
    }

    private String refused(String address) {
        if (connections.enter(FakePeer.at(address)) instanceof Entry.Refused refused) {
            return refused.reason();
        }
        throw new AssertionError("admitted");
    }
}
