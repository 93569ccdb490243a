package dev.osprey.mesh;

import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;

/**
 * Triangles without an area, taken out without opening the surface.
 *
 * <p>One with a corner twice is just left out: its other two sides are one. One whose corners lie in a line has its longest
 * side taken from it: the triangle beyond is cut in two at the third corner, which lies on that side, and the two take the
 * place of both.
 */
final class Slivers {

    private static final int MOST_PASSES = 16;

    /** A triangle so much wider than high is one; a small one of good shape is not. */
    private static final double THIN = 1e-3;

    private final Triangles triangles;
    private Sides sides;
    private final BitSet touched = new BitSet();
    private final Set<Long> made = new HashSet<>();

    private Slivers(Triangles triangles) {
        this.triangles = triangles;
        this.sides = triangles.sides();
    }

    /** How many were taken out. A few may be left where the surface would suffer. */
    static int removed(Triangles triangles) {
        BitSet improper = new BitSet();
        for (int triangle = 0; triangle < triangles.count(); triangle++) {
            int a = triangles.corner(3 * triangle);
            int b = triangles.corner(3 * triangle + 1);
            int c = triangles.corner(3 * triangle + 2);
            improper.set(triangle, a == b || b == c || c == a);
        }
        triangles.remove(improper);
        int before = improper.cardinality();
        for (int pass = 0; pass < MOST_PASSES; pass++) {
            int removed = new Slivers(triangles).pass();
            if (removed == 0) {
                break;
            }
            before += removed;
        }
        return before;
    }

    private int pass() {
        BitSet gone = new BitSet();
        int cut = 0;
        for (int triangle = 0; triangle < triangles.count(); triangle++) {
            if (!touched.get(triangle) && isSliver(triangle)) {
                int side = longest(triangle);
                if (sides.partner(side) < 0) {
                    gone.set(triangle);
                    touched.set(triangle);
                } else if (cut(side, sides.partner(side))) {
                    cut++;
                }
            }
        }
        triangles.remove(gone);
        return cut + gone.cardinality();
    }

    private boolean isSliver(int triangle) {
        double area = triangles.area(triangle);
        if (area >= MeshAnalysis.LEAST_AREA) {
            return false;
        }
        double width = length(longest(triangle));
        return 2 * area <= THIN * width * width;
    }

    private double length(int side) {
        return Vectors.length(Vectors.minus(triangles.place(sides.to(side)), triangles.place(sides.from(side))));
    }

    private int longest(int triangle) {
        int longest = 3 * triangle;
        for (int side = longest + 1; side < 3 * triangle + 3; side++) {
            longest = length(side) > length(longest) ? side : longest;
        }
        return longest;
    }

    private boolean cut(int side, int beyond) {
        int from = sides.from(side);
        int to = sides.to(side);
        int middle = sides.apex(side);
        int apex = sides.apex(beyond);
        long key = (long) Math.min(middle, apex) << 32 | Math.max(middle, apex);
        if (touched.get(beyond / 3)
                || !sides.oppose(side, beyond)
                || middle == apex
                || sides.between(middle, apex) >= 0
                || made.contains(key)
                || !isBetter(middle, from, apex, to)) {
            return false;
        }
        triangles.set(side / 3, middle, from, apex);
        triangles.set(beyond / 3, apex, to, middle);
        touched.set(side / 3);
        touched.set(beyond / 3);
        // The neighbours' own sides still are what they were; only what these two were told of each other is not.
        made.add(key);
        return true;
    }

    private boolean isBetter(int middle, int from, int apex, int to) {
        float[] positions = triangles.positions();
        double one = Vectors.length(Vectors.normal(positions, middle, from, apex)) / 2;
        double other = Vectors.length(Vectors.normal(positions, apex, to, middle)) / 2;
        return Math.min(one, other) >= MeshAnalysis.LEAST_AREA;
    }
}
