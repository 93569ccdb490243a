package dev.osprey.pose;

import java.util.List;
import java.util.Optional;

/**
 * Which two of the people on a picture fence. They are large and of about the same size, stand on one line along the picture,
 * apart from each other, with their feet apart, and look at each other. A referee stands beside the strip with his feet
 * together and looks at the camera or away from it; spectators are smaller or higher up. Every one of these is a factor, so a pair
 * that lacks one is only less likely.
 */
final class Pairing {

    /** What a factor is at least: that of a pair that lacks it entirely. */
    private static final double LACKING = 0.3;

    private Pairing() {}

    /** @param left the one who is further left */
    record Pair(Seen left, Seen right) {

        /** 0 to 1; comparable between the pairs of one picture. */
        double score(double largestSize) {
            Person one = left.person();
            Person other = right.person();
            double size = (size(one) + size(other)) / 2;
            double large = Math.min(size(one), size(other)) / largestSize;
            double alike = Math.min(size(one), size(other)) / Math.max(size(one), size(other));
            double level = 1 - Math.abs(feet(one) - feet(other)) / size;
            double apart = (other.box().centreX() - one.box().centreX()) / size;
            double onGuard = (stance(one) + stance(other)) / 2;
            double facing = (towards(one, 1) + towards(other, -1)) / 2;
            return factor(large) * factor(alike) * factor(level) * factor(apart) * factor(onGuard) * factor(facing);
        }
    }

    /** The likeliest pair; nothing where there are no two people. */
    static Optional<Pair> likeliest(List<Seen> people) {
        double largest = largestSize(people);
        Pair best = null;
        for (Seen one : people) {
            for (Seen other : people) {
                if (one.person().box().centreX() < other.person().box().centreX()) {
                    Pair pair = new Pair(one, other);
                    if (best == null || pair.score(largest) > best.score(largest)) {
                        best = pair;
                    }
                }
            }
        }
        return Optional.ofNullable(best);
    }

    static double largestSize(List<Seen> people) {
        return people.stream().mapToDouble(seen -> size(seen.person())).max().orElse(1);
    }

    private static double factor(double value) {
        return LACKING + (1 - LACKING) * Math.max(0, Math.min(1, value));
    }

    /** About the height of somebody who stands, in pixels; less dependent on posture than the box. */
    private static double size(Person person) {
        return Math.max(1, 3.2 * person.torso());
    }

    /** In pixels from the picture's upper edge: the lower of the ankles. */
    private static double feet(Person person) {
        return Math.max(person.y(Person.LEFT_ANKLE), person.y(Person.RIGHT_ANKLE));
    }

    /** How far apart the feet are along the picture, 1 for a torso's length or more. */
    private static double stance(Person person) {
        return Math.abs(person.x(Person.LEFT_ANKLE) - person.x(Person.RIGHT_ANKLE)) / Math.max(1, person.torso());
    }

    /**
     * Whether somebody looks to the right ({@code direction} 1) or left (-1) of the picture: 1 in profile, 0 for the other
     * direction, one half for who looks at the camera. From where the nose is, seen from the middle of the ears.
     */
    private static double towards(Person person, int direction) {
        double ears = (person.x(Person.LEFT_EAR) + person.x(Person.RIGHT_EAR)) / 2;
        double ahead = direction * (person.x(Person.NOSE) - ears) / Math.max(1, person.torso());
        return 0.5 + 4 * ahead;
    }
}
