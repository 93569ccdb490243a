/** Pixels in and out: headers, decoding, resizing, drawing, encoding, video files, all off-heap; the only user of org.bytedeco. */
@NullMarked
package dev.osprey.imaging;

import org.jspecify.annotations.NullMarked;
