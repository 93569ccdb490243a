package dev.osprey.signs;

import org.jspecify.annotations.Nullable;

/**
 * The answer to a frame: what is known when it arrives, which is never about the frame itself.
 *
 * @param last recognition that is finished; null before the first
 * @param frame number of the frame on its connection, from 1
 * @param clipFrames frames that the clip has with this one
 * @param framesDropped of this connection that newer ones replaced before they were decoded
 * @param framesRefused of this connection that were no pictures
 */
record Prediction(@Nullable Recognition last, long frame, int clipFrames, long framesDropped, long framesRefused) {}
