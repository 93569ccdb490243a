package dev.osprey.jobs;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.runtime.Cancellation;
import java.nio.file.Path;

/** One attempt at a job, for what does it. Any thread. */
public interface JobRun {

    /** As it was when the attempt began. */
    Job job();

    /**
     * The job's own folder, which is there before the first attempt and stays between attempts: what was prepared for the job, its
     * artifacts, and whatever a later attempt can go on from. Only the record of a job is kept from a run that has lost it, not its
     * folder: finished files are best moved to their place in one step.
     */
    Path folder();

    /** From 1 on; attempts that the server ended for its own stop do not count. */
    int attempt();

    /** Requested where the job is to be cancelled, where the server stops, and where this run has lost the job. */
    Cancellation cancellation();

    /**
     * Says how far it is. Cheap enough for every frame: of what comes in quick succession only the newest is stored, and the last of
     * every stage. A database that does not answer is no trouble of the run's; it is told later.
     *
     * @param stage at most 100 characters
     * @param progress 0 to 1, of the whole job
     * @param message for people, at most 1,000 characters
     * @throws OspreyException {@link ErrorCode#LEASE_LOST} where the job is no longer this run's
     */
    void progress(String stage, double progress, String message);

    /**
     * Publishes a finished file, in place of an earlier one of that name.
     *
     * @param name what clients ask for: at most 100 characters, neither control characters nor slashes
     * @param mediaType such as {@code video/mp4}
     * @param file in the job's folder
     * @throws OspreyException {@link ErrorCode#LEASE_LOST}, {@link ErrorCode#STORE_UNAVAILABLE}
     * @throws IllegalArgumentException for a name that is none, or a file that is not in the folder
     */
    void artifact(String name, String mediaType, Path file);
}
