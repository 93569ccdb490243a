package dev.osprey.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LateEndTest {

    private final List<String> asked = new ArrayList<>();
    private final List<Runnable> later = new ArrayList<>();
    private final List<Duration> delays = new ArrayList<>();
    private final LateEnd connection = new LateEnd(container(), () -> asked.add("wire"), (delay, work) -> {
        delays.add(delay);
        later.add(work);
    });

    @Test
    void endsAMomentAfterItWasClosedHoweverOftenThatIs() throws Exception {
        connection.getInputStream();
        assertFalse(connection.isClosed());
        connection.close();
        connection.close();
        assertTrue(connection.isClosed());
        // Who is still at it is not disturbed.
        connection.getOutputStream();
        assertEquals(List.of("getInputStream", "getOutputStream"), asked);
        assertEquals(List.of(LateEnd.LAST_MESSAGE, LateEnd.LAST_THREAD), delays);
        // The container throws where the client is gone; there is nobody any more to be told.
        later.forEach(Runnable::run);
        assertEquals(List.of("getInputStream", "getOutputStream", "wire", "close"), asked);
    }

    private WebConnection container() {
        return (WebConnection) Proxy.newProxyInstance(
                WebConnection.class.getClassLoader(),
                new Class<?>[] {WebConnection.class},
                (proxy, method, arguments) -> {
                    asked.add(method.getName());
                    if (method.getName().equals("close")) {
                        throw new IOException("Broken pipe");
                    }
                    return null;
                });
    }
}
