package dev.osprey.access;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** A row of {@code operator}. */
@Entity
@Table(name = "operator")
class StoredOperator {

    @Id
    @Column(name = "name")
    String name = "";

    @Column(name = "password")
    String password = "";

    @Column(name = "changed_at")
    long changedAt;
}
