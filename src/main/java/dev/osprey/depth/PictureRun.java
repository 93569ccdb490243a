package dev.osprey.depth;

import dev.osprey.imaging.Picture;
import dev.osprey.model.ModelManifest;
import dev.osprey.runtime.Cancellation;
import dev.osprey.runtime.Lease;

/** One run of a network that takes a picture and gives numbers. */
final class PictureRun {

    private PictureRun() {}

    /**
     * @param model its memory is used
     * @return float32, the output's elements; a copy
     */
    static float[] on(Lease model, Picture picture, Cancellation cancellation) {
        ModelManifest.Pictures input = model.manifest().pictures();
        picture.resizeInto(model.input(), input.width(), input.height(), input.interpolation(), input.colour());
        model.run(model.input(), model.output(), 1, cancellation);
        float[] values = new float[model.outputBytes(1) / Float.BYTES];
        model.output().asFloatBuffer().get(values);
        return values;
    }
}
