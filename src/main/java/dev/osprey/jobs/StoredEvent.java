package dev.osprey.jobs;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A row of {@code job_event}. */
@Entity
@Table(name = "job_event")
@IdClass(StoredEvent.Key.class)
class StoredEvent {

    @Id
    @Column(name = "job_id")
    String jobId = "";

    @Id
    @Column(name = "sequence")
    long sequence;

    @Column(name = "happened_at")
    long happenedAt;

    @Enumerated(EnumType.STRING)
    @Column(name = "type")
    JobEvent.Type type = JobEvent.Type.STATE;

    @Enumerated(EnumType.STRING)
    @Column(name = "state")
    Job.State state = Job.State.QUEUED;

    @Column(name = "stage")
    String stage = "";

    @Column(name = "progress")
    double progress;

    @Column(name = "message")
    String message = "";

    @Column(name = "data")
    @Nullable
    String data;

    JobEvent event() {
        return new JobEvent(
                jobId,
                sequence,
                Instant.ofEpochMilli(happenedAt),
                type,
                state,
                stage,
                progress,
                message,
                Optional.ofNullable(data));
    }

    /** As JPA wants a key of two columns: with fields of the same names. */
    static class Key implements Serializable {

        String jobId = "";
        long sequence;

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key key && sequence == key.sequence && jobId.equals(key.jobId);
        }

        @Override
        public int hashCode() {
            return 31 * jobId.hashCode() + Long.hashCode(sequence);
        }
    }
}
