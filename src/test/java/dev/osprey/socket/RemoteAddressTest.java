package dev.osprey.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.access.Caller;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.HandshakeResponse;
import jakarta.websocket.server.HandshakeRequest;
import jakarta.websocket.server.ServerEndpointConfig;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The address's way from the request to the session. */
class RemoteAddressTest {

    private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private final HttpServletRequest request =
            fake(HttpServletRequest.class, (proxy, method, arguments) -> answer(method.getName(), arguments));

    @Test
    void tellsAHandshakeWhereItsClientIs() throws Exception {
        headers.put("Upgrade", "WebSocket");
        headers.put("Origin", "https://a.example");
        HttpServletRequest passed = passed();
        assertNotSame(request, passed);
        assertEquals("192.0.2.1", passed.getHeader("x-osprey-remote-address"));
        assertEquals(List.of("192.0.2.1"), Collections.list(passed.getHeaders("X-Osprey-Remote-Address")));
        assertEquals(
                List.of("Origin", "Upgrade", "X-Osprey-Remote-Address"), Collections.list(passed.getHeaderNames()));
        assertEquals("https://a.example", passed.getHeader("Origin"));
        assertEquals(List.of("https://a.example"), Collections.list(passed.getHeaders("origin")));
    }

    @Test
    void doesNotBelieveWhatTheClientSaysItself() throws Exception {
        headers.put("Upgrade", "websocket");
        headers.put("x-osprey-remote-address", "203.0.113.9");
        HttpServletRequest passed = passed();
        assertEquals("192.0.2.1", passed.getHeader("x-osprey-remote-address"));
        assertEquals(List.of("192.0.2.1"), Collections.list(passed.getHeaders("x-osprey-remote-address")));
        assertEquals(2, Collections.list(passed.getHeaderNames()).size());
    }

    @Test
    void leavesOtherRequestsAlone() throws Exception {
        assertSame(request, passed());
    }

    @Test
    void isNotedByTheHandshake() {
        ServerEndpointConfig config = ServerEndpointConfig.Builder.create(Object.class, "/ws")
                .configurator(new Handshake())
                .build();
        HandshakeRequest handshake = fake(
                HandshakeRequest.class,
                (proxy, method, arguments) ->
                        Map.of("upgrade", List.of("websocket"), "x-osprey-remote-address", List.of("192.0.2.1")));
        HandshakeResponse response = fake(HandshakeResponse.class, (proxy, method, arguments) -> Map.of());
        new Handshake().modifyHandshake(config, handshake, response);
        assertEquals(
                Map.of(RemoteAddress.PROPERTY, "192.0.2.1", WebSocketPeer.CALLER, Caller.NOBODY),
                config.getUserProperties(),
                "nobody has said who that is");
    }

    private @Nullable Object answer(String method, Object[] arguments) {
        return switch (method) {
            case "getHeader" -> headers.get((String) arguments[0]);
            case "getHeaders" -> {
                String value = headers.get((String) arguments[0]);
                yield Collections.enumeration(value == null ? List.of() : List.of(value));
            }
            case "getHeaderNames" -> Collections.enumeration(headers.keySet());
            case "getRemoteAddr" -> "192.0.2.1";
            default -> throw new UnsupportedOperationException(method);
        };
    }

    private HttpServletRequest passed() throws Exception {
        List<ServletRequest> passed = new ArrayList<>();
        new RemoteAddress(Caretaker::new)
                .doFilter(
                        request,
                        fake(HttpServletResponse.class, (proxy, method, arguments) -> null),
                        (next, response) -> passed.add(next));
        assertEquals(1, passed.size());
        assertTrue(passed.get(0) instanceof HttpServletRequest);
        return (HttpServletRequest) passed.get(0);
    }

    private static <T> T fake(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
