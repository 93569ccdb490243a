/** What an operator sees of a running server and does to it, over HTTP. */
@NullMarked
package dev.osprey.admin;

import org.jspecify.annotations.NullMarked;
