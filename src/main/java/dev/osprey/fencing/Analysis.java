package dev.osprey.fencing;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the protocol's own rule looks at, {@code protocols/referee.md}, section 7.4. It is part of every decision, whichever rule
 * made it.
 *
 * @param rightOfWay by pauses and retreats alone; null is {@code none}
 * @param blade who the blades favour; null is {@code none}, there was no contact
 * @param bladeDetails null without a contact
 */
public record Analysis(
        List<Pause> leftPauses,
        List<Pause> rightPauses,
        @Nullable Side rightOfWay,
        @Nullable Side blade,
        @Nullable BladeDetails bladeDetails,
        SpeedComparison speeds,
        boolean leftLunge,
        boolean rightLunge) {

    /**
     * A fencer stood still, or retreated.
     *
     * @param endFrame the last one of it
     * @param startTime seconds, as end and duration: frames by the protocol's rate, not the video's
     */
    public record Pause(
            int startFrame, int endFrame, double startTime, double endTime, double duration, boolean retreat) {}

    /**
     * How much the weapon wrists moved around the first contact of the blades.
     *
     * @param firstFrame of the window, as far as there are frames
     * @param lastFrame before the first where the contact lies beyond the track
     * @param leftVariance sample variance of x plus that of y, in squared units
     * @param leftSamples frames of the window in which the wrist was seen
     */
    public record BladeDetails(
            int contactFrame,
            int firstFrame,
            int lastFrame,
            double leftVariance,
            double rightVariance,
            int leftSamples,
            int rightSamples,
            @Nullable Side rightOfWay) {}

    /** Of the front foot, units per frame and per frame squared. */
    public record SpeedComparison(
            double leftSpeed, double rightSpeed, double leftAcceleration, double rightAcceleration) {}

    public Analysis {
        leftPauses = List.copyOf(leftPauses);
        rightPauses = List.copyOf(rightPauses);
    }

    public List<Pause> pauses(Side side) {
        return side == Side.LEFT ? leftPauses : rightPauses;
    }
}
