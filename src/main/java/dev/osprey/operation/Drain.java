package dev.osprey.operation;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * Stops in order: first the server says that it is not ready, and for a while goes on as before, so that whoever sends clients here
 * hears of it; then it takes nothing new; what it has taken is finished and answered; streams are told that the server goes away,
 * and jobs that are not done are handed back. Once.
 */
final class Drain {

    private static final Logger LOG = System.getLogger(Drain.class.getName());

    private static final Duration LOOK = Duration.ofMillis(20);

    private final Condition condition;
    private final Work work;
    private final LongSupplier nanoClock;
    private final Pause pause;
    private final AtomicBoolean begun = new AtomicBoolean();

    /** What the server does for its clients. */
    interface Work {

        /** Takes nothing new, and asks the runs of jobs to end. */
        void retire();

        /** Whether all that was taken has been worked on. */
        boolean isDone();

        /** Ends each stream as soon as its client has been sent what it is owed. */
        void dismiss();

        /** Streams that have not ended. */
        int streams();

        /**
         * Ends what has not, and hands back the jobs that are not done.
         *
         * @param patience for those
         */
        void end(Duration patience);

        /**
         * Sends what is still to be told of all that.
         *
         * @param patience for that
         */
        void report(Duration patience);
    }

    /** Waits. */
    interface Pause {
        void pause(Duration time) throws InterruptedException;
    }

    Drain(Condition condition, Work work, LongSupplier nanoClock, Pause pause) {
        this.condition = condition;
        this.work = work;
        this.nanoClock = nanoClock;
        this.pause = pause;
    }

    static Pause sleeping() {
        return time -> TimeUnit.NANOSECONDS.sleep(time.toNanos());
    }

    /**
     * Returns when everything has ended, or the time is up.
     *
     * @param delay for which the server goes on although it is not ready
     * @param limit for everything after that
     */
    void run(Duration delay, Duration limit) {
        if (!begun.compareAndSet(false, true)) {
            return;
        }
        condition.drain();
        LOG.log(Level.INFO, "Osprey drains: streams and jobs have {0} s to end", limit.toSeconds());
        long deadline = nanoClock.getAsLong();
        try {
            if (!delay.isZero()) {
                pause.pause(delay);
            }
            deadline = nanoClock.getAsLong() + limit.toNanos();
            work.retire();
            while (!work.isDone() && left(deadline) > 0) {
                pause.pause(LOOK);
            }
            work.dismiss();
            while (work.streams() > 0 && left(deadline) > 0) {
                pause.pause(LOOK);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        int cut = work.streams();
        if (cut > 0) {
            LOG.log(Level.WARNING, "{0} streams have not taken their last answers in time", cut);
        }
        work.end(patience(deadline));
        work.report(patience(deadline));
    }

    private Duration patience(long deadlineNanos) {
        return Duration.ofNanos(Math.max(0, left(deadlineNanos)));
    }

    private long left(long deadlineNanos) {
        return deadlineNanos - nanoClock.getAsLong();
    }
}
