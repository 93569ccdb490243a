package dev.osprey.fingerspelling;

import dev.osprey.hands.Hand;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was found in one frame, and how far the coach has come since the last reset.
 *
 * @param timestamp that came with the frame; null where none did
 * @param clipFrames frames with hands in the clip, of {@code clipLength} that the model needs
 * @param distributions means are taken of, of {@code distributionsNeeded}
 * @param model that names the letters
 */
record Seen(
        List<Hand> hands,
        @Nullable BigDecimal timestamp,
        int clipFrames,
        int clipLength,
        int distributions,
        int distributionsNeeded,
        String model) {}
