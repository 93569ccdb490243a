package dev.osprey.inference;

/** A submitted task, for whoever may lose interest in it. */
public interface Ticket {

    /**
     * Nobody wants the answer any more. A task that waits leaves without a word; a run ends early when nobody wants any of
     * its answers. Any thread, any time, more than once.
     */
    void cancel();
}
