package dev.osprey.stream;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * The frames of one stream that no worker has taken yet: few, and the newest. Not thread-safe; the stream's lock guards
 * it.
 */
public final class Mailbox<F> {

    private final int capacity;
    private final Deque<F> frames = new ArrayDeque<>();

    /** @param capacity most frames that wait, at least 1 */
    public Mailbox(int capacity) {
        this.capacity = capacity;
    }

    /** Adds the newest frame; the oldest leaves and is returned where there was no room for both. */
    public Optional<F> offer(F frame) {
        Optional<F> replaced = frames.size() < capacity ? Optional.empty() : Optional.of(frames.remove());
        frames.add(frame);
        return replaced;
    }

    /** The frame whose turn is next, left where it is. */
    public Optional<F> oldest() {
        return Optional.ofNullable(frames.peek());
    }

    /** Takes the frame whose turn it is. */
    public Optional<F> take() {
        return Optional.ofNullable(frames.poll());
    }

    public void clear() {
        frames.clear();
    }

    public boolean isEmpty() {
        return frames.isEmpty();
    }
}
