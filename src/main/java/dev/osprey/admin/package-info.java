/** What an operator does to a running server over HTTP. */
@NullMarked
package dev.osprey.admin;

import org.jspecify.annotations.NullMarked;
