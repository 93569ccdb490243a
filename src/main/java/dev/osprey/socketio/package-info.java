/** Socket.IO for every capability that speaks it: sessions, both transports, events; knows no event by name. */
@NullMarked
package dev.osprey.socketio;

import org.jspecify.annotations.NullMarked;
