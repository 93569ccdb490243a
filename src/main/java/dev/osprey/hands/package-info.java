/** Finds the hands of a picture and follows them from picture to picture; knows no stream and no letter. */
@NullMarked
package dev.osprey.hands;

import org.jspecify.annotations.NullMarked;
