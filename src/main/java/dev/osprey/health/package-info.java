/** Whether the server is up and ready, for probes and clients. */
@NullMarked
package dev.osprey.health;

import org.jspecify.annotations.NullMarked;
