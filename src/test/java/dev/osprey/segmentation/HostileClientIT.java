package dev.osprey.segmentation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.RawWebSocket;
import dev.osprey.RealServer;
import dev.osprey.StreamClient;
import dev.osprey.StreamClient.Arrival;
import dev.osprey.StreamClient.Arrival.Broken;
import dev.osprey.StreamClient.Arrival.Closed;
import dev.osprey.StreamClient.Arrival.Message;
import jakarta.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Clients that are broken, rude or slow. After each of them the server answers a good one, counts nobody who has left,
 * and holds about as much memory as before.
 */
class HostileClientIT extends RealServer {

    private static final int MAX_MESSAGE_BYTES = 16_777_216;
    private static final int MAX_MALFORMED_MESSAGES = 20;

    /** Up to 20 MB are held for each of those that flood at the moment or have left within the last second. */
    private static final long HEAP_TOLERANCE_MIB = 256;

    private static final long RESIDENT_TOLERANCE_MIB = 250;

    /** Before the first of these clients. */
    private static @Nullable Memory memoryAtFirst;

    private int loggedBefore;

    @BeforeEach
    void lookBefore() throws Exception {
        try (StreamClient good = connect()) {
            good.segment(Pictures.portrait());
        }
        await("The good client has left", () -> activeConnections() == 0);
        loggedBefore = logged().size();
        if (memoryAtFirst == null) {
            memoryAtFirst = memory();
        }
    }

    @AfterEach
    void lookAfter() throws Exception {
        await("Nobody who has left is counted", () -> activeConnections() == 0);
        try (StreamClient good = connect()) {
            good.segment(Pictures.portrait());
        }
        assertEquals(List.of(), ospreysWarnings(loggedBefore));
        assertMemoryIsFlat();
    }

    private static void assertMemoryIsFlat() throws Exception {
        Memory first = Objects.requireNonNull(memoryAtFirst);
        Memory now = memory();
        assertTrue(
                now.heapMib() <= first.heapMib() + HEAP_TOLERANCE_MIB
                        && now.residentMib() <= first.residentMib() + RESIDENT_TOLERANCE_MIB,
                () -> "At first: " + first + ", now: " + now);
    }

    private static StreamClient connect() throws Exception {
        return StreamClient.greeted(webSocket("/ws"));
    }

    private static RawWebSocket connectRaw() throws Exception {
        RawWebSocket client = new RawWebSocket(webSocket("/ws"), 0);
        assertEquals("connected", StreamClient.json(client.next().text()).getString("type"));
        return client;
    }

    private static byte[] rawFrame(byte[] image) {
        return RawWebSocket.text(StreamClient.frame(image).build().toString());
    }

    private static void assertGone(RawWebSocket client) {
        assertThrows(EOFException.class, client::next);
    }

    private static void assertClosed(int code, RawWebSocket client) throws IOException {
        RawWebSocket.Frame frame = client.nextData();
        assertEquals(RawWebSocket.CLOSE, frame.opcode());
        assertEquals(code, frame.closeCode());
        assertGone(client);
    }

    @Test
    void sendsWhatIsNoImage() throws Exception {
        byte[] portrait = Pictures.portrait();
        byte[] text = "This is a text that somebody has named picture.jpg".getBytes(UTF_8);
        try (StreamClient client = connect()) {
            for (byte[] image : List.of(
                    text,
                    Arrays.copyOf(portrait, portrait.length / 2),
                    Arrays.copyOf(portrait, 20),
                    new byte[] {1},
                    new byte[1_000_000],
                    Pictures.pngThatClaims(50_000, 50_000),
                    Pictures.pngThatClaims(4_000, 4_000),
                    Pictures.pngThatClaims(-1, 10))) {
                client.sendFrame(image, 1);
                client.nextError("INFERENCE_FAILED");
            }
            client.segment(portrait);
        }
    }

    @Test
    void sendsBase64OfZerosJustBelowTheLimit() throws Exception {
        String zeros = Base64.getEncoder().encodeToString(new byte[11_250_000]);
        try (StreamClient client = connect()) {
            client.send("{\"type\":\"frame\",\"data\":\"" + zeros + "\"}");
            client.nextError("INFERENCE_FAILED");
            client.segment(Pictures.portrait());
        }
    }

    @Test
    void sendsTooMuchInOnePiece() throws Exception {
        for (int opcode : List.of(RawWebSocket.TEXT, RawWebSocket.BINARY)) {
            try (RawWebSocket client = connectRaw()) {
                client.send(RawWebSocket.frame(opcode, new byte[20_000_000]));
                assertClosed(1009, client);
            }
        }
        try (StreamClient client = StreamClient.greeted(webSocket("/ws?features=binary"))) {
            client.send(ByteBuffer.allocate(MAX_MESSAGE_BYTES + 1));
            assertEquals(1009, assertInstanceOf(Closed.class, client.end()).code());
        }
    }

    @Test
    void sendsTooMuchInManyPieces() throws Exception {
        byte[] part = new byte[5_000_000];
        // Often enough for what is kept of each to be noticed.
        for (int i = 0; i < 10; i++) {
            try (RawWebSocket client = connectRaw()) {
                client.send(RawWebSocket.frame(i % 2 == 0 ? RawWebSocket.TEXT : RawWebSocket.BINARY, false, part));
                for (int sent = 1; sent < 4; sent++) {
                    client.send(RawWebSocket.frame(RawWebSocket.CONTINUATION, sent == 3, part));
                }
                assertClosed(1009, client);
            }
        }
    }

    @Test
    void breaksTheRulesOfWebSockets() throws Exception {
        List<byte[]> breaches = List.of(
                RawWebSocket.frame(RawWebSocket.CONTINUATION, "{}".getBytes(UTF_8)),
                RawWebSocket.frame(3, "{}".getBytes(UTF_8)),
                RawWebSocket.frame(RawWebSocket.TEXT | 0x40, "{}".getBytes(UTF_8)),
                RawWebSocket.frame(RawWebSocket.PING, false, "{}".getBytes(UTF_8)),
                RawWebSocket.frame(RawWebSocket.CLOSE, new byte[] {3}));
        for (byte[] breach : breaches) {
            try (RawWebSocket client = connectRaw()) {
                client.send(breach);
                assertClosed(1002, client);
            }
        }
        try (RawWebSocket client = connectRaw()) {
            client.send(RawWebSocket.frame(RawWebSocket.TEXT, new byte[] {'{', (byte) 0xC3, '(', '}'}));
            assertClosed(1007, client);
        }
    }

    @Test
    void announcesMoreBytesThanAnybodyCouldSend() throws Exception {
        for (long length : new long[] {-1, Long.MAX_VALUE, 1L << 32}) {
            RawWebSocket client = connectRaw();
            ByteBuffer frame = ByteBuffer.allocate(14)
                    .put((byte) 0x81)
                    .put((byte) 0xFF)
                    .putLong(length)
                    .putInt(0);
            client.send(frame.array());
            client.send(new byte[1_000]);
            client.vanish();
        }
    }

    @Test
    void sendsAMessageInManyPiecesWithAPingBetween() throws Exception {
        try (StreamClient client = connect()) {
            String data = Base64.getEncoder().encodeToString(Pictures.portrait());
            int half = data.length() / 2;
            client.sendInParts(
                    "{\"type\":\"fra", "me\",\"data\":\"", data.substring(0, half), data.substring(half), "\"}");
            client.next("segmentation");
        }
        try (RawWebSocket client = connectRaw()) {
            client.send(RawWebSocket.frame(RawWebSocket.TEXT, false, "{\"type\":\"get".getBytes(UTF_8)));
            client.send(RawWebSocket.frame(RawWebSocket.PING, "Are you there?".getBytes(UTF_8)));
            assertEquals(RawWebSocket.PONG, client.next().opcode());
            client.send(RawWebSocket.frame(RawWebSocket.CONTINUATION, "_stats\"}".getBytes(UTF_8)));
            assertEquals("stats", StreamClient.json(client.next().text()).getString("type"));
        }
    }

    @Test
    void asksWhetherTheServerIsThere() throws Exception {
        try (RawWebSocket client = connectRaw()) {
            client.send(RawWebSocket.frame(RawWebSocket.PING, "hello".getBytes(UTF_8)));
            RawWebSocket.Frame pong = client.next();
            assertEquals(RawWebSocket.PONG, pong.opcode());
            assertArrayEquals("hello".getBytes(UTF_8), pong.payload());
        }
    }

    @Test
    void neverReads() throws Exception {
        byte[] frame = rawFrame(Pictures.portrait());
        ExecutorService threads = Executors.newFixedThreadPool(5);
        List<Future<?>> clients = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            RawWebSocket client = connectRaw();
            // A connection that is only forgotten, not gone, takes what fits into its buffers and then nothing, for
            // ever.
            clients.add(threads.submit(() -> {
                try (client) {
                    while (true) {
                        client.send(frame);
                    }
                }
            }));
        }
        assertMemoryIsFlat();
        for (Future<?> client : clients) {
            ExecutionException end = assertThrows(ExecutionException.class, () -> client.get(1, TimeUnit.MINUTES));
            assertInstanceOf(IOException.class, end.getCause());
        }
        threads.shutdown();
    }

    @Test
    void asksForStatisticsAndNeverReadsThem() throws Exception {
        byte[] request = RawWebSocket.text("{\"type\":\"get_stats\"}");
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (RawWebSocket client = new RawWebSocket(webSocket("/ws"), 4_096)) {
            Future<?> end = thread.submit(() -> {
                while (true) {
                    client.send(request);
                }
            });
            ExecutionException gone = assertThrows(ExecutionException.class, () -> end.get(1, TimeUnit.MINUTES));
            assertInstanceOf(IOException.class, gone.getCause());
        }
        thread.shutdown();
    }

    @Test
    void readsSlowlyButReads() throws Exception {
        byte[] frame = rawFrame(Pictures.portrait(160, 120, "jpg"));
        byte[] some = new byte[1_024];
        long seen = 0;
        try (RawWebSocket client = new RawWebSocket(webSocket("/ws"), 4_096)) {
            for (int i = 0; i < 40; i++) {
                client.send(frame);
            }
            client.send(RawWebSocket.text("{\"type\":\"get_stats\"}"));
            StringBuilder read = new StringBuilder();
            while (read.indexOf("\"stats\"") < 0) {
                TimeUnit.MILLISECONDS.sleep(2);
                int length = client.readSome(some);
                assertTrue(length > 0, "The server has ended the connection");
                read.append(new String(some, 0, length, UTF_8));
                seen += length;
            }
            assertTrue(seen > 40 * 1_000);
        }
    }

    @Test
    void vanishesInTheMiddle() throws Exception {
        byte[] frame = rawFrame(Pictures.portrait());
        for (int i = 0; i < 20; i++) {
            RawWebSocket midMessage = connectRaw();
            midMessage.send(Arrays.copyOf(frame, frame.length / 2));
            midMessage.vanish();
            RawWebSocket midInference = connectRaw();
            midInference.send(frame);
            midInference.send(frame);
            midInference.vanish();
            RawWebSocket idle = connectRaw();
            idle.vanish();
        }
    }

    /** More often than the container has threads. */
    @Test
    void sendsItsFirstMessageTogetherWithTheHandshake() throws Exception {
        byte[] message = RawWebSocket.text("{\"type\":\"get_stats\"}");
        for (int i = 0; i < 250; i++) {
            try (RawWebSocket client = new RawWebSocket(webSocket("/ws"), 0, message)) {
                assertEquals(
                        "connected", StreamClient.json(client.next().text()).getString("type"));
                assertEquals("stats", StreamClient.json(client.next().text()).getString("type"));
            }
        }
    }

    /** The container would give what it has for one client to the next while somebody is still at it. */
    @Test
    void leavesInTheMiddleOfComingWithoutAnybodyElseNoticing() throws Exception {
        byte[] leave = RawWebSocket.frame(RawWebSocket.CLOSE, new byte[] {3, (byte) 0xE8});
        byte[] message = RawWebSocket.text("{\"type\":\"get_stats\"}");
        AtomicBoolean enough = new AtomicBoolean();
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            List<Future<Integer>> coming = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                coming.add(threads.submit(() -> {
                    int count = 0;
                    for (; !enough.get(); count++) {
                        RawWebSocket client = new RawWebSocket(webSocket("/ws"), 4_096);
                        for (int sent = 0; sent < count % 3 * 20; sent++) {
                            client.send(message);
                        }
                        if (count % 4 > 0) {
                            client.send(leave);
                        }
                        if (count % 2 == 0) {
                            client.vanish();
                        } else {
                            client.close();
                        }
                    }
                    return count;
                }));
            }
            String file = get("/js/theme.js").body();
            for (int i = 0; i < 400; i++) {
                HttpResponse<String> answer = get("/js/theme.js");
                assertEquals(200, answer.statusCode(), answer::body);
                assertEquals(file, answer.body());
            }
            enough.set(true);
            for (Future<Integer> client : coming) {
                assertTrue(client.get() > 0);
            }
        } finally {
            enough.set(true);
            threads.shutdown();
        }
        await("All have left", () -> activeConnections() == 0);
        assertEquals(List.of(), warnings(loggedBefore, "org.glassfish.grizzly", "jakarta.enterprise.web"));
    }

    @Test
    void stopsSendingInTheMiddle() throws Exception {
        byte[] frame = rawFrame(Pictures.portrait());
        for (byte[] last : List.of(frame, Arrays.copyOf(frame, frame.length / 2), new byte[0])) {
            try (RawWebSocket client = connectRaw()) {
                client.send(last);
                client.shutdownOutput();
                RawWebSocket.Frame next = null;
                try {
                    for (int i = 0; i < 3; i++) {
                        next = client.next();
                    }
                    throw new AssertionError("The connection is open, the last frame is " + next);
                } catch (EOFException gone) {
                    // What there is to say after the client's end is up to the server; it has to end.
                }
            }
        }
    }

    @Test
    void comesAndGoesAThousandTimesWithoutFillingTheLog() throws Exception {
        int logged = logged().size();
        double disconnections = metric("application", "osprey_disconnections_total");
        for (int i = 0; i < 500; i++) {
            connect().close();
            RawWebSocket client = new RawWebSocket(webSocket("/ws"), 0);
            if (i % 2 == 0) {
                client.vanish();
            } else {
                client.close();
            }
        }
        await("All have left", () -> activeConnections() == 0);
        assertEquals(1_000, metric("application", "osprey_disconnections_total") - disconnections);
        // Not one of them is worth a line; a few may come from elsewhere meanwhile.
        List<String> lines = logged().subList(logged, logged().size());
        assertTrue(lines.size() < 10, () -> lines.size() + " lines: " + lines.subList(0, 10));
    }

    @Test
    void leavesInTheMiddleOfAFileWithoutFillingTheLog() throws Exception {
        int logged = logged().size();
        URI clip = http("/samples/world.mp4");
        byte[] request = "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n"
                .formatted(clip.getPath(), clip.getAuthority())
                .getBytes(UTF_8);
        for (int i = 0; i < 50; i++) {
            Socket client = new Socket(clip.getHost(), clip.getPort());
            client.getOutputStream().write(request);
            assertEquals('H', client.getInputStream().read());
            // The rest is thrown away, and the server is told that nobody takes it.
            client.setSoLinger(true, 0);
            client.close();
        }
        assertEquals(200, get("/js/theme.js").statusCode());
        List<String> lines = logged().subList(logged, logged().size());
        assertTrue(lines.size() < 10, () -> lines.size() + " lines: " + lines.subList(0, 10));
    }

    @Test
    void sendsFiveHundredFramesWithoutWaiting() throws Exception {
        byte[] frame = Pictures.portrait(96, 112, "jpg");
        try (StreamClient client = connect()) {
            try {
                for (int i = 0; i < 500; i++) {
                    client.sendFrame(frame, i);
                }
            } catch (ExecutionException closed) {
                // Where it takes them quicker than it answers, the server has had enough before the last; it says so
                // below.
            }
            int answered = 0;
            Arrival arrival = client.arrival();
            while (arrival instanceof Message answer && answered < 500) {
                assertEquals(answered, answer.json().getInt("timestamp"));
                if (++answered < 500) {
                    arrival = client.arrival();
                }
            }
            if (arrival instanceof Closed closed) {
                assertEquals(1008, closed.code());
                assertTrue(closed.reason().contains("limit"), closed.reason());
            } else if (answered < 500) {
                // TCP forgets what was said to a client that is still sending when its connection is closed.
                assertInstanceOf(Broken.class, arrival);
            }
        }
    }

    @Test
    void asksForMoreThanAnswersMayWait() throws Exception {
        ByteArrayOutputStream requests = new ByteArrayOutputStream();
        // A frame that takes long holds up all answers behind it.
        requests.writeBytes(rawFrame(Pictures.portrait(4_000, 4_000, "jpg")));
        for (int i = 0; i < 300; i++) {
            requests.writeBytes(RawWebSocket.text("{\"type\":\"get_stats\"}"));
        }
        try (RawWebSocket client = connectRaw()) {
            client.send(requests.toByteArray());
            RawWebSocket.Frame frame = client.nextData();
            assertEquals(1008, frame.closeCode());
            assertTrue(frame.text().contains("256"), frame.text());
        }
    }

    @Test
    void sendsFiftyMalformedMessages() throws Exception {
        try (StreamClient client = connect()) {
            for (int i = 0; i < MAX_MALFORMED_MESSAGES; i++) {
                client.send("malformed");
                client.nextError("INVALID_MESSAGE");
            }
            client.send("malformed");
            Closed closed = assertInstanceOf(Closed.class, client.end());
            assertEquals(1008, closed.code());
            assertTrue(closed.reason().contains("limit is " + MAX_MALFORMED_MESSAGES), closed.reason());
        }
        ByteArrayOutputStream fifty = new ByteArrayOutputStream();
        for (int i = 0; i < 50; i++) {
            fifty.writeBytes(RawWebSocket.text("malformed"));
        }
        try (RawWebSocket client = connectRaw()) {
            // At once: the server closes while the last of them are on their way.
            client.send(fifty.toByteArray());
            for (int i = 0; i < MAX_MALFORMED_MESSAGES; i++) {
                JsonObject error = StreamClient.json(client.nextData().text());
                assertEquals("INVALID_MESSAGE", error.getString("code"));
            }
            assertEquals(1008, client.nextData().closeCode());
        }
    }
}
