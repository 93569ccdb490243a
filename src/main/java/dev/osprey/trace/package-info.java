/** What happened to single frames and jobs, and when, as OpenTelemetry's spans. */
@NullMarked
package dev.osprey.trace;

import org.jspecify.annotations.NullMarked;
