/** The segmentation stream: its messages, its modes and what is drawn on a frame. */
@NullMarked
package dev.osprey.segmentation;

import org.jspecify.annotations.NullMarked;
