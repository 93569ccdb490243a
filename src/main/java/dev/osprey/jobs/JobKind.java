package dev.osprey.jobs;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.nio.file.Path;
import java.util.List;

/** What does the jobs of one kind: a CDI bean of the capability that knows how. */
public interface JobKind {

    /** At most 64 characters; part of the wire and of stored records, so it stays as it is. */
    String name();

    /** How many of them one server runs at the same time. */
    int concurrency();

    /**
     * What another job of the same parameters is given of the folder of one that has ended: names of files that were there before its
     * first attempt, or stand for those. They are shared between the folders, so no run may write into them.
     */
    default List<String> inputs(Path folder) {
        return List.of();
    }

    /**
     * Does a job, from the beginning or, where an earlier attempt got somewhere, from what it left in the folder. It ends soon after
     * {@link JobRun#cancellation} is requested, by whatever exception it likes or by returning: the job is then cancelled, or waits
     * for the server's next start.
     *
     * @return the result as JSON text, at most 1,000,000 characters; more belongs into an artifact
     * @throws OspreyException for a failure whose code and detail the client may read. With {@link ErrorCode#STORE_UNAVAILABLE} the
     *     job is begun once more
     * @throws Exception for any other failure; the client reads {@link ErrorCode#JOB_FAILED}, the log has the rest
     */
    String run(JobRun run) throws Exception;
}
