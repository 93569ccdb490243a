package dev.osprey.signs;

import dev.osprey.fault.OspreyException;
import dev.osprey.imaging.Clip;
import dev.osprey.imaging.Picture;
import dev.osprey.inference.LatestTicket;
import dev.osprey.model.ModelManifest;
import dev.osprey.runtime.Lease;
import dev.osprey.stream.Activity;
import dev.osprey.trace.Trace;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One client's clip and what was recognised last, whatever wire carries it.
 *
 * <p>A frame is answered at once with what is known. Its picture waits, encoded, for the stream's next turn with a worker, which
 * scales all that wait into the clip and has the model look at it when it is full. A frame asks for a turn where none is under
 * way; one that comes during a recognition does not ask for another. At most as many wait as a clip has, since older ones could
 * not matter any more, and no more bytes than a clip has unless they are of one picture.
 *
 * <p>Any thread may bring frames and the end; turns come one at a time. The monitor guards the fields and is never held while
 * a picture is decoded or a model runs; the clip belongs to the turn that is under way, and else to whoever holds the monitor.
 */
final class SignStream {

    private static final Logger LOG = System.getLogger(SignStream.class.getName());

    private final Signs shared;
    private final Activity activity;
    private final LatestTicket ticket = new LatestTicket();
    private final Deque<Frame> undecoded = new ArrayDeque<>();
    private @Nullable Clip clip;
    private @Nullable Recognition last;

    /** A turn was asked for and is not over. */
    private boolean busy;

    /** A worker has the stream's turn. */
    private boolean inTurn;

    private boolean ended;
    private long frames;
    private long framesDropped;
    private long framesRefused;
    private long recognitions;
    private long askedNanos;

    /** When the turn that is under way began, and when its clip was complete. */
    private long takenNanos;

    private long decodedNanos;
    private long undecodedBytes;

    /** The turn that is under way had a clip for the model to look at. */
    private boolean lookedAt;

    /** The newest frame in the clip. */
    private @Nullable Frame newest;

    private int clipFrames;

    /** Frames of the turn that is under way which are not in the clip yet. */
    private int decoding;

    private record Frame(long number, ByteBuffer image, long arrivedNanos) {}

    SignStream(Signs shared, Activity activity) {
        this.shared = shared;
        this.activity = activity;
    }

    /**
     * Takes a frame and answers it; never waits.
     *
     * @param image encoded; is kept
     * @throws OspreyException where it is no picture within the limits; the clip stays as it is
     */
    Prediction frame(ByteBuffer image) {
        try {
            Picture.inspect(image, shared.limits());
        } catch (OspreyException e) {
            refused(e.code().name(), e.detail());
            throw e;
        }
        Optional<Clip.Shape> shape = shared.clipShape();
        Prediction prediction;
        boolean ask;
        synchronized (this) {
            Frame frame = new Frame(++frames, image, shared.nanoTime());
            if (!ended && shape.isPresent()) {
                keep(frame, shape.get());
            }
            ask = tryAsk();
            int gathered =
                    shape.isEmpty() ? 0 : Math.min(shape.get().frames(), clipFrames + decoding + undecoded.size());
            prediction = new Prediction(last, frame.number(), gathered, framesDropped, framesRefused);
        }
        activity.answered();
        if (ask) {
            ticket.submit(() -> shared.submit(this));
        }
        return prediction;
    }

    private void keep(Frame frame, Clip.Shape shape) {
        undecoded.add(frame);
        undecodedBytes += frame.image().remaining();
        while (undecoded.size() > shape.frames() || (undecoded.size() > 1 && undecodedBytes > shape.bytes())) {
            Frame dropped = undecoded.remove();
            undecodedBytes -= dropped.image().remaining();
            framesDropped++;
            shared.frameDropped(activity.id(), dropped.arrivedNanos());
            activity.replaced();
        }
    }

    /** Whether a turn is to be asked for. */
    private boolean tryAsk() {
        boolean ask = !undecoded.isEmpty() && !busy;
        if (ask) {
            busy = true;
            askedNanos = shared.nanoTime();
        }
        return ask;
    }

    /** A frame that was none. */
    void refused(String code, String sentence) {
        synchronized (this) {
            framesRefused++;
        }
        shared.failed(code, sentence);
    }

    /** The client has left: what waits is forgotten, and what runs, where nobody else waits for it. */
    void end() {
        synchronized (this) {
            ended = true;
            takeUndecoded();
            if (!inTurn) {
                closeClip();
            }
        }
        ticket.cancel();
    }

    private void closeClip() {
        if (clip != null) {
            clip.close();
            clip = null;
        }
        clipFrames = 0;
    }

    /**
     * Begins the stream's turn: scales the frames that wait, and writes the clip where it is full. On a worker, which ends the
     * turn by {@link #turnIsOver}, whatever happens.
     *
     * @param target {@code uint8 [frames, height, width, 3]}, written from its position
     * @return whether there is a clip to look at
     */
    boolean tryWriteClip(ModelManifest manifest, ByteBuffer target) {
        Clip gathered;
        List<Frame> waiting;
        synchronized (this) {
            if (ended) {
                return false;
            }
            inTurn = true;
            takenNanos = shared.nanoTime();
            Clip.Shape shape = manifest.clips().clip();
            if (clip == null || !clip.shape().equals(shape)) {
                closeClip();
                clip = new Clip(shape);
            }
            gathered = clip;
            // All at once: were they taken one by one, newer ones could push out some that are to come between.
            waiting = takeUndecoded();
            decoding = waiting.size();
        }
        waiting.forEach(frame -> decode(frame, gathered));
        if (!gathered.isFull()) {
            return false;
        }
        gathered.copyInto(target);
        synchronized (this) {
            lookedAt = true;
            decodedNanos = shared.nanoTime();
        }
        return true;
    }

    private List<Frame> takeUndecoded() {
        List<Frame> taken = List.copyOf(undecoded);
        undecoded.clear();
        undecodedBytes = 0;
        return taken;
    }

    private void decode(Frame frame, Clip target) {
        try (Picture picture = Picture.decode(frame.image(), shared.limits())) {
            target.add(picture);
            synchronized (this) {
                newest = frame;
                clipFrames = target.size();
                decoding--;
            }
        } catch (OspreyException e) {
            LOG.log(Level.DEBUG, "A frame could not be decoded", e);
            synchronized (this) {
                decoding--;
            }
            refused(e.code().name(), e.detail());
        }
    }

    /**
     * The model has looked at the clip.
     *
     * @param together clips that it looked at at once
     * @param startedNanos when it began
     */
    void recognised(Lease lease, float[] probabilities, int together, long startedNanos) {
        long now = shared.nanoTime();
        Duration age;
        Trace trace;
        synchronized (this) {
            if (newest == null) {
                throw new IllegalStateException("Nothing was looked at");
            }
            trace = shared.trace(activity.id(), newest.arrivedNanos());
            if (trace.isRecording()) {
                trace.set("osprey.frame.number", newest.number());
                trace.step("queue", newest.arrivedNanos(), takenNanos);
                trace.step("decode", takenNanos, decodedNanos);
            }
            age = Duration.ofNanos(now - newest.arrivedNanos());
            last = new Recognition(
                    ++recognitions,
                    newest.number(),
                    probabilities,
                    lease.manifest().labels(),
                    lease.manifest().classes().threshold(),
                    age,
                    Duration.ofNanos(startedNanos - askedNanos),
                    Duration.ofNanos(now - startedNanos),
                    lease.provider());
        }
        if (trace.isRecording()) {
            trace.answered(
                    lease.manifest().name(), lease.version(), lease.provider().name(), together, age.toNanos());
            trace.step("run", startedNanos, now);
            trace.end(now);
        }
        activity.looked(age);
        shared.recognised(lease.manifest().name(), Duration.ofNanos(now - startedNanos), age);
    }

    /** The turn has ended, or will not come; the next frame may ask for another. */
    void turnIsOver() {
        boolean ask;
        synchronized (this) {
            busy = false;
            // Frames that came meanwhile would have no turn before the next one comes: wanted after a recognition only.
            ask = inTurn && !lookedAt && tryAsk();
            inTurn = false;
            lookedAt = false;
            decoding = 0;
            if (ended) {
                closeClip();
            }
        }
        if (ask) {
            ticket.submit(() -> shared.submit(this));
        }
    }
}
