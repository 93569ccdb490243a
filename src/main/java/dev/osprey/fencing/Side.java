package dev.osprey.fencing;

import java.util.Locale;

/** One of the two fencers, as the camera sees them. */
public enum Side {
    LEFT(1),
    RIGHT(-1);

    private final int forward;

    Side(int forward) {
        this.forward = forward;
    }

    public Side opponent() {
        return this == LEFT ? RIGHT : LEFT;
    }

    /** Which way this fencer's x grows when he goes forward: 1 or -1. */
    int forward() {
        return forward;
    }

    /** As the protocol writes it: {@code left}, {@code right}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** As a sentence begins: {@code Left}, {@code Right}. */
    public String capitalised() {
        return this == LEFT ? "Left" : "Right";
    }
}
