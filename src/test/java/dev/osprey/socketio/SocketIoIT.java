package dev.osprey.socketio;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.RawPolling;
import dev.osprey.RawSocketIo;
import dev.osprey.RawWebSocket;
import dev.osprey.RealServer;
import dev.osprey.StreamClient;
import jakarta.json.JsonObject;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Both transports as the protocol has them, and clients that are broken, rude or slow. A good one is served after each. */
class SocketIoIT extends RealServer {

    private static final int MAX_MESSAGE_BYTES = 10_485_760;
    private static final int MAX_SESSIONS_PER_ADDRESS = 1_000;
    private static final String ELSEWHERE = "https://elsewhere.example";
    private static final String SEPARATOR = "\u001E";

    /** The greeting but for the id. */
    private static final String JOINED = "40\\{\"sid\":\"[^\"]+\"}";

    /** What the capabilities that speak Socket.IO greet with; each of their clients ignores the other's. */
    private static final String STATUS = "42[\"status\",{\"message\":\"ready\"}]";

    private static final String CONNECTED =
            "42[\"connected\",{\"status\":\"Connected to Osprey\",\"mode\":\"full_ai\"}]";
    private static final String INVALID_NAMESPACE = "44/other,{\"message\":\"Invalid namespace\"}";
    private static final String OTHER_VERSION =
            "\"The client is using an unsupported version of the Socket.IO or Engine.IO protocols\"";

    /** What is no packet of Engine.IO at all. */
    private static final List<String> NO_PACKETS = List.of("", "x", "7", "9");

    /** Packets of Engine.IO with what is none of Socket.IO. */
    private static final List<String> MALFORMED = List.of(
            "4",
            "4x",
            "47",
            "4/",
            "42",
            "42{",
            "42[",
            "42[]",
            "42[null]",
            "42{\"a\":1}",
            "42nonsense",
            "4299999999999[\"frame\"]",
            "42" + "[".repeat(5_000),
            "42" + "[".repeat(100_000),
            "42[\"frame\"," + "{\"image\":".repeat(100_000));

    /** What is understood and answered by nothing. */
    private static final List<String> IGNORED = List.of(
            "3",
            "5",
            "6",
            "0",
            "43",
            "430[]",
            "44",
            "42[5]",
            "42[\"nobody knows this\",1,null,true,{\"a\":[[]]}]",
            "421[\"nobody knows this\"]",
            "42[\"connect\"]",
            "42[\"error\"]",
            "42/other,[\"frame\",{}]");

    private int loggedBefore;

    @BeforeEach
    void lookBefore() throws Exception {
        await("Nobody is left of the test before", () -> connections("socketio") == 0);
        loggedBefore = logged().size();
    }

    @AfterEach
    void lookAfter() throws Exception {
        await("Nobody who has left is counted", () -> connections("socketio") == 0);
        try (RawSocketIo good = joined()) {
            assertIsServed(good);
        }
        assertEquals(List.of(), warnings(loggedBefore, "dev.osprey.", "org.jboss.weld."));
    }

    private static RawSocketIo joined() throws IOException {
        return RawSocketIo.joined(webSocket(RawSocketIo.PATH));
    }

    private static RawPolling joinedByPolling() throws IOException, InterruptedException {
        return RawPolling.joined(http(RawPolling.PATH));
    }

    private static String frame(String acknowledgement) throws IOException {
        return RawSocketIo.event("frame", acknowledgement, RawSocketIo.image(picture()));
    }

    private static byte[] picture() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(64, 48, BufferedImage.TYPE_INT_RGB), "jpg", bytes);
        return bytes.toByteArray();
    }

    private static void assertIsServed(RawSocketIo client) throws IOException {
        client.send(frame("7"));
        client.nextEvent("prediction");
        assertEquals("437[]", client.next());
    }

    /** What a browser sends to open a WebSocket, and the whole answer of a server that refuses, or its first line. */
    private static String handshake(String path, String... headers) throws IOException {
        try (Socket socket = open("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
                + "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                + "Sec-WebSocket-Version: 13\r\n" + String.join("\r\n", headers)
                + (headers.length > 0 ? "\r\n" : "") + "\r\n")) {
            String line = new String(socket.getInputStream().readNBytes("HTTP/1.1 400 ".length()), UTF_8);
            return line.contains(" 101 ")
                    ? line
                    : line + new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }

    /** A request by hand, after which no other comes, and everything that is answered until the server hangs up. */
    private static String exchange(String request) throws IOException {
        try (Socket socket = open(request)) {
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }

    private static Socket open(String request) throws IOException {
        URI server = http("/");
        Socket socket = new Socket(server.getHost(), server.getPort());
        socket.setSoTimeout(60_000);
        socket.getOutputStream().write(request.getBytes(UTF_8));
        return socket;
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    @Test
    void opensASessionByPolling() throws Exception {
        HttpResponse<String> answer = get(RawPolling.PATH);
        assertEquals(200, answer.statusCode());
        assertTrue(answer.body().startsWith("0{"), answer.body());
        JsonObject open = StreamClient.json(answer.body().substring(1));
        assertEquals("[\"websocket\"]", open.getJsonArray("upgrades").toString());
        assertEquals(25_000, open.getInt("pingInterval"));
        assertEquals(60_000, open.getInt("pingTimeout"));
        assertEquals(1, connections("socketio"));
        send("POST", RawPolling.PATH + "&sid=" + open.getString("sid"), "1");
    }

    @Test
    void opensASessionByWebSocket() throws Exception {
        try (RawSocketIo client = RawSocketIo.connect(webSocket(RawSocketIo.PATH))) {
            String first = client.next();
            assertTrue(first.startsWith("0{"), first);
            JsonObject open = StreamClient.json(first.substring(1));
            assertFalse(open.getString("sid").isEmpty());
            assertEquals("[]", open.getJsonArray("upgrades").toString());
            assertEquals(25_000, open.getInt("pingInterval"));
            assertEquals(60_000, open.getInt("pingTimeout"));
        }
    }

    @Test
    void greetsAClientOnceWhenItHasJoined() throws Exception {
        try (RawSocketIo client = RawSocketIo.connect(webSocket(RawSocketIo.PATH))) {
            client.next();
            client.send("40{\"token\":\"nobody asks for one\"}");
            String joined = client.next();
            assertTrue(joined.matches(JOINED), joined);
            assertEquals(STATUS, client.next());
            assertEquals(CONNECTED, client.next());
            client.assertQuiet();
        }
        try (RawPolling client = new RawPolling(http(RawPolling.PATH))) {
            client.send("40");
            String joined = client.next();
            assertTrue(joined.matches(JOINED), joined);
            assertEquals(STATUS, client.next());
            assertEquals(CONNECTED, client.next());
            client.send("40/other,");
            assertEquals(INVALID_NAMESPACE, client.next());
        }
    }

    @Test
    void putsAsManyPacketsIntoAPollAsThereAre() throws Exception {
        try (RawPolling client = new RawPolling(http(RawPolling.PATH))) {
            client.send("40", "40/other,", "40/other,");
            String body = client.poll().get(1, TimeUnit.MINUTES).body();
            List<String> packets = List.of(body.split(SEPARATOR, -1));
            assertEquals(5, packets.size(), body);
            assertTrue(packets.get(0).matches(JOINED), body);
            assertEquals(List.of(STATUS, CONNECTED, INVALID_NAMESPACE, INVALID_NAMESPACE), packets.subList(1, 5));
        }
    }

    @Test
    void releasesAPollWhenThereIsSomethingToSay() throws Exception {
        try (RawPolling client = joinedByPolling()) {
            CompletableFuture<HttpResponse<String>> waiting = client.poll();
            client.send("40/other,");
            assertEquals(INVALID_NAMESPACE, waiting.get(1, TimeUnit.MINUTES).body());
        }
    }

    @Test
    void changesToAWebSocketWhileEventsGoOn() throws Exception {
        RawPolling polling = joinedByPolling();
        polling.send(frame("1"), frame("2"));
        for (String acknowledgement : List.of("431[]", "432[]")) {
            polling.nextEvent("prediction");
            assertEquals(acknowledgement, polling.next());
        }
        CompletableFuture<HttpResponse<String>> waiting = polling.poll();
        try (RawSocketIo client = RawSocketIo.connect(webSocket(RawSocketIo.PATH + "&sid=" + polling.sid()))) {
            client.send("2probe");
            assertEquals("3probe", client.next());
            assertEquals("6", waiting.get(1, TimeUnit.MINUTES).body());
            polling.send(frame("3"));
            client.send("5");
            client.nextEvent("prediction");
            assertEquals("433[]", client.next());
            assertIsServed(client);
            assertEquals(400, polling.poll().get(1, TimeUnit.MINUTES).statusCode());
            assertIsServed(client);
            assertEquals(1, connections("socketio"));
        }
    }

    @Test
    void goesOnPollingWhereTheOtherTransportFails() throws Exception {
        try (RawPolling polling = joinedByPolling()) {
            for (String packet : List.of("2probe", "2", "40", "x", "")) {
                try (RawSocketIo failed = RawSocketIo.connect(webSocket(RawSocketIo.PATH + "&sid=" + polling.sid()))) {
                    failed.send(packet);
                    failed.vanish();
                }
            }
            polling.send(frame("1"));
            String packet = polling.next();
            while (packet.equals("6")) {
                packet = polling.next();
            }
            RawSocketIo.argument("prediction", packet);
            assertEquals("431[]", polling.next());
        }
    }

    @Test
    void refusesWhatItCannotServeInTheProtocolsWords() throws Exception {
        for (String[] refused : new String[][] {
            {"?EIO=3&transport=polling", OTHER_VERSION},
            {"?transport=polling", OTHER_VERSION},
            {"?EIO=4&transport=polling&sid=nobody", "\"Invalid session nobody\""},
            {"?EIO=4&transport=carrier-pigeon", "\"Invalid transport\""},
            {"?EIO=4&transport=websocket", "\"Invalid transport\""},
            {"?EIO=4", "\"Invalid transport\""},
            {"", "\"Invalid transport\""},
            {"?EIO=4&transport=polling&j=0", "\"Invalid transport\""}
        }) {
            HttpResponse<String> answer = get("/socket.io/" + refused[0]);
            assertEquals(400, answer.statusCode(), refused[0]);
            assertEquals(refused[1], answer.body(), refused[0]);
            assertTrue(header(answer, "Content-Type").startsWith("application/json"), refused[0]);
        }
        for (String[] refused : new String[][] {
            {"?EIO=3&transport=websocket", OTHER_VERSION},
            {"?EIO=4&transport=websocket&sid=nobody", "\"Invalid session nobody\""},
            {"?EIO=4&transport=carrier-pigeon", "\"Invalid transport\""},
            {"?EIO=4&transport=polling", "\"Invalid transport\""}
        }) {
            String answer = handshake("/socket.io/" + refused[0]);
            assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
            assertTrue(answer.endsWith("\r\n\r\n" + refused[1]), answer);
        }
    }

    @Test
    void refusesAnotherNamespaceAndServesOn() throws Exception {
        try (RawSocketIo client = joined()) {
            for (String packet : List.of("40/other", "40/other,", "40/other,{\"token\":1}")) {
                client.send(packet);
                assertEquals(INVALID_NAMESPACE, client.next(), packet);
            }
            assertIsServed(client);
        }
    }

    @Test
    void letsPagesOfOtherOriginsIn() throws Exception {
        HttpResponse<String> opening = get(RawPolling.PATH, "Origin", ELSEWHERE);
        String session = RawPolling.PATH + "&sid="
                + StreamClient.json(opening.body().substring(1)).getString("sid");
        for (HttpResponse<String> answer : List.of(
                opening,
                send("POST", session, "40", "Origin", ELSEWHERE, "Content-Type", "text/plain;charset=UTF-8"),
                get(session, "Origin", ELSEWHERE, "Cookie", "a=b"),
                get(RawPolling.PATH + "&sid=nobody", "Origin", ELSEWHERE),
                send(
                        "OPTIONS",
                        session,
                        "",
                        "Origin",
                        ELSEWHERE,
                        "Access-Control-Request-Method",
                        "POST",
                        "Access-Control-Request-Headers",
                        "content-type"),
                send("POST", session, "1", "Origin", ELSEWHERE))) {
            assertEquals(ELSEWHERE, header(answer, "Access-Control-Allow-Origin"), answer::toString);
            assertEquals("true", header(answer, "Access-Control-Allow-Credentials"), answer::toString);
            assertTrue(answer.headers().allValues("Vary").contains("Origin"), answer::toString);
        }
        String upgraded = handshake(RawSocketIo.PATH, "Origin: " + ELSEWHERE);
        assertTrue(upgraded.startsWith("HTTP/1.1 101 "), upgraded);
    }

    @Test
    void letsPagesOfOtherOriginsReadWhatItIs() throws Exception {
        for (String path : List.of("/healthz", "/labels")) {
            HttpResponse<String> plain = get(path, "Origin", ELSEWHERE);
            assertEquals("*", header(plain, "Access-Control-Allow-Origin"));
            assertEquals("true", header(plain, "Access-Control-Allow-Credentials"));
            HttpResponse<String> withCookie = get(path, "Origin", ELSEWHERE, "Cookie", "a=b");
            assertEquals(ELSEWHERE, header(withCookie, "Access-Control-Allow-Origin"));
            assertEquals("true", header(withCookie, "Access-Control-Allow-Credentials"));
            assertTrue(withCookie.headers().allValues("Vary").contains("Origin"));
            assertEquals("*", header(get(path), "Access-Control-Allow-Origin"));
        }
    }

    @Test
    void takesNoLargerMessageThanItSays() throws Exception {
        String tooLarge = "42[\"frame\",{\"image\":\"" + "A".repeat(MAX_MESSAGE_BYTES) + "\"}]";
        try (RawSocketIo other = joined();
                RawPolling polling = joinedByPolling()) {
            HttpResponse<String> answer = polling.post(tooLarge);
            assertEquals(400, answer.statusCode());
            assertTrue(answer.body().contains("the limit is " + MAX_MESSAGE_BYTES), answer.body());
            assertIsServed(other);
            try (RawSocketIo client = joined()) {
                client.send(tooLarge);
                assertEquals(1009, client.closeCode());
            }
            try (RawSocketIo client = joined()) {
                client.send("451-[\"frame\",{\"image\":{\"_placeholder\":true,\"num\":0}}]");
                client.send(new byte[MAX_MESSAGE_BYTES + 1]);
                assertEquals(1009, client.closeCode());
            }
            assertIsServed(other);
            String largest = tooLarge.substring(0, MAX_MESSAGE_BYTES - 4) + "\"}]";
            polling.send(largest);
            polling.send("40/other,");
            assertEquals(INVALID_NAMESPACE, polling.next());
            other.send(largest);
            other.assertQuiet();
        }
    }

    @Test
    void takesAttachmentsThatWereAnnouncedAndNoOthers() throws Exception {
        byte[] picture = picture();
        String event = "451-7[\"frame\",{\"image\":{\"_placeholder\":true,\"num\":0}}]";
        try (RawSocketIo client = joined()) {
            client.send(event);
            client.send(picture);
            client.nextEvent("prediction");
            assertEquals("437[]", client.next());
        }
        for (String announcement : List.of(
                "45",
                "45-[\"frame\",{}]",
                "450-[\"frame\",{}]",
                "45-1-[\"frame\",{}]",
                "4517-[\"frame\",{}]",
                "4599999-[\"frame\",{}]",
                "4599999999999999-[\"frame\",{}]",
                "460-[]")) {
            try (RawSocketIo client = joined()) {
                client.send(announcement);
                assertEquals(1008, client.closeCode(), announcement);
            }
            try (RawPolling client = joinedByPolling()) {
                assertEquals(400, client.post(announcement).statusCode(), announcement);
            }
        }
        try (RawSocketIo client = joined()) {
            client.send(picture);
            assertEquals(1008, client.closeCode());
        }
        try (RawSocketIo client = joined()) {
            client.send(event);
            client.send(event);
            assertEquals(1008, client.closeCode());
        }
        try (RawPolling client = joinedByPolling()) {
            assertEquals(400, client.post("bAAAA").statusCode());
        }
        for (String number : List.of("1", "-1", "\"x\"", "null", "[]")) {
            try (RawSocketIo client = joined()) {
                client.send("451-[\"frame\",{\"image\":{\"_placeholder\":true,\"num\":" + number + "}}]");
                client.send(picture);
                assertIsServedOrClosed(client, number);
            }
        }
    }

    private static void assertIsServedOrClosed(RawSocketIo client, String after) throws IOException {
        client.send("40/other,");
        if (!client.nextOrClosed().map(INVALID_NAMESPACE::equals).orElse(true)) {
            throw new AssertionError("It says something after " + after);
        }
    }

    @Test
    void endsAWebSocketThatCarriesNoPackets() throws Exception {
        List<String> malformed = new ArrayList<>(NO_PACKETS);
        malformed.addAll(MALFORMED);
        for (String packet : malformed) {
            try (RawSocketIo client = joined()) {
                client.send(packet);
                int code = client.closeCode();
                assertTrue(code == 1000 || code == 1008, () -> code + " after " + start(packet));
            }
        }
    }

    @Test
    void answersEveryPostThatCarriesNoPackets() throws Exception {
        for (String packet : NO_PACKETS) {
            try (RawPolling client = joinedByPolling()) {
                assertEquals(400, client.post(packet).statusCode(), start(packet));
                assertEquals(
                        400,
                        client.post(String.join(SEPARATOR, "3", packet, "3")).statusCode(),
                        start(packet));
            }
        }
        for (String packet : MALFORMED) {
            try (RawPolling client = joinedByPolling()) {
                CompletableFuture<HttpResponse<String>> waiting = client.poll();
                int status = client.post(packet).statusCode();
                assertTrue(status == 200 || status == 400, () -> status + " after " + start(packet));
                // Where the poll comes second there is a 6 in front.
                String end = waiting.get(1, TimeUnit.MINUTES).body();
                assertTrue(end.equals("1") || end.equals("6" + SEPARATOR + "1"), () -> end + " after " + start(packet));
            }
        }
    }

    private static String start(String packet) {
        return packet.substring(0, Math.min(40, packet.length()));
    }

    @Test
    void ignoresWhatItDoesNotKnow() throws Exception {
        try (RawSocketIo client = joined();
                RawPolling polling = joinedByPolling()) {
            for (String packet : IGNORED) {
                client.send(packet);
                client.assertQuiet();
                polling.send(packet, "40/other,");
                assertEquals(INVALID_NAMESPACE, polling.next(), packet);
            }
            assertIsServed(client);
        }
    }

    @Test
    void endsAClientThatJoinsTwice() throws Exception {
        try (RawSocketIo client = joined()) {
            client.send("40");
            assertEquals(1008, client.closeCode());
        }
        try (RawPolling client = joinedByPolling()) {
            assertEquals(400, client.post("40").statusCode());
            assertEquals(
                    "6" + SEPARATOR + "1",
                    client.poll().get(1, TimeUnit.MINUTES).body());
        }
    }

    @Test
    void forgetsAClientThatSaysGoodbye() throws Exception {
        try (RawSocketIo client = joined()) {
            assertIsServed(client);
            assertEquals(1, connections("signs"));
            client.send("41");
            await("It has left", () -> connections("signs") == 0);
            assertEquals(1000, client.closeCode());
        }
    }

    @Test
    void takesABodyThatComesInPieces() throws Exception {
        try (RawPolling client = joinedByPolling()) {
            byte[] packets = (frame("1") + SEPARATOR + frame("2")).getBytes(UTF_8);
            HttpResponse<String> answer = chunked(client, packets);
            assertEquals("OK", answer.body());
            for (String acknowledgement : List.of("431[]", "432[]")) {
                client.nextEvent("prediction");
                assertEquals(acknowledgement, client.next());
            }
            assertEquals(400, chunked(client, new byte[MAX_MESSAGE_BYTES + 1]).statusCode());
        }
    }

    private static HttpResponse<String> chunked(RawPolling client, byte[] body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(client.address())
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)))
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    }

    @Test
    void believesNoContentLength() throws Exception {
        try (RawPolling client = joinedByPolling()) {
            String post = "POST " + RawPolling.PATH + "&sid=" + client.sid()
                    + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: ";
            exchange(post + "1000\r\n\r\n40/other,");
            exchange(post + "2147483647\r\n\r\n40/other,");
            exchange(post + "99999999999999999999\r\n\r\n40/other,");
            exchange(post + "-1\r\n\r\n40/other,");
            exchange(post + "0\r\n\r\n40/other,");
            String tooShort = exchange(post + "9\r\n\r\n40/other,42[\"x\"]");
            assertTrue(tooShort.startsWith("HTTP/1.1 200 "), tooShort);
            assertEquals(INVALID_NAMESPACE, client.next());
        }
    }

    @Test
    void takesAPostOfWhateverType() throws Exception {
        try (RawPolling client = joinedByPolling()) {
            for (String type : List.of(
                    "application/x-www-form-urlencoded",
                    "application/octet-stream",
                    "multipart/form-data; boundary=x")) {
                assertEquals(
                        "OK",
                        send("POST", RawPolling.PATH + "&sid=" + client.sid(), "40/other,", "Content-Type", type)
                                .body());
                assertEquals(INVALID_NAMESPACE, client.next(), type);
            }
        }
    }

    @Test
    void saysWhatItCannotReadInAQuery() throws Exception {
        for (String query : List.of("&EIO=4", "&=", "&%zz", "&a=%", "&a=1&a=2", "&sid=", "&sid=%00")) {
            String answer = exchange(
                    "GET " + RawPolling.PATH + query + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
            assertTrue(answer.startsWith("HTTP/1.1 400 "), query + ": " + answer);
        }
    }

    @Test
    void servesNoOtherMethods() throws Exception {
        try (RawPolling client = joinedByPolling()) {
            for (String method : List.of("HEAD", "PUT", "DELETE", "PATCH", "OPTIONS")) {
                HttpResponse<String> answer = send(method, RawPolling.PATH + "&sid=" + client.sid(), "");
                assertEquals(405, answer.statusCode(), method);
                assertEquals("GET, POST", header(answer, "Allow"));
            }
            assertEquals(400, send("POST", RawPolling.PATH, "40").statusCode());
            client.send("40/other,");
            assertEquals(INVALID_NAMESPACE, client.next());
        }
    }

    @Test
    void endsAClientThatPollsTwiceAtOnce() throws Exception {
        RawPolling client = joinedByPolling();
        CompletableFuture<HttpResponse<String>> first = client.poll();
        CompletableFuture<HttpResponse<String>> second = client.poll();
        List<HttpResponse<String>> answers = List.of(first.get(1, TimeUnit.MINUTES), second.get(1, TimeUnit.MINUTES));
        assertTrue(
                answers.stream()
                                .anyMatch(answer -> answer.statusCode() == 200
                                        && answer.body().equals("1"))
                        && answers.stream().anyMatch(answer -> answer.statusCode() == 400),
                answers::toString);
        assertEquals(400, client.post("3").statusCode());
    }

    @Test
    void endsAClientThatAsksAndNeverReads() throws Exception {
        byte[] frame = RawWebSocket.text(frame("1"));
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (RawWebSocket client = new RawWebSocket(webSocket(RawSocketIo.PATH + "&features=topk,receipt"), 4_096)) {
            RawSocketIo.joined(client);
            Future<?> end = thread.submit(() -> {
                while (true) {
                    client.send(frame);
                }
            });
            ExecutionException gone = assertThrows(ExecutionException.class, () -> end.get(2, TimeUnit.MINUTES));
            assertInstanceOf(IOException.class, gone.getCause());
        }
        thread.shutdown();
    }

    @Test
    void endsAClientThatAsksAndNeverPolls() throws Exception {
        RawPolling client = joinedByPolling();
        String some = String.join(SEPARATOR, Collections.nCopies(50, frame("1")));
        for (int i = 0; i < 10; i++) {
            client.post(some);
        }
        int packets = 0;
        while (!client.next().equals("1")) {
            packets++;
        }
        int waiting = packets;
        assertTrue(waiting < 300, () -> waiting + " packets waited");
        assertEquals(400, client.poll().get(1, TimeUnit.MINUTES).statusCode());
    }

    @Test
    void takesNoMorePacketsInOneRequestThanItSays() throws Exception {
        for (String packet : List.of("", "3", "40/other,")) {
            try (RawPolling client = joinedByPolling()) {
                HttpResponse<String> answer =
                        client.post(String.join(SEPARATOR, Collections.nCopies(1_000_000, packet)));
                assertEquals(400, answer.statusCode());
                assertEquals("\"the request has more than 1000 packets\"", answer.body());
            }
        }
    }

    @Test
    void opensAsManySessionsAsItMayAndNoMore() throws Exception {
        List<RawPolling> sessions = new ArrayList<>();
        try {
            for (int i = 0; i < MAX_SESSIONS_PER_ADDRESS; i++) {
                sessions.add(new RawPolling(http(RawPolling.PATH)));
            }
            HttpResponse<String> refused = get(RawPolling.PATH);
            assertEquals(503, refused.statusCode());
            assertEquals("\"1000 sessions from this address are open, the limit is 1000\"", refused.body());
            String refusedUpgrade = handshake(RawSocketIo.PATH);
            assertTrue(refusedUpgrade.startsWith("HTTP/1.1 503 "), refusedUpgrade);
        } finally {
            for (RawPolling session : sessions) {
                session.close();
            }
        }
    }
}
