/** The referee's command-line client: a process of its own that knows of Osprey only imaging, faults and the protocol. */
@NullMarked
package dev.osprey.client;

import org.jspecify.annotations.NullMarked;
