package dev.osprey.jobs;

import java.util.Optional;

/**
 * What is to be done.
 *
 * @param kind the {@link JobKind#name} of what does it
 * @param owner who submits it, at most 200 characters
 * @param reference what the client calls it, at most 200 characters
 * @param parameters JSON text for the kind, at most 1,000,000 characters
 */
public record NewJob(String kind, Optional<String> owner, Optional<String> reference, String parameters) {

    /** A job of nobody in particular. */
    public static NewJob of(String kind, String parameters) {
        return new NewJob(kind, Optional.empty(), Optional.empty(), parameters);
    }
}
