package dev.osprey.studio;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.osprey.Python;
import dev.osprey.RealServer;
import dev.osprey.SharesServer;
import dev.osprey.StreamClient;
import jakarta.json.JsonObject;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients with the libraries that people use: the studio's pages, the suites of the first implementation, and a crowd. */
@SharesServer
class StudioClientsIT extends RealServer {

    /** Of the checklist, what a client sees of a server with its models and without limits; the rest is in the other tests. */
    private static final Set<Integer> ITEMS = IntStream.rangeClosed(1, 38)
            .filter(item -> item != 30 && (item < 33 || item > 35))
            .boxed()
            .collect(Collectors.toSet());

    private int loggedBefore;

    @BeforeEach
    void lookBefore() {
        loggedBefore = logged().size();
    }

    @AfterEach
    void lookAfter() throws Exception {
        // One of them polls from an address of its own and goes without a word: it is missed only when a ping is not
        // answered.
        await("Nobody who has left is counted", () -> connections("socketio") <= 1);
        assertEquals(List.of(), ospreysWarnings(loggedBefore));
    }

    /** What a script prints of each of its checks, of which none has failed. */
    private static List<JsonObject> checked(String script) throws Exception {
        Python.Run run = Python.with(
                        "socketio, requests, websocket, numpy, trimesh, PIL", "src/test/python/requirements.txt")
                .run(List.of("src/test/python/" + script, http("").toString()));
        List<JsonObject> checks = run.output()
                .lines()
                .filter(line -> line.startsWith("{"))
                .map(StreamClient::json)
                .toList();
        assertEquals(
                List.of(),
                checks.stream().filter(check -> !check.getBoolean("ok")).toList());
        assertEquals(0, run.status(), run::output);
        return checks;
    }

    @Test
    void servesThePages() throws Exception {
        Set<Integer> seen = new HashSet<>();
        for (JsonObject check : checked("studio_client.py")) {
            seen.add(check.getInt("item", 0));
        }
        seen.remove(0);
        assertEquals(ITEMS, seen);
    }

    /** [35], but for the suites themselves, which are not ours to ship. */
    @Test
    void servesTheSuites() throws Exception {
        assertEquals(33, checked("studio_suites.py").size());
    }

    @Test
    void givesEverybodyInACrowdTheirOwn() throws Exception {
        assertEquals(11, checked("studio_crowd.py").size());
    }
}
