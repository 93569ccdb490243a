package dev.osprey.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class StreamAddressTest {

    private static void isAt(String stream, String server) {
        assertEquals(stream, StreamAddress.of(server).toString());
    }

    @Test
    void isTheServersWithTheStreamsPath() {
        isAt("ws://127.0.0.1:8080/stream", "http://127.0.0.1:8080");
        isAt("ws://127.0.0.1:8080/stream", "127.0.0.1:8080");
        isAt("wss://referee.example/stream", "https://referee.example/");
        isAt("wss://referee.example/osprey/stream", "HTTPS://referee.example/osprey//");
        isAt("ws://[::1]:8080/stream", "ws://[::1]:8080");
        isAt("wss://referee.example/stream", "wss://referee.example/stream");
    }

    @Test
    void refusesWhatIsNoServersAddress() {
        for (String wrong : List.of("", "http://", "ftp://referee.example", "http://a b", "http://host?x=1", "://x")) {
            ClientFailure e = assertThrows(ClientFailure.class, () -> StreamAddress.of(wrong), wrong);
            assertEquals(ExitCode.USAGE, e.exitCode());
        }
    }
}
