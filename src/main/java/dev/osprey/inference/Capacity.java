package dev.osprey.inference;

import java.time.Duration;

/**
 * What the scheduler may use, and how long who comes last puts up with it.
 *
 * @param runs model calls at the same time, over all models, at least 1
 * @param runsPerModel model calls at the same time on one model, at least 1
 * @param interactivePatience after this long an {@link Priority#INTERACTIVE} task goes before everything that came later
 * @param batchPatience the same for a {@link Priority#BATCH} task
 */
public record Capacity(int runs, int runsPerModel, Duration interactivePatience, Duration batchPatience) {}
