/** Fencing bouts that are streamed frame by frame or uploaded, and who had the right of way in them. */
@NullMarked
package dev.osprey.referee;

import org.jspecify.annotations.NullMarked;
