package dev.osprey.jobs;

import java.time.Instant;
import java.util.Optional;

/**
 * An entry of a job's log, which is only ever written at its end.
 *
 * @param sequence from 1 on, in the order in which things happened. Old progress that later one has overtaken may leave the log;
 *     nothing else does as long as the job is kept
 * @param state the job's, from then on
 * @param progress 0 to 1
 * @param data JSON text: of {@code ARTIFACT} its name, media type and bytes; of {@code STATE} the attempt and, where it failed, why
 */
public record JobEvent(
        String jobId,
        long sequence,
        Instant time,
        Type type,
        Job.State state,
        String stage,
        double progress,
        String message,
        Optional<String> data) {

    /** What an event tells of. */
    public enum Type {
        STATE,
        PROGRESS,
        ARTIFACT
    }
}
