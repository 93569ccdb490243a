package dev.osprey.jobs;

import dev.osprey.fault.ErrorCode;
import jakarta.persistence.CollectionTable;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.OrderBy;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A row of {@code job}; what the columns mean stands in the migration. Within one transaction, with the row locked to change it. */
@Entity
@Table(name = "job")
class StoredJob {

    @Id
    @Column(name = "id")
    String id = "";

    @Column(name = "kind")
    String kind = "";

    @Column(name = "owner")
    @Nullable
    String owner;

    @Column(name = "reference")
    @Nullable
    String reference;

    @Column(name = "parameters")
    String parameters = "";

    @Enumerated(EnumType.STRING)
    @Column(name = "state")
    Job.State state = Job.State.QUEUED;

    @Column(name = "stage")
    String stage = "";

    @Column(name = "progress")
    double progress;

    @Column(name = "message")
    String message = "";

    @Column(name = "result")
    @Nullable
    String result;

    @Enumerated(EnumType.STRING)
    @Column(name = "failure_code")
    @Nullable
    ErrorCode failureCode;

    @Column(name = "failure_detail")
    @Nullable
    String failureDetail;

    @Column(name = "cancel_requested")
    boolean cancelRequested;

    @Column(name = "attempt")
    int attempt;

    @Column(name = "claims")
    long claims;

    @Column(name = "node")
    @Nullable
    String node;

    @Column(name = "lease_until")
    long leaseUntil;

    @Column(name = "submitted_at")
    long submittedAt;

    @Column(name = "started_at")
    @Nullable
    Long startedAt;

    @Column(name = "finished_at")
    @Nullable
    Long finishedAt;

    @Column(name = "bytes")
    long bytes;

    @Column(name = "last_sequence")
    long lastSequence;

    @ElementCollection(fetch = FetchType.EAGER)
    @CollectionTable(name = "job_artifact", joinColumns = @JoinColumn(name = "job_id"))
    @OrderBy("name")
    List<StoredArtifact> artifacts = new ArrayList<>();

    Job job() {
        ErrorCode code = failureCode;
        return new Job(
                id,
                kind,
                Optional.ofNullable(owner),
                Optional.ofNullable(reference),
                parameters,
                state,
                stage,
                progress,
                message,
                Optional.ofNullable(result),
                code == null
                        ? Optional.empty()
                        : Optional.of(new Job.Failure(code, failureDetail == null ? "" : failureDetail)),
                attempt,
                Instant.ofEpochMilli(submittedAt),
                Optional.ofNullable(startedAt).map(Instant::ofEpochMilli),
                Optional.ofNullable(finishedAt).map(Instant::ofEpochMilli),
                artifacts.stream().map(StoredArtifact::artifact).toList(),
                bytes);
    }

    /** The next entry of its log, telling how it stands now. */
    StoredEvent event(JobEvent.Type type, long nowMillis, @Nullable String data) {
        StoredEvent event = new StoredEvent();
        lastSequence++;
        event.jobId = id;
        event.sequence = lastSequence;
        event.happenedAt = nowMillis;
        event.type = type;
        event.state = state;
        event.stage = stage;
        event.progress = progress;
        event.message = message;
        event.data = data;
        return event;
    }
}
