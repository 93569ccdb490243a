package dev.osprey.metrics;

/** What half, 95 % and 99 % of all values are not above, in milliseconds. */
public record Percentiles(double p50, double p95, double p99) {}
