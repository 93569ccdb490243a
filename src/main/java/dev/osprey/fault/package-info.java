/** What can go wrong, each with a code; knows nobody else. */
@NullMarked
package dev.osprey.fault;

import org.jspecify.annotations.NullMarked;
