package dev.osprey.hands;

/**
 * A hand as seen in one picture.
 *
 * @param landmarks 21 points of x, y, z, one after another: x, y as parts of the picture's width and height (may lie outside
 *     0 to 1), z relative to the wrist, in parts of the width, nearer is less
 * @param side by MediaPipe's naming, which supposes a mirrored picture
 * @param presence 0 to 1
 */
public record Hand(float[] landmarks, Side side, float presence) {

    /** Which of a person's two hands. */
    public enum Side {
        LEFT,
        RIGHT
    }
}
