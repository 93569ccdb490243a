package dev.osprey.client;

import java.io.EOFException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A WebSocket to the server, for one thread, to which everything comes in the order in which it happened. */
final class StreamConnection implements AutoCloseable {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    /** A message that the network does not take for so long is on a connection that is gone. */
    private static final Duration SEND_TIMEOUT = Duration.ofSeconds(60);

    /** How long a connection that takes nothing more may still bring what the server said last. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    /** After so long without a message the server is pinged. */
    private static final Duration PING_INTERVAL = Duration.ofSeconds(20);

    /** Without any sign of life for so long, pongs included, the connection is gone, whatever the system believes. */
    private static final Duration SILENCE = Duration.ofSeconds(60);

    /** Too much asked, or wrongly: trying again would meet the same answer. */
    private static final Set<Integer> REFUSALS = Set.of(1002, 1003, 1007, 1008, 1009, 1010);

    private final BlockingQueue<Event> events;
    private final Listener listener;
    private final WebSocket socket;
    private boolean broken;

    /** Something that happened to the connection. */
    private sealed interface Event {

        record Received(String text) implements Event {}

        /** Nothing follows it. */
        record Lost(String why) implements Event {}

        record Refused(String sentence) implements Event {}
    }

    private StreamConnection(WebSocket socket, Listener listener) {
        this.socket = socket;
        this.listener = listener;
        this.events = listener.events;
    }

    /**
     * Connects.
     *
     * @param known whether there was a stream at this address before: then any other answer is that of a server that starts
     * @throws ConnectionLostException when nobody answers, or the server is not ready
     * @throws ClientFailure when whoever answers is no referee's server
     */
    static StreamConnection open(HttpClient client, URI address, boolean known)
            throws ConnectionLostException, InterruptedException {
        Listener listener = new Listener();
        CompletableFuture<WebSocket> opening =
                client.newWebSocketBuilder().connectTimeout(CONNECT_TIMEOUT).buildAsync(address, listener);
        try {
            return new StreamConnection(opening.get(), listener);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof WebSocketHandshakeException handshake) {
                int status = handshake.getResponse().statusCode();
                if (known || status >= 500) {
                    throw new ConnectionLostException("the server answers " + status + ", as one that starts");
                }
                throw new ClientFailure(
                        ExitCode.REFUSED, address + " is no referee stream: it answers " + status + " to an upgrade");
            }
            throw new ConnectionLostException(inWords(cause));
        }
    }

    /** A text message. That it could not be sent is told by {@link #poll} and {@link #receive}. */
    void send(String text) throws InterruptedException {
        if (!broken) {
            await(socket.sendText(text, true));
        }
    }

    /** A binary message, likewise. */
    void send(byte[] bytes) throws InterruptedException {
        if (!broken) {
            await(socket.sendBinary(ByteBuffer.wrap(bytes), true));
        }
    }

    /** What the server said before a failure is still to be read: the failure is put behind it. */
    private void await(CompletableFuture<WebSocket> sending) throws InterruptedException {
        try {
            sending.get(SEND_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            failed(inWords(e.getCause()));
        } catch (TimeoutException e) {
            failed("nothing could be sent for " + SEND_TIMEOUT.toSeconds() + " s");
        }
    }

    private void failed(String why) throws InterruptedException {
        broken = true;
        if (!listener.ended.await(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS)) {
            events.add(new Event.Lost(why));
        }
    }

    /** What has come already; empty for nothing. */
    Optional<ServerMessage> poll() throws ConnectionLostException {
        Event event = events.poll();
        return event == null ? Optional.empty() : Optional.of(message(event));
    }

    /**
     * Waits for the next message.
     *
     * @throws ConnectionLostException when the connection ends first
     * @throws ClientFailure when nothing comes for so long, though the server is alive
     */
    ServerMessage receive(Duration patience) throws ConnectionLostException, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new ClientFailure(
                        ExitCode.NO_CONNECTION, "The server has not answered for " + patience.toSeconds() + " s");
            }
            Event event = events.poll(Math.min(left, PING_INTERVAL.toNanos()), TimeUnit.NANOSECONDS);
            if (event != null) {
                return message(event);
            }
            if (System.nanoTime() - listener.heardNanos > SILENCE.toNanos()) {
                throw new ConnectionLostException("no sign of life for " + SILENCE.toSeconds() + " s");
            }
            if (!broken) {
                await(socket.sendPing(ByteBuffer.allocate(0)));
            }
        }
    }

    private static ServerMessage message(Event event) throws ConnectionLostException {
        if (event instanceof Event.Lost lost) {
            throw new ConnectionLostException(lost.why());
        } else if (event instanceof Event.Refused refused) {
            throw new ClientFailure(ExitCode.REFUSED, refused.sentence());
        } else {
            return ServerMessage.read(((Event.Received) event).text());
        }
    }

    /** What a failure of the network says, or at least what it is. */
    private static String inWords(@Nullable Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof java.net.ConnectException && cause.getMessage() == null) {
            return "nobody answers there";
        }
        String message = cause == null ? null : cause.getMessage();
        if (cause instanceof IOException
                && (message == null || cause instanceof EOFException || message.equals("Output closed"))) {
            return "the server is gone without a word";
        }
        return message != null ? message : String.valueOf(cause);
    }

    /** Says goodbye if the connection is still there, and does not wait for an answer. */
    @Override
    public void close() {
        if (broken) {
            socket.abort();
            return;
        }
        try {
            socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(1, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException gone) {
            // There is nobody to say it to.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        socket.abort();
    }

    /** Called by the client's threads, one call at a time. */
    private static final class Listener implements WebSocket.Listener {

        private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
        private final CountDownLatch ended = new CountDownLatch(1);
        private final StringBuilder partial = new StringBuilder();
        private volatile long heardNanos = System.nanoTime();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            heard();
            partial.append(data);
            if (last) {
                events.add(new Event.Received(partial.toString()));
                partial.setLength(0);
            }
            webSocket.request(1);
            return null;
        }

        /** The protocol has none from the server. */
        @Override
        public @Nullable CompletionStage<?> onBinary(WebSocket webSocket, ByteBuffer data, boolean last) {
            heard();
            webSocket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onPing(WebSocket webSocket, ByteBuffer message) {
            heard();
            webSocket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onPong(WebSocket webSocket, ByteBuffer message) {
            heard();
            webSocket.request(1);
            return null;
        }

        private void heard() {
            heardNanos = System.nanoTime();
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
            String why = "code " + statusCode + (reason.isEmpty() ? "" : ", " + reason);
            events.add(
                    REFUSALS.contains(statusCode)
                            ? new Event.Refused("The server ended the connection: " + why)
                            : new Event.Lost("the server ended it, " + why));
            ended.countDown();
            return null;
        }

        @Override
        public void onError(WebSocket webSocket, Throwable error) {
            events.add(new Event.Lost(inWords(error)));
            ended.countDown();
        }
    }

    /** Bytes of a text message. */
    static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
