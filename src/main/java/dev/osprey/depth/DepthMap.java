package dev.osprey.depth;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.imaging.Picture;
import dev.osprey.model.ModelKind;
import dev.osprey.model.ModelManifest;
import dev.osprey.runtime.Cancellation;
import dev.osprey.runtime.Lease;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What a network of the kind {@link ModelKind#DEPTH} sees in one picture. Any thread may use it. */
public final class DepthMap {

    /**
     * Of the pixels that count, as many are beyond either end of the scale: a few that are wrong by far do not make
     * everything else flat.
     */
    private static final double BEYOND = 0.005;

    /** Inverse depth in any unit, float32 [height, width]: what is flat stays flat where this is interpolated. */
    private final float[] inverse;

    private final int width;
    private final int height;

    private DepthMap(float[] inverse, int width, int height) {
        this.inverse = inverse;
        this.width = width;
        this.height = height;
    }

    /**
     * Runs the network on the picture, once.
     *
     * @param model of the kind {@link ModelKind#DEPTH}; its memory is used
     * @throws OspreyException {@link ErrorCode#MODEL_FAILED} also where it answers with what is no depth,
     *     {@link ErrorCode#CANCELLED}
     */
    public static DepthMap of(Lease model, Picture picture, Cancellation cancellation) {
        ModelManifest.Depths depths = model.manifest().depths();
        float[] values = PictureRun.on(model, picture, cancellation);
        for (int i = 0; i < values.length; i++) {
            float inverse = depths.scale() == ModelManifest.Scale.DEPTH ? 1 / positive(values[i]) : values[i];
            if (!Float.isFinite(inverse)) {
                throw new OspreyException(
                        ErrorCode.MODEL_FAILED,
                        "\"%s\" answered with %s, which is no depth"
                                .formatted(model.manifest().name(), values[i]));
            }
            values[i] = inverse;
        }
        return new DepthMap(values, depths.width(), depths.height());
    }

    private static float positive(float depth) {
        return depth > 0 ? depth : Float.NaN;
    }

    /**
     * How near each pixel of the picture is, in any size of the picture.
     *
     * <p>With s the inverse of the depth, brought to the wanted size bilinearly, and a and b what 0.5 % and 99.5 % of the
     * foreground's s are not above, it is {@code (s − a) / (b − a)}, and not below 0 nor above 1. So it is linear in the
     * inverse of the depth, the nearer half of a scene gets more than half of the scale, and it does not depend on the
     * network's unit, nor on the offset that networks of inverse depth leave open.
     *
     * @param foreground uint8 [height, width], 0 is background, which does not count for a and b; null for all of it
     * @return float32 [height, width], 0 farthest, 1 nearest; 0 everywhere where all is as far or nothing is foreground
     */
    public float[] nearness(int width, int height, byte @Nullable [] foreground) {
        if (width < 1 || height < 1 || (foreground != null && foreground.length != (long) width * height)) {
            throw new IllegalArgumentException("%d x %d pixels, %s of them said to be foreground or not"
                    .formatted(width, height, foreground == null ? "none" : foreground.length));
        }
        float[] nearness = scaledTo(width, height);
        float[] counting = counting(nearness, foreground);
        Arrays.sort(counting);
        float least = counting.length == 0 ? 0 : counting[rank(BEYOND, counting.length)];
        float greatest = counting.length == 0 ? 0 : counting[rank(1 - BEYOND, counting.length)];
        float range = greatest - least;
        for (int i = 0; i < nearness.length; i++) {
            nearness[i] = range > 0 ? Math.max(0, Math.min(1, (nearness[i] - least) / range)) : 0;
        }
        return nearness;
    }

    private static int rank(double part, int count) {
        return (int) Math.round(part * (count - 1));
    }

    private static float[] counting(float[] values, byte @Nullable [] foreground) {
        if (foreground == null) {
            return values.clone();
        }
        float[] counting = new float[values.length];
        int count = 0;
        for (int i = 0; i < values.length; i++) {
            if (foreground[i] != 0) {
                counting[count++] = values[i];
            }
        }
        return Arrays.copyOf(counting, count);
    }

    /** Bilinear between the middles of pixels, the outermost ones' going on to the edges. */
    private float[] scaledTo(int newWidth, int newHeight) {
        if (newWidth == width && newHeight == height) {
            return inverse.clone();
        }
        float[] scaled = new float[newWidth * newHeight];
        for (int row = 0; row < newHeight; row++) {
            double y = at(row, newHeight, height);
            int above = (int) y;
            int upper = above * width;
            int lower = Math.min(above + 1, height - 1) * width;
            for (int column = 0; column < newWidth; column++) {
                double x = at(column, newWidth, width);
                int left = (int) x;
                int right = Math.min(left + 1, width - 1);
                double top = between(inverse[upper + left], inverse[upper + right], x - left);
                double bottom = between(inverse[lower + left], inverse[lower + right], x - left);
                scaled[row * newWidth + column] = (float) between(top, bottom, y - above);
            }
        }
        return scaled;
    }

    private static double at(int pixel, int newLength, int length) {
        return Math.max(0, Math.min(length - 1, (pixel + 0.5) * length / newLength - 0.5));
    }

    private static double between(double from, double to, double part) {
        return from + (to - from) * part;
    }
}
