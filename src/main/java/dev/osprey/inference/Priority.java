package dev.osprey.inference;

/** Who goes first, in this order. */
public enum Priority {
    /** A frame of a live stream: worth less with every millisecond. */
    REALTIME,
    /** Somebody waits for one answer. */
    INTERACTIVE,
    /** Nobody watches: takes what the others leave. */
    BATCH
}
