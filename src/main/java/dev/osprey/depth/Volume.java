package dev.osprey.depth;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.imaging.Picture;
import dev.osprey.model.ModelKind;
import dev.osprey.model.ModelManifest;
import dev.osprey.runtime.Cancellation;
import dev.osprey.runtime.Lease;

/**
 * The body that a network of the kind {@link ModelKind#VOLUME} sees in one picture, as {@code MarchingCubes} takes it.
 *
 * @param field float32 [depth, height, width]; x to the right of the picture, y up, z towards whoever looks; greater than
 *     {@code level} is inside, what is no number is not
 */
public record Volume(float[] field, int width, int height, int depth, float level) {

    /**
     * Runs the network on the picture, once.
     *
     * @param model of the kind {@link ModelKind#VOLUME}; its memory is used
     * @throws OspreyException {@link ErrorCode#MODEL_FAILED}, {@link ErrorCode#CANCELLED}
     */
    public static Volume of(Lease model, Picture picture, Cancellation cancellation) {
        ModelManifest.Field field = model.manifest().field();
        return new Volume(
                PictureRun.on(model, picture, cancellation),
                field.width(),
                field.height(),
                field.depth(),
                field.level());
    }
}
