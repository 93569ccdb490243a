/** What Osprey counts, under its published names. */
@NullMarked
package dev.osprey.metrics;

import org.jspecify.annotations.NullMarked;
