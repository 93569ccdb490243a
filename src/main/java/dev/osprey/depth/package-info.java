/** The third dimension of what a picture shows, by a leased network: how near each pixel is, or a body as a field. Plain Java. */
@NullMarked
package dev.osprey.depth;

import org.jspecify.annotations.NullMarked;
