package dev.osprey.referee;

import java.util.Locale;
import java.util.Optional;

/**
 * What an analysis goes through, in this order, and how much of it each stage is. The names are the guide's of the protocol; that
 * of {@link #ANALYSIS} is its first implementation's, for the moment between the video and what is seen in it.
 */
enum Stage {
    VIDEO_RECONSTRUCTION(0, 0.15),
    ANALYSIS(0.15, 0.16),
    FISHEYE(0.16, 0.2),
    YOLO(0.2, 0.8),
    DECISION(0.8, 0.82),
    OVERLAY(0.82, 1);

    private final double from;
    private final double to;

    Stage(double from, double to) {
        this.from = from;
        this.to = to;
    }

    String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Stage> named(String wireName) {
        for (Stage stage : values()) {
            if (stage.wireName().equals(wireName)) {
                return Optional.of(stage);
            }
        }
        return Optional.empty();
    }

    /** Progress of the whole from that within the stage. */
    double ofWhole(double progress) {
        return from + Math.max(0, Math.min(1, progress)) * (to - from);
    }

    /** Progress within the stage from that of the whole, in thousandths. */
    double within(double ofWhole) {
        double progress = (ofWhole - from) / (to - from);
        return Math.round(Math.max(0, Math.min(1, progress)) * 1_000) / 1_000.0;
    }
}
