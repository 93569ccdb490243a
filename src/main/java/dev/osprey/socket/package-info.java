/** The container's WebSocket session as the peer of a stream; decides nothing. */
@NullMarked
package dev.osprey.socket;

import org.jspecify.annotations.NullMarked;
