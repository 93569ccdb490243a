package dev.osprey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

/** A client of Socket.IO by hand, by long polling; pings are answered. One thread at a time. */
public final class RawPolling implements AutoCloseable {

    /** Where every server has it. */
    public static final String PATH = "/socket.io/?EIO=4&transport=polling";

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String SEPARATOR = "\u001E";

    private final URI address;
    private final String sid;
    private final Deque<String> packets = new ArrayDeque<>();

    /** Opens a session. */
    public RawPolling(URI address) throws IOException, InterruptedException {
        HttpResponse<String> opening = HTTP.send(request(address).build(), BodyHandlers.ofString());
        assertEquals(200, opening.statusCode(), opening::body);
        assertTrue(opening.body().startsWith("0{"), opening::body);
        JsonObject open = StreamClient.json(opening.body().substring(1));
        this.sid = open.getString("sid");
        this.address = URI.create(address + "&sid=" + sid);
    }

    /** Opens a session, joins, and takes the greetings that come unasked. */
    public static RawPolling joined(URI address) throws IOException, InterruptedException {
        RawPolling client = new RawPolling(address);
        client.send("40");
        assertTrue(client.next().startsWith("40{"));
        client.nextEvent("status");
        client.nextEvent("connected");
        return client;
    }

    private static HttpRequest.Builder request(URI address) {
        return HttpRequest.newBuilder(address).timeout(PATIENCE);
    }

    public String sid() {
        return sid;
    }

    /** The address of everything that belongs to the session. */
    public URI address() {
        return address;
    }

    /** Asks for packets; who waits for the answer is somebody else. */
    public CompletableFuture<HttpResponse<String>> poll() {
        return HTTP.sendAsync(request(address).build(), BodyHandlers.ofString());
    }

    /** Posts what may be no packet. */
    public HttpResponse<String> post(String body) throws IOException, InterruptedException {
        return HTTP.send(request(address).POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
    }

    /** Posts packets in one request, which must be taken. */
    public void send(String... sent) throws IOException, InterruptedException {
        HttpResponse<String> answer = post(String.join(SEPARATOR, sent));
        assertEquals(200, answer.statusCode(), answer::body);
        assertEquals("OK", answer.body());
    }

    /** The next packet; polls where none is left of the last poll. */
    public String next() throws IOException, InterruptedException {
        long giveUpNanos = System.nanoTime() + PATIENCE.toNanos();
        while (packets.isEmpty()) {
            assertTrue(System.nanoTime() - giveUpNanos < 0, "Nothing but pings comes");
            HttpResponse<String> answer = HTTP.send(request(address).build(), BodyHandlers.ofString());
            assertEquals(200, answer.statusCode(), answer::body);
            for (String packet : answer.body().split(SEPARATOR, -1)) {
                if (packet.equals("2")) {
                    send("3");
                } else {
                    packets.add(packet);
                }
            }
        }
        return packets.remove();
    }

    /** The argument of the next packet, which must be this event. */
    public JsonObject nextEvent(String name) throws IOException, InterruptedException {
        return RawSocketIo.argument(name, next());
    }

    /** Closes the transport, as a client does that leaves; no fault where the server has done so before. */
    @Override
    public void close() throws IOException {
        try {
            post("1");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
