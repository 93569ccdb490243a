package dev.osprey.pose;

import java.util.Optional;

/**
 * The two fencers on one picture; whoever was not found is missing.
 *
 * @param left who stood further left when both were first seen, wherever he is now
 * @param right the other one
 */
public record Fencers(Optional<Person> left, Optional<Person> right) {}
