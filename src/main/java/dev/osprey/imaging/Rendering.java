package dev.osprey.imaging;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a client wants to see.
 *
 * @param opacity     share of the class colour in {@link Visualization#FILLED}, in [0, 1]
 * @param classFilter the classes to show; null shows all, the empty list none (in {@link Visualization#CONTOUR}: all)
 */
public record Rendering(
        Visualization visualization,
        double opacity,
        @Nullable List<Integer> classFilter) {

    public static final Rendering DEFAULT = new Rendering(Visualization.FILLED, 0.6, null);

    /**
     * Copies the filter.
     *
     * @throws OspreyException {@link ErrorCode#SETTING_INVALID} for an opacity outside [0, 1]
     */
    public Rendering {
        Objects.requireNonNull(visualization);
        if (!(opacity >= 0 && opacity <= 1)) {
            throw new OspreyException(
                    ErrorCode.SETTING_INVALID, "opacity must be a number from 0 to 1, found " + opacity);
        }
        classFilter = classFilter == null ? null : List.copyOf(classFilter);
    }
}
