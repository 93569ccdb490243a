package dev.osprey.referee;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * What is to be said of a session's frames, {@code protocols/referee.md}, section 4.8.
 *
 * @param issues in the protocol's words and order; none where the session is as it should be
 */
record Validation(List<String> issues) {

    private static final int LEAST_FRAMES = 10;

    /** More than these are not named one by one. */
    private static final int MISSING_NAMED = 5;

    static Validation of(FrameNumbers frames, OptionalLong expected) {
        List<String> issues = new ArrayList<>();
        if (frames.count() == 0) {
            issues.add("No frames received");
        }
        if (frames.missing() > MISSING_NAMED) {
            issues.add("Missing %d frames (first: %d, last: %d)"
                    .formatted(frames.missing(), frames.firstMissing(1).get(0), frames.lastMissing()));
        } else if (frames.missing() > 0) {
            issues.add("Missing frames: " + frames.firstMissing(MISSING_NAMED));
        }
        if (expected.isPresent() && expected.getAsLong() != frames.count()) {
            issues.add("Expected %d frames, received %d".formatted(expected.getAsLong(), frames.count()));
        }
        if (frames.count() < LEAST_FRAMES) {
            issues.add("Too few frames: %d (minimum %d)".formatted(frames.count(), LEAST_FRAMES));
        }
        return new Validation(List.copyOf(issues));
    }

    boolean isValid() {
        return issues.isEmpty();
    }

    /** @param idleSeconds how long no message has come */
    static String timeout(double idleSeconds) {
        return String.format(Locale.ROOT, "Session timeout: no activity for %.1fs", idleSeconds);
    }
}
