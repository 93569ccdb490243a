package dev.osprey.mesh;

import java.util.Arrays;

/**
 * Which sides of triangles lie together in one edge. A side is known by the place of its first corner in a mesh's corners,
 * and runs from there to the triangle's following corner.
 */
final class Sides {

    /** In place of a partner: no other triangle is at the edge. */
    static final int ALONE = -1;

    /** In place of a partner: more than one other triangle is at the edge. */
    static final int CROWDED = -2;

    private final int[] corners;
    private final int[] table;
    /** The next side in the same edge; -1 ends. */
    private final int[] next;

    private final int[] partners;

    /** @param corners int32 [triangles, 3]; not copied. Triangles with less than three different corners have no sides. */
    Sides(int[] corners) {
        this.corners = corners;
        table = new int[2 * Integer.highestOneBit(Math.max(2, corners.length))];
        next = new int[corners.length];
        partners = new int[corners.length];
        Arrays.fill(table, -1);
        Arrays.fill(next, -1);
        Arrays.fill(partners, ALONE);
        for (int side = 0; side < corners.length; side++) {
            if (isProper(corners, side / 3)) {
                int slot = slot(from(side), to(side));
                next[side] = table[slot];
                table[slot] = side;
            }
        }
        for (int first : table) {
            if (first >= 0 && next[first] >= 0) {
                int second = next[first];
                if (next[second] < 0) {
                    partners[first] = second;
                    partners[second] = first;
                } else {
                    for (int side = first; side >= 0; side = next[side]) {
                        partners[side] = CROWDED;
                    }
                }
            }
        }
    }

    static boolean isProper(int[] corners, int triangle) {
        int a = corners[3 * triangle];
        int b = corners[3 * triangle + 1];
        int c = corners[3 * triangle + 2];
        return a != b && b != c && c != a;
    }

    /** The side that begins where this one ends, in the same triangle. */
    static int following(int side) {
        return side % 3 == 2 ? side - 2 : side + 1;
    }

    static int preceding(int side) {
        return side % 3 == 0 ? side + 2 : side - 1;
    }

    private int slot(int one, int other) {
        int low = Math.min(one, other);
        int high = Math.max(one, other);
        int hash = low * 0x9E3779B1 ^ Integer.rotateLeft(high * 0x85EBCA6B, 15);
        hash = (hash ^ hash >>> 15) * 0x2C1B3C6D;
        int slot = (hash ^ hash >>> 13) & table.length - 1;
        while (table[slot] >= 0
                && (Math.min(from(table[slot]), to(table[slot])) != low
                        || Math.max(from(table[slot]), to(table[slot])) != high)) {
            slot = slot + 1 & table.length - 1;
        }
        return slot;
    }

    int from(int side) {
        return corners[side];
    }

    int to(int side) {
        return corners[following(side)];
    }

    /** The vertex of the side's triangle that is not on it. */
    int apex(int side) {
        return corners[preceding(side)];
    }

    /** The one other side in the same edge, or {@link #ALONE}, or {@link #CROWDED}. */
    int partner(int side) {
        return partners[side];
    }

    /** Whether two sides that lie together run against each other, as they do when both triangles face the same way. */
    boolean oppose(int one, int other) {
        return from(one) != from(other);
    }

    /** A side between two vertices, whichever way it runs; -1 where there is none. {@link #after} tells of the others. */
    int between(int one, int other) {
        return table[slot(one, other)];
    }

    /** Another side in the same edge; -1 after the last. */
    int after(int side) {
        return next[side];
    }
}
