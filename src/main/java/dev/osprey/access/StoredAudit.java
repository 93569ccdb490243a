package dev.osprey.access;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.SequenceGenerator;
import jakarta.persistence.Table;

/** A row of {@code audit}. */
@Entity
@Table(name = "audit")
class StoredAudit {

    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "audit_sequence")
    @SequenceGenerator(name = "audit_sequence", sequenceName = "audit_sequence", allocationSize = 1)
    @Column(name = "id")
    long id;

    @Column(name = "happened_at")
    long happenedAt;

    @Column(name = "who")
    String who = "";

    @Column(name = "action")
    String action = "";

    @Column(name = "subject")
    String subject = "";

    @Column(name = "address")
    String address = "";

    @Column(name = "outcome")
    String outcome = "";

    @Column(name = "times")
    long times = 1;
}
