/** Whether the server starts, is ready or drains, and why; and how it stops in order. Does no work of its own. */
@NullMarked
package dev.osprey.operation;

import org.jspecify.annotations.NullMarked;
