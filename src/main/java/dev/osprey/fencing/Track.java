package dev.osprey.fencing;

import java.util.List;

/**
 * One fencer's keypoints over a bout: {@code float64 [frames, 17, 2]}, COCO's order, x to the right and y down. Not a number
 * where a point was not seen.
 *
 * <p>Within a {@link Bout} the second of every pair of points is the one nearer to the opponent, whichever hand the fencer
 * fences with: {@link #FRONT_FOOT}, {@link #WEAPON_WRIST}.
 */
public final class Track {

    public static final int POINTS = 17;

    static final int REAR_SHOULDER = 5;
    static final int WEAPON_SHOULDER = 6;
    static final int WEAPON_ELBOW = 8;
    static final int REAR_WRIST = 9;
    static final int WEAPON_WRIST = 10;
    static final int REAR_HIP = 11;
    static final int FRONT_HIP = 12;
    static final int BACK_FOOT = 15;
    static final int FRONT_FOOT = 16;

    private final double[][] frames;

    private Track(double[][] frames) {
        this.frames = frames;
    }

    /**
     * @param frames of each frame 34 numbers, x and y of point after point; copied
     * @throws IllegalArgumentException when a frame has another number of them
     */
    public static Track of(List<double[]> frames) {
        double[][] copies = new double[frames.size()][];
        for (int i = 0; i < copies.length; i++) {
            copies[i] = frames.get(i).clone();
            if (copies[i].length != 2 * POINTS) {
                throw new IllegalArgumentException(
                        "%d numbers in frame %d, expected %d".formatted(copies[i].length, i, 2 * POINTS));
            }
        }
        return new Track(copies);
    }

    public int frames() {
        return frames.length;
    }

    public double x(int frame, int point) {
        return frames[frame][2 * point];
    }

    public double y(int frame, int point) {
        return frames[frame][2 * point + 1];
    }
}
