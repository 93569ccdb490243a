/** A load generator for the segmentation stream: cameras that do not wait, and clients that misbehave. */
@org.jspecify.annotations.NullMarked
package dev.osprey.bench.load;
