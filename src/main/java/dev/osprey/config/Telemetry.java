package dev.osprey.config;

/** Whether the platform's OpenTelemetry is on, which is a setting of the platform's: {@code otel.sdk.disabled}. */
public record Telemetry(boolean on) {}
