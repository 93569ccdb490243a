package dev.osprey.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.stream.CloseCode;
import jakarta.websocket.CloseReason;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.SendHandler;
import jakarta.websocket.SendResult;
import jakarta.websocket.Session;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is asked of the container's session, and what is made of its answers. */
class WebSocketPeerTest {

    private final List<String> asked = new ArrayList<>();
    private @Nullable Exception thrown;
    private SendResult result = new SendResult();
    private final WebSocketPeer peer = new WebSocketPeer(session());
    private final List<@Nullable Throwable> outcomes = new ArrayList<>();

    @Test
    void sendsWholeMessagesAndTellsWhenTheyAreRead() {
        peer.send("text", outcomes::add);
        peer.send(ByteBuffer.wrap(new byte[] {1, 2}), outcomes::add);
        assertEquals(List.of("sendText text", "sendBinary java.nio.HeapByteBuffer[pos=0 lim=2 cap=2]"), asked);
        assertEquals(2, outcomes.size());
        assertTrue(outcomes.get(0) == null && outcomes.get(1) == null);
    }

    @Test
    void tellsWhyAMessageWasNotSent() {
        IOException broken = new IOException("broken pipe");
        result = new SendResult(broken);
        peer.send("text", outcomes::add);
        assertEquals(List.of(broken), outcomes);
    }

    @Test
    void takesAContainerThatThrowsForAClientThatIsGone() {
        IllegalStateException ended = new IllegalStateException("the session has ended");
        thrown = ended;
        peer.send("text", outcomes::add);
        peer.ping();
        peer.close(CloseCode.GOING_AWAY, "test");
        assertEquals(List.of(ended), outcomes);
        thrown = new IOException("broken pipe");
        peer.ping();
        peer.close(CloseCode.GOING_AWAY, "test");
    }

    @Test
    void pingsWithoutAPayload() {
        peer.ping();
        assertEquals(List.of("sendPing java.nio.HeapByteBuffer[pos=0 lim=0 cap=0]"), asked);
    }

    @Test
    void closesWithCodeAndReason() {
        for (CloseCode code : CloseCode.values()) {
            peer.close(code, "reason");
        }
        assertEquals(
                List.of(
                        "close 1000 reason",
                        "close 1001 reason",
                        "close 1003 reason",
                        "close 1008 reason",
                        "close 1009 reason",
                        "close 1011 reason",
                        "close 1013 reason"),
                asked);
    }

    @Test
    void cutsAReasonToWhatACloseFrameHolds() {
        peer.close(CloseCode.GOING_AWAY, "x".repeat(123));
        peer.close(CloseCode.GOING_AWAY, "x".repeat(124));
        peer.close(CloseCode.GOING_AWAY, "x" + "é".repeat(70));
        peer.close(CloseCode.GOING_AWAY, "x" + "🦅".repeat(40));
        assertEquals(
                List.of(
                        "close 1001 " + "x".repeat(123),
                        "close 1001 " + "x".repeat(120) + "...",
                        "close 1001 x" + "é".repeat(59) + "...",
                        "close 1001 x" + "🦅".repeat(29) + "..."),
                asked);
    }

    @Test
    void knowsWhereTheClientIs() {
        assertEquals("192.0.2.1", peer.address());
    }

    private Session session() {
        RemoteEndpoint.Async remote = fake(RemoteEndpoint.Async.class, (proxy, method, arguments) -> {
            fail();
            asked.add(method.getName() + " " + arguments[0]);
            if (arguments.length > 1) {
                ((SendHandler) arguments[1]).onResult(result);
            }
            return null;
        });
        return fake(Session.class, (proxy, method, arguments) -> answer(method.getName(), arguments, remote));
    }

    private @Nullable Object answer(String method, Object[] arguments, RemoteEndpoint.Async remote) throws Exception {
        return switch (method) {
            case "getAsyncRemote" -> remote;
            case "getUserProperties" -> Map.of(RemoteAddress.PROPERTY, "192.0.2.1");
            case "close" -> close((CloseReason) arguments[0]);
            default -> throw new UnsupportedOperationException(method);
        };
    }

    private @Nullable Object close(CloseReason reason) throws Exception {
        fail();
        assertTrue(reason.getReasonPhrase().getBytes(StandardCharsets.UTF_8).length <= 123);
        asked.add("close " + reason.getCloseCode().getCode() + " " + reason.getReasonPhrase());
        return null;
    }

    private void fail() throws Exception {
        if (thrown != null) {
            throw thrown;
        }
    }

    private static <T> T fake(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
