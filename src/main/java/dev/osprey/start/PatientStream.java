package dev.osprey.start;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * A stream that nobody has to wait for: a pipe that is full because nobody reads it would hold whoever writes, and with the log that
 * is the whole server. While it is read, {@link #flush} returns once everything is out, so that the end of a log is not lost with the
 * process. Once that takes too long nobody waits any more; what does not fit into the buffer then is left out, and how much that was
 * is said when somebody reads again. Any thread.
 */
final class PatientStream extends OutputStream {

    /** Bytes that may wait. */
    static final int MOST_BYTES = 1 << 20;

    private final OutputStream target;
    private final long patienceNanos;
    private final Object lock = new Object();
    private final Queue<byte[]> pieces = new ArrayDeque<>();

    /** In the pieces, and in the one that is being written. */
    private int waiting;

    private long leftOut;
    private boolean unread;

    /**
     * @param name of the thread that writes
     * @param patience of whoever flushes
     */
    PatientStream(OutputStream target, String name, Duration patience) {
        this.target = target;
        this.patienceNanos = patience.toNanos();
        Thread writer = new Thread(this::writeOn, name);
        writer.setDaemon(true);
        writer.start();
    }

    @Override
    public void write(int one) {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        synchronized (lock) {
            if (waiting + length > MOST_BYTES) {
                leftOut += length;
            } else if (length > 0) {
                add(Arrays.copyOfRange(bytes, offset, offset + length));
            }
        }
    }

    /** Holding the lock. */
    private void add(byte[] piece) {
        pieces.add(piece);
        waiting += piece.length;
        lock.notifyAll();
    }

    @Override
    public void flush() {
        long giveUp = System.nanoTime() + patienceNanos;
        synchronized (lock) {
            while (waiting > 0 && !unread) {
                long left = giveUp - System.nanoTime();
                if (left <= 0) {
                    unread = true;
                    return;
                }
                try {
                    // One more, as 0 is for ever.
                    lock.wait(TimeUnit.NANOSECONDS.toMillis(left) + 1);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }
    }

    private void writeOn() {
        try {
            while (true) {
                put(next());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private byte[] next() throws InterruptedException {
        synchronized (lock) {
            while (pieces.isEmpty()) {
                lock.wait();
            }
            return pieces.remove();
        }
    }

    private void put(byte[] piece) {
        try {
            target.write(piece);
            target.flush();
        } catch (IOException e) {
            // Whoever read it has gone; there is nobody left to be told.
        }
        synchronized (lock) {
            waiting -= piece.length;
            unread = false;
            if (leftOut > 0 && pieces.isEmpty()) {
                add("%n%d bytes are left out here: nobody has read them%n"
                        .formatted(leftOut)
                        .getBytes(StandardCharsets.UTF_8));
                leftOut = 0;
            }
            lock.notifyAll();
        }
    }
}
