package dev.osprey.fencing;

import static dev.osprey.fencing.Track.FRONT_HIP;
import static dev.osprey.fencing.Track.REAR_HIP;
import static dev.osprey.fencing.Track.REAR_SHOULDER;
import static dev.osprey.fencing.Track.WEAPON_ELBOW;
import static dev.osprey.fencing.Track.WEAPON_SHOULDER;
import static dev.osprey.fencing.Track.WEAPON_WRIST;

import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * How one fencer moves, at {@value #FPS} steps a second whatever the video's rate; in his own direction, so that forward is more
 * for both. Gaps are bridged by straight lines, from the first point seen to the last; speeds are smoothed over about a seventh
 * of a second.
 */
final class Motion {

    /** Steps a second. */
    static final int FPS = 30;

    /** Of the bell curve that smooths places before they become speeds, in steps. */
    private static final double SMOOTHING = 2;

    /** Nobody is quicker, in units a second; what claims to be was a slip of the tracking. */
    private static final double QUICKEST = 4.5;

    private static final double QUICKEST_BACK = -3;

    private final double[] trunk;
    private final double[] hand;
    private final double[] reach;
    private final double[] speed;
    private final boolean[] straight;
    private final double[] seen;

    private Motion(double[] trunk, double[] hand, double[] reach, double[] speed, boolean[] straight, double[] seen) {
        this.trunk = trunk;
        this.hand = hand;
        this.reach = reach;
        this.speed = speed;
        this.straight = straight;
        this.seen = seen;
    }

    static Motion of(Bout bout, Side side) {
        double[] rearShoulder = place(bout, side, REAR_SHOULDER);
        double[] weaponShoulder = place(bout, side, WEAPON_SHOULDER);
        double[] rearHip = place(bout, side, REAR_HIP);
        double[] frontHip = place(bout, side, FRONT_HIP);
        double[] hand = place(bout, side, WEAPON_WRIST);
        double[] trunk = new double[hand.length];
        double[] reach = new double[hand.length];
        for (int i = 0; i < hand.length; i++) {
            double shoulders = (rearShoulder[i] + weaponShoulder[i]) / 2;
            trunk[i] = (shoulders + (rearHip[i] + frontHip[i]) / 2) / 2;
            reach[i] = hand[i] - shoulders;
        }
        double[] speed = slope(smoothed(trunk, SMOOTHING));
        for (int i = 0; i < speed.length; i++) {
            speed[i] = Math.max(QUICKEST_BACK, Math.min(QUICKEST, speed[i] * FPS));
        }
        return new Motion(trunk, hand, reach, speed, straight(bout, side), seen(bout, side));
    }

    int steps() {
        return trunk.length;
    }

    /** Of the trunk: the middle of shoulders and hips, in units. */
    double trunk(int step) {
        return trunk[step];
    }

    /** Of the weapon hand. */
    double hand(int step) {
        return hand[step];
    }

    /** Units a second of the trunk, back is negative. */
    double speed(int step) {
        return speed[step];
    }

    /** How far the weapon hand is before the shoulders, mean of the steps from first to last, as far as there are any. */
    double reach(int first, int last) {
        return mean(reach, first, last);
    }

    double speed(int first, int last) {
        return mean(speed, first, last);
    }

    /** How much of the time from first to last trunk and weapon hand were seen, not bridged: 0 to 1. */
    double seen(int first, int last) {
        return mean(seen, first, last);
    }

    private static double[] seen(Bout bout, Side side) {
        Track track = bout.track(side);
        return resampled(
                bout,
                frame -> Double.isNaN(track.x(frame, REAR_SHOULDER)
                                + track.x(frame, WEAPON_SHOULDER)
                                + track.x(frame, REAR_HIP)
                                + track.x(frame, FRONT_HIP)
                                + track.x(frame, WEAPON_WRIST))
                        ? 0
                        : 1);
    }

    /** Whether the weapon arm is straight and level at every step from first to last. */
    boolean isStraight(int first, int last) {
        for (int i = first; i <= last; i++) {
            if (!straight[i]) {
                return false;
            }
        }
        return true;
    }

    private static boolean[] straight(Bout bout, Side side) {
        double[] shoulderX = place(bout, side, WEAPON_SHOULDER);
        double[] shoulderY = height(bout, side, WEAPON_SHOULDER);
        double[] elbowX = place(bout, side, WEAPON_ELBOW);
        double[] elbowY = height(bout, side, WEAPON_ELBOW);
        double[] wristX = place(bout, side, WEAPON_WRIST);
        double[] wristY = height(bout, side, WEAPON_WRIST);
        boolean[] straight = new boolean[wristX.length];
        for (int i = 0; i < straight.length; i++) {
            double arm = Math.hypot(elbowX[i] - shoulderX[i], elbowY[i] - shoulderY[i])
                    + Math.hypot(wristX[i] - elbowX[i], wristY[i] - elbowY[i]);
            straight[i] = arm > 0
                    && wristX[i] - shoulderX[i] > Thresholds.STRAIGHT_ARM * arm
                    && Math.abs(wristY[i] - shoulderY[i]) < Thresholds.LEVEL_HAND;
        }
        return straight;
    }

    private static double mean(double[] values, int first, int last) {
        int from = Math.max(0, first);
        int to = Math.max(from, last);
        double sum = 0;
        for (int i = from; i <= to; i++) {
            sum += values[i];
        }
        return sum / (to - from + 1);
    }

    /** Where a point is, in the fencer's own direction, at every step. */
    private static double[] place(Bout bout, Side side, int point) {
        Track track = bout.track(side);
        return resampled(bout, frame -> track.x(frame, point) * side.forward());
    }

    private static double[] height(Bout bout, Side side, int point) {
        Track track = bout.track(side);
        return resampled(bout, frame -> track.y(frame, point));
    }

    private static double[] resampled(Bout bout, IntToDoubleFunction value) {
        double[] seen = IntStream.range(0, bout.frames()).mapToDouble(value).toArray();
        bridge(seen);
        int steps = (int) ((seen.length - 1) / bout.fps() * FPS + 1e-9) + 1;
        double[] values = new double[steps];
        for (int i = 0; i < steps; i++) {
            double at = Math.min(seen.length - 1, i * bout.fps() / FPS);
            int before = (int) at;
            int after = Math.min(seen.length - 1, before + 1);
            values[i] = seen[before] + (at - before) * (seen[after] - seen[before]);
        }
        return values;
    }

    /** Fills what is not a number; 0 where nothing was ever seen. */
    static void bridge(double[] values) {
        int last = -1;
        for (int i = 0; i < values.length; i++) {
            if (Double.isNaN(values[i])) {
                continue;
            }
            for (int gap = last + 1; gap < i; gap++) {
                values[gap] =
                        last < 0 ? values[i] : values[last] + (values[i] - values[last]) * (gap - last) / (i - last);
            }
            last = i;
        }
        for (int gap = last + 1; gap < values.length; gap++) {
            values[gap] = last < 0 ? 0 : values[last];
        }
    }

    /** A bell curve of that standard deviation in steps, cut at four of them; the ends are mirrored. */
    static double[] smoothed(double[] values, double deviation) {
        int radius = (int) (4 * deviation + 0.5);
        double[] weights = new double[2 * radius + 1];
        double sum = 0;
        for (int i = -radius; i <= radius; i++) {
            weights[i + radius] = Math.exp(-0.5 * i * i / (deviation * deviation));
            sum += weights[i + radius];
        }
        double[] smoothed = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            for (int j = -radius; j <= radius; j++) {
                smoothed[i] += values[mirrored(i + j, values.length)] * weights[j + radius] / sum;
            }
        }
        return smoothed;
    }

    /** … 1 0 | 0 1 2 … n - 1 | n - 1 n - 2 … */
    private static int mirrored(int index, int length) {
        int period = Math.floorMod(index, 2 * length);
        return period < length ? period : 2 * length - 1 - period;
    }

    private static double[] slope(double[] values) {
        double[] slope = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            int before = Math.max(0, i - 1);
            int after = Math.min(values.length - 1, i + 1);
            slope[i] = after == before ? 0 : (values[after] - values[before]) / (after - before);
        }
        return slope;
    }
}
