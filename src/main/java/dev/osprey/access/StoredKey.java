package dev.osprey.access;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import org.jspecify.annotations.Nullable;

/** A row of {@code access_key}. */
@Entity
@Table(name = "access_key")
class StoredKey {

    @Id
    @Column(name = "id")
    String id = "";

    @Column(name = "name")
    String name = "";

    @Column(name = "hash")
    String hash = "";

    @Column(name = "prefix")
    String prefix = "";

    @Column(name = "role")
    String role = "";

    @Column(name = "scopes")
    String scopes = "";

    @Column(name = "requests_per_minute")
    int requestsPerMinute;

    @Column(name = "requests_per_day")
    int requestsPerDay;

    @Column(name = "max_connections")
    int maxConnections;

    @Column(name = "created_at")
    long createdAt;

    @Column(name = "expires_at")
    @Nullable
    Long expiresAt;

    @Column(name = "revoked_at")
    @Nullable
    Long revokedAt;

    @Column(name = "last_used_at")
    @Nullable
    Long lastUsedAt;
}
