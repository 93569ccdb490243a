package dev.osprey.mesh;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What to do where more than two triangles meet in an edge, so that in the end there are two everywhere. */
final class CrowdedEdges {

    /** How far apart what touched goes, as a part of the mesh's diagonal. */
    private static final double GAP = 1e-4;

    /** Most meshes take two or three; what a hostile one leaves then stays. */
    private static final int MOST_ROUNDS = 100;

    private CrowdedEdges() {}

    /**
     * Takes out fins and inner walls: of the pieces that meet in an edge of an odd number of triangles, the one with the least
     * area, until there is no such edge, or for a hundred rounds.
     *
     * @return how many triangles went
     */
    static int withoutFins(Triangles triangles) {
        int before = triangles.count();
        for (int round = 0; round < MOST_ROUNDS; round++) {
            Sides sides = triangles.sides();
            Pieces pieces = new Pieces(triangles, sides);
            double[] areas = pieces.areas();
            // The least of its neighbours goes, so that each round takes one, and not both of two that meet.
            BitSet candidates = new BitSet(pieces.count());
            List<int[]> edges = new ArrayList<>();
            for (int[] edge : crowded(triangles, sides)) {
                if (edge.length % 2 == 1) {
                    int[] meeting =
                            Arrays.stream(edge).map(side -> pieces.of(side / 3)).toArray();
                    edges.add(meeting);
                    for (int piece : meeting) {
                        candidates.set(piece);
                    }
                }
            }
            BitSet least = (BitSet) candidates.clone();
            for (int[] meeting : edges) {
                int smallest = meeting[0];
                for (int piece : meeting) {
                    boolean smaller =
                            areas[piece] < areas[smallest] || (areas[piece] == areas[smallest] && piece < smallest);
                    smallest = smaller ? piece : smallest;
                }
                for (int piece : meeting) {
                    least.set(piece, piece == smallest && least.get(piece));
                }
            }
            if (least.isEmpty()) {
                break;
            }
            BitSet gone = new BitSet();
            for (int triangle = 0; triangle < triangles.count(); triangle++) {
                gone.set(triangle, least.get(pieces.of(triangle)));
            }
            triangles.remove(gone);
        }
        return before - triangles.count();
    }

    /** For each edge of more than two triangles, its sides. */
    private static List<int[]> crowded(Triangles triangles, Sides sides) {
        List<int[]> edges = new ArrayList<>();
        for (int side = 0; side < 3 * triangles.count(); side++) {
            if (sides.partner(side) == Sides.CROWDED && sides.between(sides.from(side), sides.to(side)) == side) {
                int count = 0;
                for (int at = side; at >= 0; at = sides.after(at)) {
                    count++;
                }
                int[] edge = new int[count];
                for (int at = side, i = 0; at >= 0; at = sides.after(at)) {
                    edge[i++] = at;
                }
                edges.add(edge);
            }
        }
        return edges;
    }

    /**
     * Parts what touches in edges of an even number of triangles: they are joined two by two, each vertex there becomes one
     * for each of the sheets that meet in it, and these move a little towards their own triangles.
     *
     * @return how many vertices were added
     */
    static int parted(Triangles triangles) {
        Sides sides = triangles.sides();
        Pieces pieces = new Pieces(triangles, sides);
        int[] partners = new int[3 * triangles.count()];
        BitSet affected = new BitSet(triangles.vertices());
        Arrays.setAll(partners, sides::partner);
        for (int[] edge : crowded(triangles, sides)) {
            if (edge.length % 2 == 0) {
                pair(triangles, sides, pieces, edge, partners);
                affected.set(sides.from(edge[0]));
                affected.set(sides.to(edge[0]));
            }
        }
        return affected.isEmpty() ? 0 : split(triangles, partners, affected);
    }

    /** The triangles around an edge, in their order around it: each with the next, or each with the one before. */
    private static void pair(Triangles triangles, Sides sides, Pieces pieces, int[] edge, int[] partners) {
        double[] from = triangles.place(sides.from(edge[0]));
        double[] axis = Vectors.unit(Vectors.minus(triangles.place(sides.to(edge[0])), from));
        double[] right = Vectors.unit(across(triangles, sides, edge[0], from, axis));
        double[] up = Vectors.cross(axis, right);
        Map<Integer, Double> angles = new HashMap<>();
        for (int side : edge) {
            double[] way = across(triangles, sides, side, from, axis);
            double angle = Math.atan2(Vectors.dot(way, up), Vectors.dot(way, right));
            angles.put(side, angle < 0 ? angle + 2 * Math.PI : angle);
        }
        List<Integer> around = new ArrayList<>(angles.keySet());
        around.sort((one, other) -> {
            int byAngle = Double.compare(angle(angles, one), angle(angles, other));
            return byAngle != 0 ? byAngle : Integer.compare(one, other);
        });
        int best = score(around, 0, angles, sides, pieces, edge[0]) >= score(around, 1, angles, sides, pieces, edge[0])
                ? 0
                : 1;
        for (int i = best; i < around.size() + best; i += 2) {
            int one = around.get(i % around.size());
            int other = around.get((i + 1) % around.size());
            partners[one] = other;
            partners[other] = one;
        }
    }

    private static double angle(Map<Integer, Double> angles, int side) {
        return angles.getOrDefault(side, 0.0);
    }

    /** From an edge to a triangle's third corner, upright on the edge. */
    private static double[] across(Triangles triangles, Sides sides, int side, double[] from, double[] axis) {
        double[] way = Vectors.minus(triangles.place(sides.apex(side)), from);
        double along = Vectors.dot(way, axis);
        return new double[] {way[0] - along * axis[0], way[1] - along * axis[1], way[2] - along * axis[2]};
    }

    /**
     * High where pairs are of one piece, then where they have matter between them, then where they are near. A triangle faces
     * where the angles rise if it runs along the edge as the angles are counted around it.
     */
    private static double score(
            List<Integer> around, int first, Map<Integer, Double> angles, Sides sides, Pieces pieces, int along) {
        double score = 0;
        for (int i = first; i < around.size() + first; i += 2) {
            int one = around.get(i % around.size());
            int other = around.get((i + 1) % around.size());
            score += pieces.of(one / 3) == pieces.of(other / 3) ? 10_000 : 0;
            score += sides.from(one) != sides.from(along) ? 100 : 0;
            score += sides.from(other) == sides.from(along) ? 100 : 0;
            double wedge = angle(angles, other) - angle(angles, one);
            score -= wedge < 0 ? wedge + 2 * Math.PI : wedge;
        }
        return score;
    }

    private static int split(Triangles triangles, int[] partners, BitSet affected) {
        int[] roots = new int[partners.length];
        Arrays.setAll(roots, corner -> corner);
        for (int side = 0; side < partners.length; side++) {
            if (partners[side] >= 0) {
                int partner = partners[side];
                for (int one : new int[] {side, Sides.following(side)}) {
                    for (int other : new int[] {partner, Sides.following(partner)}) {
                        if (triangles.corner(one) == triangles.corner(other) && affected.get(triangles.corner(one))) {
                            roots[root(roots, one)] = root(roots, other);
                        }
                    }
                }
            }
        }
        Map<Integer, List<Integer>> sheets = new HashMap<>();
        Map<Integer, List<Integer>> at = new HashMap<>();
        for (int corner = 0; corner < partners.length; corner++) {
            if (affected.get(triangles.corner(corner))) {
                int root = root(roots, corner);
                sheets.computeIfAbsent(root, key -> new ArrayList<>()).add(corner);
                if (root == corner) {
                    at.computeIfAbsent(triangles.corner(corner), key -> new ArrayList<>())
                            .add(root);
                }
            }
        }
        double gap = GAP * diagonal(triangles);
        Map<Integer, double[]> places = new HashMap<>();
        at.forEach((vertex, meeting) -> {
            if (meeting.size() > 1) {
                for (int root : meeting) {
                    places.put(root, pulled(triangles, sheets.getOrDefault(root, List.of()), gap));
                }
            }
        });
        int added = 0;
        for (Map.Entry<Integer, double[]> place : new TreeMap<>(places).entrySet()) {
            double[] to = place.getValue();
            int vertex = triangles.vertex(to[0], to[1], to[2]);
            for (int corner : sheets.getOrDefault(place.getKey(), List.of())) {
                triangles.replaceCorner(corner, vertex);
            }
            added++;
        }
        return added;
    }

    private static int root(int[] roots, int corner) {
        int at = corner;
        while (roots[at] != at) {
            roots[at] = roots[roots[at]];
            at = roots[at];
        }
        return at;
    }

    private static double diagonal(Triangles triangles) {
        double[] min = triangles.place(triangles.corner(0));
        double[] max = min.clone();
        for (int side = 0; side < 3 * triangles.count(); side++) {
            double[] place = triangles.place(triangles.corner(side));
            for (int axis = 0; axis < 3; axis++) {
                min[axis] = Math.min(min[axis], place[axis]);
                max[axis] = Math.max(max[axis], place[axis]);
            }
        }
        return Vectors.length(Vectors.minus(max, min));
    }

    /** A vertex as a little nearer to the other corners of one sheet's triangles, never more than a quarter of the way. */
    private static double[] pulled(Triangles triangles, List<Integer> sheet, double gap) {
        double[] place = triangles.place(triangles.corner(sheet.get(0)));
        double[] sum = new double[3];
        double nearest = Double.POSITIVE_INFINITY;
        for (int corner : sheet) {
            for (int other : new int[] {Sides.following(corner), Sides.preceding(corner)}) {
                double[] way = Vectors.minus(triangles.place(triangles.corner(other)), place);
                nearest = Math.min(nearest, Vectors.length(way));
                for (int axis = 0; axis < 3; axis++) {
                    sum[axis] += way[axis];
                }
            }
        }
        double[] direction = Vectors.unit(sum);
        double step = Math.min(gap, nearest / 4);
        for (int axis = 0; axis < 3; axis++) {
            place[axis] += step * direction[axis];
        }
        return place;
    }
}
