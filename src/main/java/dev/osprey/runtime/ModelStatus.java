package dev.osprey.runtime;

import java.util.SortedSet;

/**
 * A model as an operator sees it.
 *
 * @param state of this version
 * @param memoryMib counted against the budget
 * @param leases runs under way
 * @param versions what the repository has
 */
public record ModelStatus(
        String name,
        int version,
        State state,
        ExecutionProvider provider,
        int memoryMib,
        int leases,
        SortedSet<Integer> versions) {

    /** From being loaded to being closed; a model that is only in the repository is {@code UNLOADED}. */
    public enum State {
        UNLOADED,
        LOADING,
        READY,
        DRAINING
    }
}
