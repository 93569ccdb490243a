package dev.osprey.jobs;

import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;

/** A row of {@code job_artifact}, without the job it belongs to. */
@Embeddable
class StoredArtifact {

    @Column(name = "name")
    String name = "";

    @Column(name = "file")
    String file = "";

    @Column(name = "media_type")
    String mediaType = "";

    @Column(name = "bytes")
    long bytes;

    static StoredArtifact of(Job.Artifact artifact) {
        StoredArtifact stored = new StoredArtifact();
        stored.name = artifact.name();
        stored.file = artifact.file();
        stored.mediaType = artifact.mediaType();
        stored.bytes = artifact.bytes();
        return stored;
    }

    Job.Artifact artifact() {
        return new Job.Artifact(name, file, mediaType, bytes);
    }
}
