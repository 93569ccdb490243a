package dev.osprey.jobs;

import dev.osprey.fault.ErrorCode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A job as it was when it was looked at.
 *
 * @param id a random UUID; who knows it may look at the job
 * @param kind the {@link JobKind#name} of what does it
 * @param owner who submitted it, where that is known
 * @param reference what the client calls it, such as a session's name; data only, never part of a path
 * @param parameters JSON text, for the kind alone
 * @param progress 0 to 1
 * @param result JSON text, once it has succeeded
 * @param failure why it failed, once it has
 * @param attempt how often it was begun; 0 before the first time
 * @param artifacts what it has produced so far, by name; none once it has expired
 * @param bytes of all its files, known once it has finished
 */
public record Job(
        String id,
        String kind,
        Optional<String> owner,
        Optional<String> reference,
        String parameters,
        State state,
        String stage,
        double progress,
        String message,
        Optional<String> result,
        Optional<Failure> failure,
        int attempt,
        Instant submitted,
        Optional<Instant> started,
        Optional<Instant> finished,
        List<Artifact> artifacts,
        long bytes) {

    /** Where a job stands. */
    public enum State {
        QUEUED,
        RUNNING,
        SUCCEEDED,
        FAILED,
        CANCELLED,
        /** It had ended in one of the three ways before; its files are gone and the record will be. */
        EXPIRED;

        /** Whether nothing will be done for it any more. */
        public boolean isFinished() {
            return this != QUEUED && this != RUNNING;
        }
    }

    /** @param detail one sentence that is safe to show */
    public record Failure(ErrorCode code, String detail) {}

    /**
     * A file that a job has produced.
     *
     * @param file below the job's folder
     */
    public record Artifact(String name, String file, String mediaType, long bytes) {}

    /** The artifact of that name. */
    public Optional<Artifact> artifact(String name) {
        return artifacts.stream()
                .filter(artifact -> artifact.name().equals(name))
                .findFirst();
    }
}
