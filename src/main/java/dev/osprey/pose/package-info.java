/** Finds people and the points of their bodies in pictures and follows the two fencers of a bout; knows no job and no rule. */
@NullMarked
package dev.osprey.pose;

import org.jspecify.annotations.NullMarked;
