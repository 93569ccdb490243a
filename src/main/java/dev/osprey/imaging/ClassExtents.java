package dev.osprey.imaging;

import java.util.Arrays;

/** Which classes a mask holds, and the smallest rectangle around each; used by one thread. */
final class ClassExtents {

    private static final int CLASSES = 256;

    private final int[] left = new int[CLASSES];
    private final int[] right = new int[CLASSES];
    private final int[] top = new int[CLASSES];
    private final int[] bottom = new int[CLASSES];

    void clear() {
        Arrays.fill(right, 0);
    }

    /**
     * Adds pixels of one class; rows come from the top down.
     *
     * @param from first column
     * @param to   column behind the last, above {@code from}
     */
    void add(int id, int y, int from, int to) {
        if (right[id] == 0) {
            left[id] = from;
            right[id] = to;
            top[id] = y;
        } else {
            left[id] = Math.min(left[id], from);
            right[id] = Math.max(right[id], to);
        }
        bottom[id] = y + 1;
    }

    boolean holds(int id) {
        return right[id] > 0;
    }

    /** Ascending. */
    int[] ids() {
        int[] ids = new int[CLASSES];
        int count = 0;
        for (int id = 0; id < CLASSES; id++) {
            if (holds(id)) {
                ids[count++] = id;
            }
        }
        return Arrays.copyOf(ids, count);
    }

    int left(int id) {
        return left[id];
    }

    int top(int id) {
        return top[id];
    }

    int width(int id) {
        return right[id] - left[id];
    }

    int height(int id) {
        return bottom[id] - top[id];
    }
}
