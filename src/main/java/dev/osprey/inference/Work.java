package dev.osprey.inference;

import dev.osprey.fault.OspreyException;
import dev.osprey.model.ModelManifest;
import dev.osprey.runtime.Cancellation;
import java.util.List;

/**
 * One kind of work on one model. Tasks of the same work may be done together; every task that was submitted is handed to
 * exactly one of the two methods, once, unless its ticket was cancelled before.
 */
public interface Work<T> {

    String model();

    /** How many tasks go together, and how long the first of them may wait for others. Asked anew for every batch. */
    ModelManifest.Batch batch();

    /**
     * Does the tasks together and answers for their failures itself. On one of the model's workers; with several, calls
     * may overlap.
     *
     * @param tasks the longest waiting first, 1 to the limit of {@link #batch}
     * @param cancellation is requested when all of the tickets were cancelled
     */
    void run(List<T> tasks, Cancellation cancellation);

    /** Says why a task will not be done. */
    void refuse(T task, OspreyException why);
}
