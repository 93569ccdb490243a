package dev.osprey.imaging;

import java.util.Arrays;
import java.util.Optional;

/** The ways to show a mask on its frame. */
public enum Visualization {
    /** Frame and class colour mixed by the opacity, on all pixels. */
    FILLED("filled"),
    /** The outlines of the classes on the frame. */
    CONTOUR("contour"),
    /** The frame on the left, the class colours on the right; twice as wide. */
    SIDE_BY_SIDE("side-by-side"),
    /** The frame with the hue of the class colours. */
    BLEND("blend");

    private final String wireName;

    Visualization(String wireName) {
        this.wireName = wireName;
    }

    /** The name on the wire and in the settings. */
    public String wireName() {
        return wireName;
    }

    public static Optional<Visualization> ofWireName(String name) {
        return Arrays.stream(values())
                .filter(visualization -> visualization.wireName.equals(name))
                .findFirst();
    }
}
