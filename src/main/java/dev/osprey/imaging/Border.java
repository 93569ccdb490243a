package dev.osprey.imaging;

/** What a {@link Crop} shows where it reaches beyond its picture. */
public enum Border {
    /** Nothing but black. */
    BLACK,
    /** The picture's outermost pixels. */
    EDGE
}
