/** Which waiting frame runs next on which model; plain Java, knows no wire and no pixel. */
@NullMarked
package dev.osprey.inference;

import org.jspecify.annotations.NullMarked;
