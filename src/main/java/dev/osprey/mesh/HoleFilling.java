package dev.osprey.mesh;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Holes closed with triangles, without ever a third triangle at an edge.
 *
 * <p>The sides that are alone in their edge are walked along; where the walk meets itself, the loop behind it is cut off, so
 * each loop passes a vertex once. A loop gets the triangles with the least area together (Barequet and Sharir, Filling gaps in
 * the boundary of a polyhedron, 1995) among those that use no edge which is there already; of a long one, ears are cut off
 * before. If there is none such, triangles go from the loop to a new vertex in its middle, whose edges are all new. A piece
 * that is flat is left open: there is nothing to enclose.
 */
final class HoleFilling {

    /** Corners up to which all triangulations are compared: n³ / 6 triangles are. */
    private static final int MOST_COMPARED = 200;

    /** The same once {@link #work} is used up. */
    private static final int FEW_COMPARED = 24;

    /** Comparisons that are made for the whole mesh before it is done quicker and worse: some seconds' worth. */
    private static final long MOST_WORK = 100_000_000;

    private final Triangles triangles;
    private final Sides sides;
    private final int before;
    private final Set<Long> made = new HashSet<>();
    private int holes;
    private long work;

    private HoleFilling(Triangles triangles) {
        this.triangles = triangles;
        this.sides = triangles.sides();
        this.before = triangles.count();
    }

    /** @param faces added */
    record Filled(int holes, int faces) {}

    /** Closes what can be closed. Triangles must face the same way as their neighbours. */
    static Filled fill(Triangles triangles) {
        HoleFilling filling = new HoleFilling(triangles);
        List<int[]> loops = filling.loops();
        List<Integer> firsts = new ArrayList<>();
        for (int[] loop : loops) {
            int first = triangles.count();
            filling.close(loop);
            if (triangles.count() > first) {
                firsts.add(first);
                filling.holes++;
            }
        }
        filling.openFlatPieces(firsts);
        return new Filled(filling.holes, triangles.count() - filling.before);
    }

    /** Each in the direction in which the triangles that close it run. */
    private List<int[]> loops() {
        int[] first = new int[triangles.vertices()];
        int[] next = new int[3 * before];
        Arrays.fill(first, -1);
        for (int side = 3 * before - 1; side >= 0; side--) {
            if (sides.partner(side) == Sides.ALONE) {
                next[side] = first[sides.from(side)];
                first[sides.from(side)] = side;
            }
        }
        List<int[]> loops = new ArrayList<>();
        int[] path = new int[3 * before];
        int[] places = new int[triangles.vertices()];
        Arrays.fill(places, -1);
        for (int start = 0; start < first.length; start++) {
            int length = 0;
            int at = start;
            while (true) {
                if (places[at] >= 0) {
                    int from = places[at];
                    int[] loop = new int[length - from];
                    while (length > from) {
                        length--;
                        loop[loop.length - 1 - (length - from)] = sides.to(path[length]);
                        places[sides.from(path[length])] = -1;
                    }
                    loops.add(loop);
                }
                int side = first[at];
                if (side >= 0) {
                    first[at] = next[side];
                    places[at] = length;
                    path[length++] = side;
                    at = sides.to(side);
                } else if (length > 0) {
                    // A dead end, as beside an edge of three triangles: back, and on from there.
                    at = sides.from(path[--length]);
                    places[at] = -1;
                } else {
                    break;
                }
            }
        }
        return loops;
    }

    private static long key(int one, int other) {
        return (long) Math.min(one, other) << 32 | Math.max(one, other);
    }

    private boolean isThere(int one, int other) {
        return sides.between(one, other) >= 0 || made.contains(key(one, other));
    }

    private void add(int a, int b, int c) {
        triangles.add(a, b, c);
        made.add(key(a, b));
        made.add(key(b, c));
        made.add(key(c, a));
    }

    private void close(int[] loop) {
        if (loop.length < 3 || (loop.length == 3 && isTriangle(loop))) {
            return;
        }
        int most = work < MOST_WORK ? MOST_COMPARED : FEW_COMPARED;
        int[] rest = loop.length > most ? withoutEars(loop, most) : loop;
        if (rest.length > most || !fillLeast(rest)) {
            fan(rest);
        }
    }

    /** Whether a loop of three is the rim of a triangle that hangs on nothing. */
    private boolean isTriangle(int[] loop) {
        int side = sides.between(loop[0], loop[1]);
        return sides.apex(side) == loop[2]
                && sides.partner(Sides.following(side)) == Sides.ALONE
                && sides.partner(Sides.preceding(side)) == Sides.ALONE;
    }

    /** Ears cut off round after round, none beside another in one, until few enough corners are left or none can go. */
    private int[] withoutEars(int[] loop, int most) {
        double[] axis = direction(loop);
        int[] rest = loop;
        while (rest.length > most && work < 2 * MOST_WORK) {
            int[] round = rest;
            int[] notches = Arrays.stream(indices(round.length))
                    .filter(i -> turn(round, i, axis) <= 0)
                    .map(i -> round[i])
                    .toArray();
            int[] kept = new int[round.length];
            int count = 0;
            for (int i = 0; i < round.length; i++) {
                boolean mayGo = i > 0
                        && i + 1 < round.length
                        && kept[count - 1] == round[i - 1]
                        && round.length - i + count > most;
                if (mayGo && isEar(round[i - 1], round[i], round[i + 1], turn(round, i, axis), axis, notches)) {
                    add(round[i - 1], round[i], round[i + 1]);
                } else {
                    kept[count++] = round[i];
                }
            }
            if (count == round.length) {
                break;
            }
            rest = Arrays.copyOf(kept, count);
        }
        return rest;
    }

    private static int[] indices(int length) {
        int[] indices = new int[length];
        Arrays.setAll(indices, i -> i);
        return indices;
    }

    /** Of length 1, upright on the plane that fits the loop (Newell's sum). */
    private double[] direction(int[] loop) {
        double[] sum = new double[3];
        double[] from = triangles.place(loop[0]);
        for (int i = 1; i + 1 < loop.length; i++) {
            double[] part = Vectors.cross(
                    Vectors.minus(triangles.place(loop[i]), from), Vectors.minus(triangles.place(loop[i + 1]), from));
            for (int k = 0; k < 3; k++) {
                sum[k] += part[k];
            }
        }
        return Vectors.unit(sum);
    }

    /** Above 0 where the loop, seen along its axis, turns left. */
    private double turn(int[] loop, int i, double[] axis) {
        return area(loop[(i + loop.length - 1) % loop.length], loop[i], loop[(i + 1) % loop.length], axis);
    }

    private double area(int a, int b, int c, double[] axis) {
        return Vectors.dot(Vectors.normal(triangles.positions(), a, b, c), axis) / 2;
    }

    private boolean isEar(int a, int b, int c, double area, double[] axis, int[] notches) {
        if (area < MeshAnalysis.LEAST_AREA || isThere(a, c)) {
            return false;
        }
        work += notches.length;
        for (int notch : notches) {
            if (notch != a
                    && notch != b
                    && notch != c
                    && area(a, b, notch, axis) >= 0
                    && area(b, c, notch, axis) >= 0
                    && area(c, a, notch, axis) >= 0) {
                return false;
            }
        }
        return true;
    }

    private boolean fillLeast(int[] loop) {
        int n = loop.length;
        work += (long) n * n * n / 6;
        double[] weights = new double[n * n];
        int[] apexes = new int[n * n];
        double around = 0;
        for (int i = 0; i < n; i++) {
            around += distance(loop[i], loop[(i + 1) % n]);
        }
        for (int span = 2; span < n; span++) {
            for (int from = 0; from + span < n; from++) {
                int to = from + span;
                int at = from * n + to;
                weights[at] = Double.POSITIVE_INFINITY;
                if (span < n - 1 && isThere(loop[from], loop[to])) {
                    continue;
                }
                for (int apex = from + 1; apex < to; apex++) {
                    double weight = weights[from * n + apex] + weights[apex * n + to];
                    if (weight < weights[at]) {
                        weight += weight(loop[from], loop[apex], loop[to], around);
                        if (weight < weights[at]) {
                            weights[at] = weight;
                            apexes[at] = apex;
                        }
                    }
                }
            }
        }
        if (weights[n - 1] == Double.POSITIVE_INFINITY) {
            return false;
        }
        addPart(loop, apexes, 0, n - 1);
        return true;
    }

    private double distance(int one, int other) {
        return Vectors.length(Vectors.minus(triangles.place(one), triangles.place(other)));
    }

    /** A triangle's area; one without is worse than any with. */
    private double weight(int a, int b, int c, double around) {
        double area = Vectors.length(Vectors.normal(triangles.positions(), a, b, c)) / 2;
        return area < MeshAnalysis.LEAST_AREA ? around * around : area;
    }

    private void addPart(int[] loop, int[] apexes, int from, int to) {
        if (to - from >= 2) {
            int apex = apexes[from * loop.length + to];
            addPart(loop, apexes, from, apex);
            addPart(loop, apexes, apex, to);
            add(loop[from], loop[apex], loop[to]);
        }
    }

    private void fan(int[] loop) {
        double[] middle = new double[3];
        for (int vertex : loop) {
            for (int k = 0; k < 3; k++) {
                middle[k] += triangles.place(vertex)[k] / loop.length;
            }
        }
        while (isTaken(middle)) {
            middle[2] += Math.max(1e-6, Math.abs(middle[2]) * 1e-6);
        }
        int centre = triangles.vertex(middle[0], middle[1], middle[2]);
        for (int i = 0; i < loop.length; i++) {
            add(loop[i], loop[(i + 1) % loop.length], centre);
        }
    }

    /** Whether a vertex is at this very place: the two would be one in a file. */
    private boolean isTaken(double[] place) {
        float[] positions = triangles.positions();
        for (int i = 0; i < 3 * triangles.vertices(); i += 3) {
            if (positions[i] == (float) place[0]
                    && positions[i + 1] == (float) place[1]
                    && positions[i + 2] == (float) place[2]) {
                return true;
            }
        }
        return false;
    }

    /** @param firsts where the triangles of each hole begin */
    private void openFlatPieces(List<Integer> firsts) {
        if (firsts.isEmpty()) {
            return;
        }
        Pieces pieces = new Pieces(triangles, triangles.sides());
        double[] volumes = pieces.volumes();
        BitSet gone = new BitSet();
        for (int hole = 0; hole < firsts.size(); hole++) {
            int first = firsts.get(hole);
            if (volumes[pieces.of(first)] == 0) {
                gone.set(first, hole + 1 < firsts.size() ? firsts.get(hole + 1) : triangles.count());
                holes--;
            }
        }
        triangles.remove(gone);
    }
}
