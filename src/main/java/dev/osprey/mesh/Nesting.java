package dev.osprey.mesh;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Which pieces of a mesh lie within others.
 *
 * <p>From some places of each piece a ray goes up; where it leaves another piece as often as it does not enter it, the place
 * is within. To find the triangles above a place, all lie in a grid over x and y. A side of a triangle belongs to what is
 * left of it and is reckoned from its lower end, whichever triangle asks, so a ray through an edge meets one triangle of two.
 */
final class Nesting {

    private static final int SAMPLES = 32;
    private static final int MOST_ACROSS = 512;
    private static final int MOST_ENTRIES = 16;

    /** Triangles that are looked at for the whole mesh, some seconds' worth; pieces after that count as within none. */
    private static final long MOST_WORK = 100_000_000;

    private final Triangles triangles;
    private final Pieces pieces;
    private final BitSet closed;
    private final double[] box = new double[4];
    private int across;
    /** Where each cell's triangles begin in {@link #listed}. */
    private int[] begins;

    private final int[] listed;
    private final int[] hits;
    private final int[] hit;
    private int hitCount;
    private long work;

    private Nesting(Triangles triangles, Pieces pieces, BitSet closed, double[][] boxes) {
        this.triangles = triangles;
        this.pieces = pieces;
        this.closed = closed;
        Arrays.fill(box, 0, 2, Double.POSITIVE_INFINITY);
        Arrays.fill(box, 2, 4, Double.NEGATIVE_INFINITY);
        for (double[] piece : boxes) {
            box[0] = Math.min(box[0], piece[0]);
            box[1] = Math.min(box[1], piece[1]);
            box[2] = Math.max(box[2], piece[3]);
            box[3] = Math.max(box[3], piece[4]);
        }
        across = (int) Math.max(1, Math.min(MOST_ACROSS, Math.sqrt(triangles.count()) / 2));
        long entries = entries();
        while (across > 1 && entries > (long) MOST_ENTRIES * triangles.count()) {
            across /= 2;
            entries = entries();
        }
        begins = new int[across * across + 1];
        forEachCell((cell, triangle) -> begins[cell + 1]++);
        Arrays.parallelPrefix(begins, Integer::sum);
        listed = new int[begins[across * across]];
        int[] filled = begins.clone();
        forEachCell((cell, triangle) -> listed[filled[cell]++] = triangle);
        hits = new int[pieces.count()];
        hit = new int[pieces.count()];
    }

    /** For each piece, how many closed others it lies wholly within. */
    static int[] depths(Triangles triangles, Pieces pieces, BitSet closed) {
        int[] depths = new int[pieces.count()];
        if (pieces.count() < 2 || closed.isEmpty()) {
            return depths;
        }
        double[][] boxes = pieces.boxes();
        Nesting nesting = new Nesting(triangles, pieces, closed, boxes);
        int[][] samples = nesting.samples();
        for (int piece = 0; piece < depths.length; piece++) {
            depths[piece] = nesting.depth(piece, samples[piece]);
        }
        return depths;
    }

    private int depth(int piece, int[] vertices) {
        int[] around = new int[0];
        if (work > MOST_WORK) {
            return 0;
        }
        for (int i = 0; i < vertices.length; i++) {
            shoot(triangles.place(vertices[i]));
            around = Arrays.stream(i == 0 ? Arrays.copyOf(hit, hitCount) : around)
                    .filter(other -> other != piece && hits[other] % 2 == 1)
                    .toArray();
            while (hitCount > 0) {
                hits[hit[--hitCount]] = 0;
            }
            if (around.length == 0) {
                break;
            }
        }
        return around.length;
    }

    /** How many places in cells the triangles would take. */
    private long entries() {
        long entries = 0;
        for (int triangle = 0; triangle < triangles.count(); triangle++) {
            int[] range = range(triangle);
            entries += (range[1] - range[0] + 1L) * (range[3] - range[2] + 1L);
        }
        return entries;
    }

    /** The first and the last column and row of cells that a triangle may lie over. */
    private int[] range(int triangle) {
        double[] a = triangles.place(triangles.corner(3 * triangle));
        double[] b = triangles.place(triangles.corner(3 * triangle + 1));
        double[] c = triangles.place(triangles.corner(3 * triangle + 2));
        return new int[] {
            cell(0, Math.min(a[0], Math.min(b[0], c[0]))),
            cell(0, Math.max(a[0], Math.max(b[0], c[0]))),
            cell(1, Math.min(a[1], Math.min(b[1], c[1]))),
            cell(1, Math.max(a[1], Math.max(b[1], c[1])))
        };
    }

    private interface Visitor {
        void at(int cell, int triangle);
    }

    private void forEachCell(Visitor visitor) {
        for (int triangle = 0; triangle < triangles.count(); triangle++) {
            if (closed.get(pieces.of(triangle))) {
                int[] range = range(triangle);
                for (int row = range[2]; row <= range[3]; row++) {
                    for (int column = range[0]; column <= range[1]; column++) {
                        visitor.at(row * across + column, triangle);
                    }
                }
            }
        }
    }

    private int cell(int axis, double place) {
        double extent = box[2 + axis] - box[axis];
        int cell = extent > 0 ? (int) ((place - box[axis]) / extent * across) : 0;
        return Math.max(0, Math.min(across - 1, cell));
    }

    /** Vertices of each piece, spread over its triangles. */
    private int[][] samples() {
        int[][] samples = new int[pieces.count()][];
        int[] seen = new int[samples.length];
        for (int piece = 0; piece < samples.length; piece++) {
            samples[piece] = new int[Math.min(SAMPLES, pieces.size(piece))];
        }
        for (int triangle = 0; triangle < triangles.count(); triangle++) {
            int piece = pieces.of(triangle);
            int[] of = samples[piece];
            of[(int) ((long) seen[piece]++ * of.length / pieces.size(piece))] = triangles.corner(3 * triangle);
        }
        return samples;
    }

    private void shoot(double[] from) {
        int cell = cell(1, from[1]) * across + cell(0, from[0]);
        work += begins[cell + 1] - begins[cell];
        for (int i = begins[cell]; i < begins[cell + 1]; i++) {
            int triangle = listed[i];
            double[] a = triangles.place(triangles.corner(3 * triangle));
            double[] b = triangles.place(triangles.corner(3 * triangle + 1));
            double[] c = triangles.place(triangles.corner(3 * triangle + 2));
            if (isOver(from, a, b, c)) {
                double[] normal = Vectors.cross(Vectors.minus(b, a), Vectors.minus(c, a));
                double[] way = Vectors.minus(a, from);
                // The plane over the place: normal · (a - from - up · height) = 0.
                if (normal[2] != 0 && Vectors.dot(normal, way) / normal[2] > 0) {
                    int piece = pieces.of(triangle);
                    if (hits[piece]++ == 0) {
                        hit[hitCount++] = piece;
                    }
                }
            }
        }
    }

    /** Whether a place is in a triangle, both seen along z. */
    static boolean isOver(double[] place, double[] a, double[] b, double[] c) {
        return isLeft(place, a, b) ^ isLeft(place, b, c) ^ isLeft(place, c, a);
    }

    /** Whether a place is left of a side at its height, seen along z. */
    private static boolean isLeft(double[] place, double[] one, double[] other) {
        double[] low = one[1] < other[1] ? one : other;
        double[] high = one[1] < other[1] ? other : one;
        return low[1] <= place[1]
                && place[1] < high[1]
                && place[0] < low[0] + (place[1] - low[1]) / (high[1] - low[1]) * (high[0] - low[0]);
    }
}
