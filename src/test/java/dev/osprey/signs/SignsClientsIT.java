package dev.osprey.signs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.Node;
import dev.osprey.Python;
import dev.osprey.RawPolling;
import dev.osprey.RawSocketIo;
import dev.osprey.RealServer;
import dev.osprey.StartedServer;
import dev.osprey.StreamClient;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients that are in use, as their users write them, against a server that operators start: one alone, and twenty of which half
 * are killed. It pings more often than by default, or those who polled would be missed late.
 */
class SignsClientsIT {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static final String PICTURE = "src/main/webapp/samples/grace-hopper.jpg";
    private static final String ELSEWHERE = "https://elsewhere.example";
    private static final int FRAMES = 40;
    private static final int HALF = 10;

    /** More than are sent before the end. */
    private static final int ENDLESS = 100_000;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path home;

    @SuppressWarnings("NullAway.Init")
    private static StartedServer server;

    /** A program that is some clients at once, see the scripts. */
    private interface Program {
        Process start(int clients, int frames) throws IOException;
    }

    @BeforeAll
    static void start() throws Exception {
        int port = StartedServer.freePort();
        server = new StartedServer(
                home,
                port,
                Map.of(
                        "OSPREY_SOCKETIO_PING_INTERVAL", "PT5S",
                        "OSPREY_SOCKETIO_PING_TIMEOUT", "PT10S",
                        "OSPREY_ACCESS_ALLOWED_ORIGINS", ELSEWHERE + ",http://127.0.0.1:" + port));
    }

    /** Those who polled and were killed are missed only when a ping is not answered, the last of them here. */
    @AfterAll
    static void stop() throws Exception {
        try {
            nobodyIsCounted();
            assertNothingWasWarnedOf();
        } finally {
            server.close();
        }
    }

    private static void nobodyIsCounted() throws Exception {
        RealServer.await("Nobody who has left or is gone is counted", () -> signsClients() == 0 && sessions() == 0);
    }

    @AfterEach
    void lookAfter() throws Exception {
        assertNothingWasWarnedOf();
    }

    private static void assertNothingWasWarnedOf() throws IOException {
        assertEquals(
                List.of(),
                server.log()
                        .lines()
                        .filter(line -> line.matches(".* (WARNING|SEVERE) .*"))
                        .toList());
    }

    private static HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.http(path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    private static int signsClients() throws Exception {
        return StreamClient.json(get("/health").body()).getJsonObject("signs").getInt("active_connections");
    }

    private static double sessions() throws Exception {
        return get("/metrics?scope=application")
                .body()
                .lines()
                .filter(line -> line.startsWith("osprey_connections{capability=\"socketio\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    private static Program python(String... transports) throws Exception {
        Python python = Python.with("socketio, requests, websocket", "src/test/python/requirements.txt");
        return (clients, frames) -> {
            List<String> arguments = new ArrayList<>(List.of(
                    "src/test/python/signs_client.py",
                    server.http("").toString(),
                    PICTURE,
                    "--clients",
                    Integer.toString(clients),
                    "--frames",
                    Integer.toString(frames)));
            if (transports.length > 0) {
                arguments.add("--transports");
                arguments.addAll(List.of(transports));
            }
            return python.start(arguments);
        };
    }

    private static Program node(String... transports) {
        Node node = Node.with("socket.io-client");
        return (clients, frames) -> node.start(List.of(
                "src/test/javascript/signs_client.mjs",
                server.http("").toString(),
                PICTURE,
                Json.createObjectBuilder()
                        .add("transports", Json.createArrayBuilder(List.of(transports)))
                        .add("clients", clients)
                        .add("frames", frames)
                        .build()
                        .toString()));
    }

    /** @param transport on which the clients end */
    private static void assertServes(String transport, Program program) throws Exception {
        assertAreServed(transport, program.start(1, FRAMES), 1);
        Process killed = program.start(HALF, ENDLESS);
        Process staying = program.start(HALF, FRAMES);
        try {
            // Line by line: what was read ahead is lost with the reader, and everything else with the process.
            BufferedReader output = killed.inputReader(StandardCharsets.UTF_8);
            String line = output.readLine();
            assertEquals("streaming", line, () -> line + "\n" + output.lines().toList());
        } finally {
            killed.destroyForcibly();
        }
        assertAreServed(transport, staying, HALF);
    }

    /** Every frame has got one prediction and one acknowledgement, and nothing else has come but the greeting. */
    private static void assertAreServed(String transport, Process process, int clients) throws Exception {
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(1, TimeUnit.MINUTES));
            assertEquals(0, process.exitValue(), output);
            List<JsonObject> results = output.lines()
                    .filter(line -> line.startsWith("{"))
                    .map(StreamClient::json)
                    .toList();
            assertEquals(clients, results.size(), output);
            for (JsonObject result : results) {
                assertEquals(transport, result.getString("transport"), output);
                assertEquals(FRAMES, result.getInt("acknowledged"), output);
                JsonObject events = result.getJsonObject("events");
                assertEquals(FRAMES, events.getInt("prediction"), output);
                assertEquals(1, events.getInt("status"), output);
                assertEquals(1, events.getInt("connected"), output);
                assertEquals(3, events.size(), output);
                assertFalse(result.getJsonObject("last").getString("label").isEmpty(), output);
            }
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void servesPythonByPolling() throws Exception {
        assertServes("polling", python("polling"));
    }

    @Test
    void servesPythonOverAWebSocket() throws Exception {
        assertServes("websocket", python("websocket"));
    }

    @Test
    void servesPythonAsItComes() throws Exception { // [6]
        assertServes("websocket", python());
    }

    @Test
    void servesNodeByPolling() throws Exception {
        assertServes("polling", node("polling"));
    }

    @Test
    void servesNodeOverAWebSocket() throws Exception {
        assertServes("websocket", node("websocket"));
    }

    @Test
    void servesNodeThatTriesAWebSocketFirst() throws Exception { // [7]
        assertServes("websocket", node("websocket", "polling"));
    }

    @Test
    void servesNodeThatPollsFirst() throws Exception {
        assertServes("websocket", node("polling", "websocket"));
    }

    @Test
    void servesTheWebcamClient() throws Exception { // [33]
        Python python = Python.with("socketio, requests, websocket", "src/test/python/requirements.txt");
        Python.Run run = python.run(
                List.of("src/test/python/signs_webcam.py", server.http("").toString(), PICTURE, "--seconds", "10"));
        assertEquals(0, run.status(), run::output);
    }

    @Test
    void closesClientsThatNeverJoinOrNeverAnswerAPing() throws Exception {
        nobodyIsCounted();
        RawPolling silent = RawPolling.joined(server.http(RawPolling.PATH));
        silent.send(RawSocketIo.event("frame", RawSocketIo.image(new byte[] {1})));
        try (RawSocketIo neverJoining = RawSocketIo.connect(server.webSocket(RawSocketIo.PATH))) {
            assertTrue(neverJoining.next().startsWith("0{"));
            // The library greets a client before it tells of it.
            RealServer.await("Both are counted", () -> sessions() == 2);
            assertEquals(1000, neverJoining.closeCode());
        }
        RealServer.await("The silent client is given up", () -> sessions() == 0);
        assertEquals(400, silent.post("3").statusCode());
    }

    @Test
    void letsNoPagesInButThoseItNames() throws Exception {
        HttpResponse<String> refused = get(RawPolling.PATH, "Origin", "https://nobody.example");
        assertEquals(403, refused.statusCode());
        assertEquals("\"Not an accepted origin\"", refused.body());
        assertTrue(refused.headers().firstValue("Access-Control-Allow-Origin").isEmpty());
        assertTrue(get("/labels", "Origin", "https://nobody.example")
                .headers()
                .firstValue("Access-Control-Allow-Origin")
                .isEmpty());
        assertEquals(
                ELSEWHERE,
                get("/labels", "Origin", ELSEWHERE)
                        .headers()
                        .firstValue("Access-Control-Allow-Origin")
                        .orElse(""));
        assertEquals(403, upgrade("https://nobody.example"));
        assertEquals(101, upgrade(ELSEWHERE));
    }

    /** The status that a page gets which opens a WebSocket. */
    private static int upgrade(String origin) throws Exception {
        URI address = server.webSocket(RawSocketIo.PATH);
        try (Socket socket = new Socket(address.getHost(), address.getPort())) {
            socket.getOutputStream()
                    .write(("GET " + RawSocketIo.PATH + " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
                                    + "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                    + "Sec-WebSocket-Version: 13\r\nOrigin: " + origin + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            byte[] start = socket.getInputStream().readNBytes("HTTP/1.1 101".length());
            return Integer.parseInt(new String(start, StandardCharsets.US_ASCII).substring("HTTP/1.1 ".length()));
        }
    }

    @Test
    void logsNothingOfMessagesThatAreNone() throws Exception {
        try (RawSocketIo client = RawSocketIo.joined(server.webSocket(RawSocketIo.PATH))) {
            client.send("42[\"frame\",{\"image\":");
            assertEquals(1000, client.closeCode());
        }
    }
}
