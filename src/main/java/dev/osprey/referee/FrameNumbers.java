package dev.osprey.referee;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Which frames of a session have come, and in what order. One thread at a time. */
final class FrameNumbers {

    /** A day at 100 frames a second; a bit each is kept. */
    static final int GREATEST = 8_640_000;

    private final BitSet received = new BitSet();
    private int count;
    private int greatest = -1;
    private int duplicates;
    private int outOfOrder;

    /**
     * Whether the frame is new; a number below the greatest so far is out of order.
     *
     * @param number 0 to {@link #GREATEST}
     */
    boolean isNew(int number) {
        if (received.get(number)) {
            duplicates++;
            return false;
        }
        return true;
    }

    /** Counts a new frame in. */
    void add(int number) {
        received.set(number);
        count++;
        if (number < greatest) {
            outOfOrder++;
        }
        greatest = Math.max(greatest, number);
    }

    /** Distinct frames. */
    int count() {
        return count;
    }

    int duplicates() {
        return duplicates;
    }

    int outOfOrder() {
        return outOfOrder;
    }

    /** How many numbers between the least and the greatest have not come. */
    int missing() {
        return count == 0 ? 0 : greatest - received.nextSetBit(0) + 1 - count;
    }

    /** The first of those that are missing. */
    List<Integer> firstMissing(int limit) {
        List<Integer> missing = new ArrayList<>();
        if (count > 0) {
            int number = received.nextClearBit(received.nextSetBit(0));
            while (number < greatest && missing.size() < limit) {
                missing.add(number);
                number = received.nextClearBit(number + 1);
            }
        }
        return missing;
    }

    /** The greatest number that is missing below the greatest that has come. */
    int lastMissing() {
        return greatest < 0 ? -1 : received.previousClearBit(greatest);
    }

    /** The first number that has not come, from 0 on: where a client that lost its connection goes on. */
    int next() {
        return received.nextClearBit(0);
    }
}
