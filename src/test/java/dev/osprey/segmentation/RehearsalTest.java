package dev.osprey.segmentation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RehearsalTest {

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1",
        "0.0.0.0, 127.0.0.1",
        "osprey.example, osprey.example",
        "::, [::1]",
        "::1, [::1]",
        "2001:db8::7, [2001:db8::7]"
    })
    void reachesTheListenerFromThisMachine(String listener, String host) {
        assertEquals(host, Rehearsal.host(listener));
        assertEquals(host, URI.create("ws://" + host + ":8080/ws").getHost());
    }
}
