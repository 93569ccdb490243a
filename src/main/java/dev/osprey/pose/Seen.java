package dev.osprey.pose;

import dev.osprey.imaging.Crop;

/**
 * A person, and where the same one has to be looked for on the next picture.
 *
 * @param region a square with the whole body in it, upright
 */
record Seen(Person person, Crop region) {}
