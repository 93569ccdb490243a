package dev.osprey.mesh;

import java.util.List;

/** What somebody throws who wants the work to end. */
final class Halt extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** To be told of progress: takes note of it, and throws at the first that is beyond the limit. */
    static void beyond(double limit, double part, List<Double> told) {
        told.add(part);
        if (part > limit) {
            throw new Halt();
        }
    }
}
