package dev.osprey.model;

import dev.osprey.imaging.ColourOrder;
import dev.osprey.imaging.Interpolation;
import dev.osprey.imaging.Palette;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What the server needs to know of a model; the format of {@code model.json} is described in {@code models/README.md}.
 *
 * @param version the version served after a start
 * @param sha256 64 hexadecimal digits by version
 * @param labels names by class id
 * @param palette colours by class id, as many as labels
 * @param warmupRuns runs on random input for every batch size, at least 1
 * @param memoryMib what the loaded and warmed model takes
 */
public record ModelManifest(
        String name,
        String kind,
        String description,
        int version,
        Map<Integer, String> sha256,
        Input input,
        Output output,
        List<String> labels,
        Palette palette,
        Batch batch,
        int warmupRuns,
        int memoryMib,
        String licence,
        String source) {

    /** Pictures, stretched to width × height: {@code uint8 [N, height, width, 3]}. */
    public record Input(String tensor, int width, int height, ColourOrder colour, Interpolation interpolation) {}

    /** Class ids, one a pixel: {@code uint8 [N, height, width]}. */
    public record Output(String tensor, int width, int height) {}

    /**
     * @param max most frames in one call, at least 1
     * @param maxDelay how long a worker may wait for more frames
     */
    public record Batch(int max, Duration maxDelay) {}
}
