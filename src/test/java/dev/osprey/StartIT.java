package dev.osprey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What answers right after the start. */
class StartIT extends RealServer {

    @Test
    void showsBrowsersThePageAndClientsADescription() throws Exception {
        assertTrue(get("/", "Accept", "text/html,*/*;q=0.8").body().startsWith("<!doctype html>"));
        assertTrue(get("/", "Accept", "*/*").body().contains("\"websocket_endpoint\":\"/ws\""));
        assertEquals(200, get("/health/live").statusCode());
    }

    @Test
    void isReadyWhenEveryModelIsWarmAndEveryModeHasAnswered() throws Exception {
        List<String> log = logged();
        List<String> start = log.subList(0, indexOf(log, "Osprey is ready at"));
        String metrics = get("/metrics?scope=application").body();
        for (String mode : List.of("fast", "balanced", "accurate", "sota")) {
            assertTrue(indexOf(start, "Serving " + mode + " ") > 0, mode);
            assertTrue(
                    metrics.contains(
                            "osprey_inference_microseconds_count{mode=\"%s\",model=\"%s\"".formatted(mode, mode)),
                    metrics);
        }
    }

    private static int indexOf(List<String> log, String words) {
        for (int i = 0; i < log.size(); i++) {
            if (log.get(i).contains(words)) {
                return i;
            }
        }
        throw new AssertionError("The log does not say: " + words);
    }
}
