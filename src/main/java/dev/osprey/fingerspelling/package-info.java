/** The fingerspelling coach: its messages, the rules of a session and what is made of the hands in a frame. */
@NullMarked
package dev.osprey.fingerspelling;

import org.jspecify.annotations.NullMarked;
