/** A live client: what waits, what is answered in which order, when it is too much; plain Java, knows no wire. */
@NullMarked
package dev.osprey.stream;

import org.jspecify.annotations.NullMarked;
