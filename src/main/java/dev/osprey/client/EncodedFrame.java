package dev.osprey.client;

/**
 * A frame as it is sent.
 *
 * @param number  from 0, without gaps
 * @param picture encoded
 */
record EncodedFrame(long number, byte[] picture) {}
