package dev.osprey.fencing;

import static dev.osprey.fencing.Track.BACK_FOOT;
import static dev.osprey.fencing.Track.FRONT_FOOT;
import static dev.osprey.fencing.Track.POINTS;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Both fencers' tracks in units of the piste, {@code protocols/referee.md}, section 7.1, items 3 to 5. Gaps are as they were
 * seen; who needs them filled fills them.
 *
 * @param fps frames a second of the tracks
 * @param normalisationConstant c, pixels of one unit: a quarter of the distance between the two front feet on guard, which the
 *     strip's lines put 4 m apart, so about a metre
 * @param left as many frames as right, at least one
 */
public record Bout(double fps, double normalisationConstant, Angle angle, Track left, Track right) {

    /** One area this many times the other says that the camera stands on that fencer's side. */
    private static final double NEARER = 1.75;

    private static final double METRES_BETWEEN_GUARD_LINES = 4;

    /** From where the camera looks. */
    public enum Angle {
        LEFT,
        MIDDLE,
        RIGHT;

        /** As the protocol writes it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Somebody in a picture.
     *
     * @param left edge of the box in pixels, as top, right and bottom
     * @param points 34 numbers, x and y of COCO's 17 points in pixels, left and right as anatomy has them; not a number, or not
     *     above 0, is not seen
     */
    public record Person(double left, double top, double right, double bottom, double[] points) {

        private double centre() {
            return (left + right) / 2;
        }

        private double area() {
            return (right - left) * (bottom - top);
        }

        private boolean hasFeet() {
            return points[2 * BACK_FOOT] > 0 && points[2 * FRONT_FOOT] > 0;
        }
    }

    /** The two fencers in one picture, as far as they were seen; in a picture with both, sides are told by the boxes. */
    public record Fencers(@Nullable Person left, @Nullable Person right) {}

    /** Both of a picture, the one whose box is further left first. */
    private record Pair(Person left, Person right) {}

    public Bout {
        if (!(fps > 0) || left.frames() == 0 || left.frames() != right.frames()) {
            throw new IllegalArgumentException(
                    "%s frames a second, %d and %d frames".formatted(fps, left.frames(), right.frames()));
        }
    }

    public int frames() {
        return left.frames();
    }

    public Track track(Side side) {
        return side == Side.LEFT ? left : right;
    }

    /**
     * Measures a bout with the strip. Of every pair of points the one nearer to the opponent becomes the second, where both were
     * seen; a frame without both fencers is missing altogether.
     *
     * @throws OspreyException {@link ErrorCode#BOUT_UNREADABLE} when no frame shows both fencers with their feet apart
     */
    public static Bout normalise(double fps, List<Fencers> frames) {
        List<@Nullable Pair> pairs = new ArrayList<>(frames.size());
        frames.forEach(fencers -> pairs.add(pair(fencers)));
        for (Pair pair : pairs) {
            if (pair != null && pair.left().hasFeet() && pair.right().hasFeet()) {
                double constant = constant(pair);
                if (constant > 0) {
                    return new Bout(
                            fps,
                            constant,
                            angle(pair),
                            track(pairs, Side.LEFT, constant),
                            track(pairs, Side.RIGHT, constant));
                }
            }
        }
        throw new OspreyException(
                ErrorCode.BOUT_UNREADABLE, "No valid frame with keypoints for both tracks found in the video");
    }

    private static @Nullable Pair pair(Fencers fencers) {
        Person one = fencers.left();
        Person other = fencers.right();
        if (one == null || other == null) {
            return null;
        }
        return other.centre() < one.centre() ? new Pair(other, one) : new Pair(one, other);
    }

    private static double constant(Pair pair) {
        double[] feet = {
            pair.left().points()[2 * BACK_FOOT],
            pair.left().points()[2 * FRONT_FOOT],
            pair.right().points()[2 * BACK_FOOT],
            pair.right().points()[2 * FRONT_FOOT]
        };
        Arrays.sort(feet);
        return (feet[2] - feet[1]) / METRES_BETWEEN_GUARD_LINES;
    }

    private static Angle angle(Pair pair) {
        double left = pair.left().area();
        double right = pair.right().area();
        if (left >= NEARER * right) {
            return Angle.LEFT;
        }
        return right >= NEARER * left ? Angle.RIGHT : Angle.MIDDLE;
    }

    private static Track track(List<@Nullable Pair> pairs, Side side, double constant) {
        List<double[]> frames = new ArrayList<>(pairs.size());
        for (Pair pair : pairs) {
            double[] points = new double[2 * POINTS];
            if (pair == null) {
                Arrays.fill(points, Double.NaN);
            } else {
                scale(side == Side.LEFT ? pair.left() : pair.right(), constant, points);
                // COCO's pairs are (1, 2), (3, 4) … (15, 16); 0 is the nose.
                for (int first = 1; first < POINTS; first += 2) {
                    turn(points, first, side);
                }
            }
            frames.add(points);
        }
        return Track.of(frames);
    }

    private static void scale(Person person, double constant, double[] points) {
        for (int i = 0; i < points.length; i += 2) {
            boolean seen = person.points()[i] > 0 && person.points()[i + 1] > 0;
            points[i] = seen ? person.points()[i] / constant : Double.NaN;
            points[i + 1] = seen ? person.points()[i + 1] / constant : Double.NaN;
        }
    }

    private static void turn(double[] points, int first, Side side) {
        int one = 2 * first;
        int other = one + 2;
        if ((points[other] - points[one]) * side.forward() < 0) {
            double x = points[one];
            double y = points[one + 1];
            points[one] = points[other];
            points[one + 1] = points[other + 1];
            points[other] = x;
            points[other + 1] = y;
        }
    }
}
