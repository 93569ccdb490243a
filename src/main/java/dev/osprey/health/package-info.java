/** What the server says of itself: what it is, whether it is up and ready, that it did not start. */
@NullMarked
package dev.osprey.health;

import org.jspecify.annotations.NullMarked;
