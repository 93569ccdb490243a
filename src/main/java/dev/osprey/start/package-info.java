/**
 * What runs in the server's process before Payara does, as a Java agent in a jar of its own. May use nothing but the
 * JDK: neither the container nor the rest of Osprey is there yet.
 */
@NullMarked
package dev.osprey.start;

import org.jspecify.annotations.NullMarked;
