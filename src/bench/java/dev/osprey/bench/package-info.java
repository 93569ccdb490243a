/** Measures what a client waits for, against the real server; starts what it needs and stops it. */
@NullMarked
package dev.osprey.bench;

import org.jspecify.annotations.NullMarked;
