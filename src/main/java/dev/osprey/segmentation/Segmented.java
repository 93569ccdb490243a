package dev.osprey.segmentation;

import dev.osprey.model.ModelManifest;
import dev.osprey.runtime.ExecutionProvider;
import java.util.List;

/**
 * A frame with its classes drawn on it, or its classes alone.
 *
 * @param picture JPEG, or PNG where it is the mask; shared by every reply that shows it, so never written to
 * @param detectedClasses labels that occur in it, by class id, the background left out
 * @param manifest of the version that ran
 * @param together frames that the run was of
 */
record Segmented(
        byte[] picture,
        List<String> detectedClasses,
        ModelManifest manifest,
        int version,
        ExecutionProvider provider,
        int together,
        Times times,
        Begun begun) {

    /** The model's name. */
    String model() {
        return manifest.name();
    }

    /** What each step took, in nanoseconds; {@code scale} brings the mask to the frame's size. */
    record Times(long decode, long resize, long run, long scale, long render, long encode) {

        /** What the protocol calls the total time: preprocessing, model, mask resize. */
        long total() {
            return resize + run + scale;
        }
    }

    /** When three of the steps began, by {@link System#nanoTime}; {@code render} with bringing the mask to the frame's size. */
    record Begun(long decode, long run, long render) {}
}
