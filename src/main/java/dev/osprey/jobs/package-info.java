/**
 * Durable work: submitted, claimed by one server, run, followed and kept, through crashes of the server; knows nothing of what the
 * work is.
 */
@NullMarked
package dev.osprey.jobs;

import org.jspecify.annotations.NullMarked;
