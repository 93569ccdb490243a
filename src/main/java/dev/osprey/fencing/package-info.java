/** Who has the right of way: reads the scoring box's signal and both fencers' keypoints; knows no pixels, no container. */
@NullMarked
package dev.osprey.fencing;

import org.jspecify.annotations.NullMarked;
