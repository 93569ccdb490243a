package dev.osprey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** What answers right after the start. */
class StartIT extends RealServer {

    @Test
    void showsBrowsersThePageAndClientsADescription() throws Exception {
        assertTrue(get("/", "Accept", "text/html,*/*;q=0.8").body().startsWith("<!doctype html>"));
        assertTrue(get("/", "Accept", "*/*").body().contains("\"websocket_endpoint\":\"/ws\""));
        assertEquals(200, get("/health/live").statusCode());
    }
}
