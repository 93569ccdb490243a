package dev.osprey.client;

import dev.osprey.fault.OspreyException;
import dev.osprey.imaging.VideoFrame;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Turns footage into encoded frames of a constant rate, on a thread of its own, a few ahead of whoever sends them.
 *
 * <p>The protocol knows one rate for a session and no times of frames, while recordings of telephones and browsers, and all
 * cameras, are uneven. So frame n is the picture that is nearest to n / rate seconds, of those that are nearest to no other
 * frame; where there is none, the one before it is sent again. Footage of a constant rate, sent at this rate, goes through
 * unchanged.
 *
 * <p>A file waits while the network is slow. A camera does not: pictures that find no room are left out and counted, and the
 * picture before them stands for longer, so that times stay right.
 */
final class Feed implements AutoCloseable {

    private static final Piece END = new Piece(0, 0, new byte[0]);

    private final Footage footage;
    private final Settings settings;
    private final long firstNumber;
    private final BlockingQueue<Piece> pieces;
    private final Thread reader;
    private final long startNanos = System.nanoTime();

    private volatile boolean stopped;
    private final AtomicLong leftOut = new AtomicLong();
    private volatile @Nullable RuntimeException failure;

    /** Taken, but not yet given out whole. */
    private @Nullable Piece current;

    private int given;

    /**
     * What frames are made of.
     *
     * @param fps      frames a second
     * @param quality  of a JPEG, 1 to 100
     * @param realtime whether a file's frames come no faster than they were recorded
     * @param room     pictures that may wait to be sent
     */
    record Settings(double fps, Encoding encoding, int quality, boolean realtime, int room) {}

    /** A picture and for how many frames it stands. */
    private record Piece(long number, int count, byte[] encoded) {

        private boolean isEnd() {
            return count == 0;
        }
    }

    /**
     * Starts to read.
     *
     * @param footage     closed by this feed
     * @param firstNumber of the frames, those before it are passed over
     */
    Feed(Footage footage, Settings settings, long firstNumber) {
        this.footage = footage;
        this.settings = settings;
        this.firstNumber = firstNumber;
        pieces = new ArrayBlockingQueue<>(settings.room());
        reader = new Thread(this::read, "footage");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Waits for the next frame; one thread at a time.
     *
     * @return empty at the end
     * @throws OspreyException when the footage could not be read further
     */
    Optional<EncodedFrame> next() throws InterruptedException {
        Piece piece = current;
        if (piece == null || (!piece.isEnd() && given == piece.count())) {
            piece = pieces.take();
            current = piece;
            given = 0;
        }
        RuntimeException broken = failure;
        if (piece.isEnd() && broken != null) {
            throw broken;
        }
        return piece.isEnd()
                ? Optional.empty()
                : Optional.of(new EncodedFrame(piece.number() + given++, piece.encoded()));
    }

    /** Ends a recording after the picture that is being taken. Any thread. */
    void stop() {
        stopped = true;
    }

    /** A camera's pictures that found no room. */
    long leftOut() {
        return leftOut.get();
    }

    private void read() {
        try (footage) {
            readAll();
        } catch (InterruptedException closed) {
            return;
        } catch (RuntimeException e) {
            failure = e;
        }
        try {
            pieces.put(END);
        } catch (InterruptedException closed) {
            // Nobody waits for the end.
        }
    }

    private void readAll() throws InterruptedException {
        VideoFrame shown = null;
        long slot = 0;
        try {
            while (!stopped) {
                Optional<VideoFrame> next = footage.next();
                if (next.isEmpty()) {
                    break;
                }
                VideoFrame newer = next.get();
                long newerSlot = slotOf(newer);
                if (shown == null) {
                    shown = newer;
                } else if (newerSlot <= slot) {
                    shown = nearer(shown, newer, slot);
                } else if (footage.isLive() && pieces.remainingCapacity() == 0) {
                    newer.close();
                    leftOut.incrementAndGet();
                } else {
                    VideoFrame older = shown;
                    shown = newer;
                    put(older, slot, newerSlot);
                    slot = newerSlot;
                }
            }
            if (shown != null) {
                VideoFrame last = shown;
                shown = null;
                put(last, slot, slot + 1);
            }
        } finally {
            if (shown != null) {
                shown.close();
            }
        }
    }

    /** Half way between two frames a picture is for the earlier one, so that the last picture makes no frame too many. */
    private long slotOf(VideoFrame frame) {
        return (long) Math.ceil(frame.seconds() * settings.fps() - 0.5 - 1e-6);
    }

    /** Of two pictures for the same frame; the other is closed. */
    private VideoFrame nearer(VideoFrame older, VideoFrame newer, long slot) {
        boolean isOlder =
                Math.abs(older.seconds() * settings.fps() - slot) <= Math.abs(newer.seconds() * settings.fps() - slot);
        (isOlder ? newer : older).close();
        return isOlder ? older : newer;
    }

    /** Closes the picture, which stands for the frames from one number to before the other. */
    private void put(VideoFrame frame, long from, long to) throws InterruptedException {
        try (frame) {
            long first = Math.max(from, firstNumber);
            if (first < to) {
                waitUntilRecorded(first);
                pieces.put(new Piece(
                        first,
                        Math.toIntExact(to - first),
                        settings.encoding().encode(frame.picture(), settings.quality())));
            }
        }
    }

    private void waitUntilRecorded(long number) throws InterruptedException {
        if (!settings.realtime()) {
            return;
        }
        long due = startNanos + (long) ((number - firstNumber) / settings.fps() * 1e9);
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    /** Returns once the footage is closed, which waits for the picture that is being read. */
    @Override
    public void close() {
        stopped = true;
        reader.interrupt();
        boolean interrupted = false;
        while (true) {
            try {
                reader.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
