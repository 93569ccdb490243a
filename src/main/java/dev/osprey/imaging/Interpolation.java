package dev.osprey.imaging;

/** How a picture becomes larger or smaller. */
public enum Interpolation {
    /** The blend of the four nearest pixels, in OpenCV's fixed-point arithmetic. */
    BILINEAR,
    /** The mean over the source rectangle where the target is narrower than the picture, else {@link #BILINEAR}. */
    AREA
}
