package dev.osprey.segmentation;

import org.jspecify.annotations.Nullable;

/**
 * One better mode on trial at a time, over all streams that choose their modes by themselves: with two, neither could tell
 * whose frames are too many for the machine, and streams that are alike would go up and down together. Others who come short
 * meanwhile say so, and the newcomer goes back, not they. Any thread.
 */
final class Trials {

    /** A stream that pauses in the middle of its trial keeps the others waiting no longer than this. */
    private static final long LONGEST_NANOS = 15_000_000_000L;

    /** After a trial that failed, until the others have measured what it is like without. */
    private static final long REST_NANOS = 5_000_000_000L;

    private long freeNanos;
    private @Nullable AutoMode onTrial;
    private boolean spoilt;

    Trials(long nowNanos) {
        this.freeNanos = nowNanos;
    }

    synchronized boolean tryBegin(AutoMode stream, long nowNanos) {
        if (nowNanos - freeNanos < 0) {
            return false;
        }
        onTrial = stream;
        spoilt = false;
        freeNanos = nowNanos + LONGEST_NANOS;
        return true;
    }

    /** Whether the stream's own trial has made others come short. */
    synchronized boolean isSpoilt(AutoMode stream) {
        return onTrial == stream && spoilt;
    }

    /** Tells that the stream, which held its rate before, comes short now; whether another's trial may be the reason. */
    synchronized boolean trySpoil(AutoMode stream, long nowNanos) {
        boolean another = onTrial != null && onTrial != stream && nowNanos - freeNanos < 0;
        spoilt |= another;
        return another;
    }

    synchronized void end(AutoMode stream, boolean held, long nowNanos) {
        if (onTrial == stream) {
            onTrial = null;
            freeNanos = held ? nowNanos : nowNanos + REST_NANOS;
        }
    }
}
