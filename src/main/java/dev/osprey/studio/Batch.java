package dev.osprey.studio;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Solids that were asked for together. Any thread. */
final class Batch {

    private final int total;
    private final Set<String> ended = ConcurrentHashMap.newKeySet();

    Batch(int total) {
        this.total = total;
    }

    int total() {
        return total;
    }

    /** Told of a job that has ended, as often as somebody likes; how many have. */
    int ended(String job) {
        ended.add(job);
        return ended.size();
    }
}
