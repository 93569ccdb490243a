package dev.osprey.imaging;

/** The order of the three bytes of a pixel. */
public enum ColourOrder {
    BGR,
    RGB
}
