package dev.osprey.referee;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.UUID;
import java.util.function.LongSupplier;

/**
 * One streamed session from its start to the job that analyses it. Its stream changes it, others look at it: any thread.
 *
 * <p>The client's name for it is data. On disk it has one of the server's own.
 */
final class Session {

    private static final Logger LOG = System.getLogger(Session.class.getName());

    /** What a frame costs beyond its bytes, in the account that clients are shown. */
    static final int FRAME_OVERHEAD_BYTES = 1_024;

    private static final double NANOS_PER_SECOND = 1e9;
    private static final double BYTES_PER_MB = 1_048_576;

    private final SessionStart start;
    private final Spool spool;
    private final LongSupplier nanoClock;
    private final FrameNumbers numbers = new FrameNumbers();
    private final long startedNanos;

    /** Read by who looks after all sessions, and must not wait for the disk. */
    private volatile long lastNanos;

    private int signalBytes;
    private boolean signalled;
    private boolean aborted;

    private Session(SessionStart start, Spool spool, LongSupplier nanoClock) {
        this.start = start;
        this.spool = spool;
        this.nanoClock = nanoClock;
        this.startedNanos = nanoClock.getAsLong();
        this.lastNanos = startedNanos;
    }

    static Session begin(Path folder, SessionStart start, LongSupplier nanoClock) throws IOException {
        return new Session(start, Spool.create(folder.resolve(UUID.randomUUID().toString()), start), nanoClock);
    }

    /** Goes on with what an earlier connection, or an earlier process, has left. */
    static Session resume(Path folder, SessionStart start, LongSupplier nanoClock) throws IOException {
        Session session = new Session(start, Spool.open(folder), nanoClock);
        try {
            session.spool.each(entry -> session.numbers.add(Math.toIntExact(entry.number())));
            return session;
        } catch (IOException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    String id() {
        return start.id();
    }

    SessionStart start() {
        return start;
    }

    Path folder() {
        return spool.folder();
    }

    /** Something has come from the client. */
    void touch() {
        lastNanos = nanoClock.getAsLong();
    }

    double idleSeconds() {
        return (nanoClock.getAsLong() - lastNanos) / NANOS_PER_SECOND;
    }

    /** Whether a frame of this number has come; counts it as a duplicate if so. */
    synchronized boolean has(int number) {
        return !numbers.isNew(number);
    }

    /**
     * Keeps a frame.
     *
     * @throws OspreyException {@link ErrorCode#STORE_UNAVAILABLE} where it cannot be written
     */
    synchronized void add(int number, Encoding encoding, ByteBuffer frame) {
        try {
            spool.add(number, encoding, frame);
        } catch (IOException e) {
            throw new OspreyException(
                    ErrorCode.STORE_UNAVAILABLE, "Frame %d could not be written to disk".formatted(number), e);
        }
        numbers.add(number);
    }

    /** Keeps the signal file and has everything reach the disk: from now on nothing of the session can be lost. */
    synchronized void complete(byte[] signal) throws IOException {
        spool.force();
        spool.signal(signal);
        signalBytes = signal.length;
        signalled = true;
    }

    synchronized void abort() {
        aborted = true;
    }

    synchronized int frames() {
        return numbers.count();
    }

    /** The first frame that is not there. */
    synchronized int nextFrame() {
        return numbers.next();
    }

    /** What it counts in the account of all sessions; its signal, with which it becomes a job, does not count there. */
    synchronized long bytes() {
        return spool.bytes() + (long) FRAME_OVERHEAD_BYTES * numbers.count();
    }

    /** Lets go of the files; what is in them stays. */
    synchronized void close() {
        try {
            spool.close();
        } catch (IOException e) {
            // Whoever closes goes on: a name that stayed in use for this would be refused for ever.
            LOG.log(Level.WARNING, "A session's files could not be closed", e);
        }
    }

    /** {@code protocols/referee.md}, section 4.8. */
    synchronized JsonObject validation() {
        Validation validation = Validation.of(numbers, start.expectedFrames());
        return Json.createObjectBuilder()
                .add("valid", validation.isValid())
                .add("issues", Json.createArrayBuilder(validation.issues()))
                .add("frame_count", numbers.count())
                .add("missing_frames", numbers.missing())
                .add("duplicate_frames", numbers.duplicates())
                .add("out_of_order_frames", numbers.outOfOrder())
                .add("has_signal", signalled)
                .build();
    }

    /** {@code protocols/referee.md}, section 2.2. */
    synchronized JsonObject stats() {
        JsonObjectBuilder stats = Json.createObjectBuilder()
                .add("session_id", start.id())
                .add("fps", start.fps())
                .add("width", start.width())
                .add("height", start.height());
        start.expectedFrames()
                .ifPresentOrElse(
                        count -> stats.add("expected_frames", count),
                        () -> stats.add("expected_frames", JsonValue.NULL));
        return stats.add("frames_received", numbers.count())
                .add("total_frames_received", numbers.count())
                .add("duplicate_frames", numbers.duplicates())
                .add("out_of_order_frames", numbers.outOfOrder())
                .add("missing_frames", numbers.missing())
                .add("has_signal", signalled)
                .add("duration_seconds", rounded((nanoClock.getAsLong() - startedNanos) / NANOS_PER_SECOND))
                .add("idle_seconds", rounded(idleSeconds()))
                .add("memory_mb", megabytes(bytes() + signalBytes))
                .add("completed", signalled)
                .add("aborted", aborted)
                .build();
    }

    static double megabytes(long bytes) {
        return rounded(bytes / BYTES_PER_MB);
    }

    private static double rounded(double value) {
        return Math.round(value * 1_000) / 1_000.0;
    }
}
