package dev.osprey.bench.load;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * One well-behaved client of the stream. With a frame rate it takes a picture whenever one is due, whether the last one was
 * answered or not, and a picture that cannot be sent at once still has the time it was due at; without one it sends the next
 * frame when one is answered.
 *
 * <p>Two threads: one sends, one reads.
 */
final class Camera {

    /** How long it waits for what it is owed when it has sent its last frame. */
    private static final long PATIENCE_MILLIS = 15_000;

    private static final int KEPT_TIMES = 1 << 16;

    private final PlainWebSocket socket;
    private final FrameMessages messages;
    private final double framesPerSecond;
    private final Semaphore mayBeSent;
    private final Ages ages;

    /** When each of the last pictures was taken, by number; microseconds of Unix time. */
    private final long[] taken = new long[KEPT_TIMES];

    /** The numbers of the frames that have no answer yet, by the time that their answers will repeat. */
    private final Map<Long, Long> waiting = new ConcurrentHashMap<>();

    private final Thread sender;
    private final Thread reader;
    private volatile boolean ended;
    private volatile long sent;

    // Of the sending thread, read by others when it has ended.
    private long bytesSent;

    // Of the reading thread, read by others when it has ended.
    private long answered;
    private long shown;
    private long bytesReceived;
    private long newestShown = -1;
    private boolean closedByServer;
    private final Map<String, Long> errors = new TreeMap<>();

    /**
     * @param mode changed to before the first frame; empty for what the server begins with
     * @param outstanding without a frame rate: frames that may wait for their answers
     * @param phase what of a picture's period passes before the first is taken, 0 to 1
     */
    Camera(
            PlainWebSocket connected,
            FrameMessages messages,
            String mode,
            double framesPerSecond,
            int outstanding,
            double phase,
            Ages ages)
            throws IOException {
        this.socket = connected;
        this.messages = messages;
        this.framesPerSecond = framesPerSecond;
        this.mayBeSent = new Semaphore(outstanding);
        this.ages = ages;
        socket.receive();
        if (!mode.isEmpty()) {
            changeMode(mode);
        }
        this.sender = LoadGenerator.thread("camera", () -> send(phase));
        this.reader = LoadGenerator.thread("camera-reader", this::read);
    }

    private void changeMode(String mode) throws IOException {
        String request = "{\"type\":\"change_mode\",\"model_mode\":\"" + mode + "\"}";
        socket.send(PlainWebSocket.frame(PlainWebSocket.TEXT, request.getBytes(StandardCharsets.UTF_8)));
        JsonObject answer = json(socket.receive().payload());
        if (!"mode_changed".equals(answer.getString("type"))) {
            throw new IOException("Asked for mode " + mode + ", the server answered " + answer);
        }
    }

    /** Begins sending; goes on until the end that the ages have. */
    void start() {
        reader.start();
        sender.start();
    }

    private void send(double phase) {
        long period = framesPerSecond > 0 ? (long) (1e9 / framesPerSecond) : 0;
        long due = System.nanoTime() + (long) (phase * period);
        try {
            for (long number = 0; !ended; number++) {
                if (period > 0) {
                    TimeUnit.NANOSECONDS.sleep(Math.min(due, ages.endNanos()) - System.nanoTime());
                } else {
                    mayBeSent.tryAcquire(ages.endNanos() - System.nanoTime(), TimeUnit.NANOSECONDS);
                    due = System.nanoTime();
                }
                if (System.nanoTime() >= ages.endNanos()) {
                    return;
                }
                long micros = now() - TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - due);
                taken[(int) (number % KEPT_TIMES)] = micros;
                // Known before it is sent: the answer may be quicker than this thread.
                waiting.put(micros, number);
                byte[] frame = messages.frame(number, micros);
                sent = number + 1;
                socket.send(frame);
                bytesSent += frame.length;
                due += period;
            }
        } catch (IOException e) {
            // The reader finds the same.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void read() {
        try {
            while (true) {
                PlainWebSocket.Message message = socket.receive();
                bytesReceived += message.payload().length;
                boolean binary = message.opcode() == PlainWebSocket.BINARY;
                ByteBuffer rest = ByteBuffer.wrap(message.payload());
                byte[] header = new byte[binary ? rest.getInt() : rest.remaining()];
                rest.get(header);
                JsonObject json = json(header);
                if ("segmentation".equals(json.getString("type"))) {
                    byte[] picture = new byte[rest.remaining()];
                    rest.get(picture);
                    answered(
                            json.getJsonNumber("timestamp").longValueExact(),
                            binary ? picture : Base64.getDecoder().decode(json.getString("data")));
                } else if ("error".equals(json.getString("type"))) {
                    error(json.getString("code", "error"));
                    mayBeSent.release();
                }
            }
        } catch (IOException e) {
            closedByServer = !ended;
            ended = true;
        }
    }

    private void answered(long micros, byte[] picture) {
        long arrived = now();
        mayBeSent.release();
        Long asked = waiting.remove(micros);
        OptionalInt seen = NumberedPictures.numberIn(picture);
        if (asked == null) {
            error("answer to nothing");
        } else if (seen.isEmpty()) {
            error("number not readable");
        } else {
            answered++;
            // An answer may show a newer picture than the one it is for, never an older one.
            long number = asked + Math.floorMod(seen.getAsInt() - asked, NumberedPictures.COUNT);
            if (number >= sent) {
                error("picture of another frame");
            } else if (number > newestShown) {
                newestShown = number;
                if (ages.add(arrived - taken[(int) (number % KEPT_TIMES)])) {
                    shown++;
                }
            }
        }
    }

    private void error(String code) {
        errors.merge(code, 1L, Long::sum);
    }

    private static JsonObject json(byte[] utf8) {
        try (JsonReader reader = Json.createReader(new StringReader(new String(utf8, StandardCharsets.UTF_8)))) {
            return reader.readObject();
        }
    }

    private static long now() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    /** Waits for the answers that are owed, but not for ever, and hangs up. */
    LoadResult.Client finish(long deadlineNanos) throws InterruptedException, IOException {
        while (!ended && (sender.isAlive() || !waiting.isEmpty()) && System.nanoTime() < deadlineNanos) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        boolean closed = ended;
        ended = true;
        // No closing handshake: where the server does not read, it could not be sent.
        socket.abort();
        sender.join();
        reader.join();
        return new LoadResult.Client(
                framesPerSecond,
                sent,
                answered,
                shown,
                closed && closedByServer,
                bytesSent,
                bytesReceived,
                Map.copyOf(errors));
    }

    /** How long after the last frame answers are waited for. */
    static long deadlineNanos(long endNanos) {
        return endNanos + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    }
}
