package dev.osprey.mesh;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * Triangles with the same three corners, whichever way round, of which the first stays. Where bodies stand face to face, a wall
 * of such pairs is between them: that goes altogether, as it bounds nothing.
 */
final class Duplicates {

    private Duplicates() {}

    private record Corners(int low, int middle, int high) {

        static Corners of(int a, int b, int c) {
            int low = Math.min(a, Math.min(b, c));
            int high = Math.max(a, Math.max(b, c));
            return new Corners(low, Math.max(Math.min(a, b), Math.min(Math.max(a, b), c)), high);
        }
    }

    /** How many were taken out. */
    static int removed(Triangles triangles) {
        Map<Corners, Integer> firsts = new HashMap<>(2 * triangles.count());
        BitSet gone = new BitSet();
        BitSet opposed = new BitSet();
        for (int triangle = 0; triangle < triangles.count(); triangle++) {
            Integer first = firsts.putIfAbsent(
                    Corners.of(
                            triangles.corner(3 * triangle),
                            triangles.corner(3 * triangle + 1),
                            triangles.corner(3 * triangle + 2)),
                    triangle);
            if (first != null) {
                gone.set(triangle);
                opposed.set(first, opposed.get(first) || isOpposed(triangles, first, triangle));
            }
        }
        if (gone.isEmpty()) {
            return 0;
        }
        BitSet pairs = new BitSet();
        for (int triangle = 0, kept = 0; triangle < triangles.count(); triangle++) {
            if (!gone.get(triangle)) {
                pairs.set(kept++, opposed.get(triangle));
            }
        }
        triangles.remove(gone);
        return gone.cardinality() + wallsRemoved(triangles, pairs);
    }

    private static boolean isOpposed(Triangles triangles, int one, int other) {
        int from = triangles.corner(3 * one);
        int to = triangles.corner(3 * one + 1);
        for (int side = 3 * other; side < 3 * other + 3; side++) {
            if (triangles.corner(side) == from) {
                return triangles.corner(Sides.following(side)) != to;
            }
        }
        return false;
    }

    /** @param pairs triangles whose duplicate faced the other way */
    private static int wallsRemoved(Triangles triangles, BitSet pairs) {
        Sides sides = triangles.sides();
        Pieces pieces = new Pieces(triangles, sides);
        BitSet walls = new BitSet();
        BitSet others = new BitSet();
        for (int side = 0; side < 3 * triangles.count(); side++) {
            int piece = pieces.of(side / 3);
            if (!pairs.get(side / 3) || sides.partner(side) == Sides.ALONE) {
                others.set(piece);
            } else if (sides.partner(side) == Sides.CROWDED) {
                walls.set(piece);
            }
        }
        walls.andNot(others);
        BitSet gone = new BitSet();
        for (int triangle = 0; triangle < triangles.count(); triangle++) {
            gone.set(triangle, walls.get(pieces.of(triangle)));
        }
        triangles.remove(gone);
        return gone.cardinality();
    }
}
