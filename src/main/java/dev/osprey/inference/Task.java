package dev.osprey.inference;

import dev.osprey.fault.OspreyException;

/** A piece of work for one model, done on that model's worker. Exactly one of the two methods is called, once. */
public interface Task {

    /** Does the work, answers for its failures itself. */
    void run();

    /** Says why the work will not be done. */
    void refuse(OspreyException why);
}
