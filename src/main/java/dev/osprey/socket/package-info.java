/** The container's edge: its WebSocket sessions as the peers of streams, addresses, answers in JSON; decides nothing. */
@NullMarked
package dev.osprey.socket;

import org.jspecify.annotations.NullMarked;
