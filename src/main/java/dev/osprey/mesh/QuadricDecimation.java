package dev.osprey.mesh;

import java.util.Arrays;
import java.util.PriorityQueue;

/**
 * The same shape in fewer triangles (Garland and Heckbert, Surface Simplification Using Quadric Error Metrics, 1997).
 *
 * <p>Each vertex knows the planes of its triangles, as a quadric that gives a point's squared distance from all of them,
 * weighted by area. Edge after edge is drawn together to the point that is cheapest by its ends' quadrics, the cheapest
 * edge first. An edge stays if drawing it together would turn a triangle over, or would make the mesh hang together in
 * another way: its ends must have just the two neighbours in common that they have triangles with, and each of these must
 * keep three triangles. So what was closed remains so, holes through it included. Vertices at a rim, or at an edge of more
 * than two triangles, never move.
 */
public final class QuadricDecimation {

    private static final int PLANE = 10;

    /** The cosine up to which a triangle may turn in one step. */
    private static final double LEAST_COSINE = 0.2;

    /** In flat parts all points are as cheap; a little by the edge's length to the fourth has short ones go first. */
    private static final double LENGTH_WEIGHT = 1e-7;

    /** Below this part of what its entries could give, a quadric's determinant says nothing about where its least lies. */
    private static final double LEAST_DETERMINANT = 1e-8;

    private final double[] places;
    private final double[] quadrics;
    private final int[] corners;
    private final float[] coordinates;
    private final byte[] colours;
    /** For each vertex its first place in {@link #corners}, for each of these the next one; -1 ends. */
    private final int[] first;

    private final int[] next;
    private final boolean[] fixed;
    /** How often a vertex changed; of two, the sum tells whether either did. */
    private final int[] changes;

    private final int[] marks;
    private int mark;
    private int alive;
    private final PriorityQueue<Collapse> queue = new PriorityQueue<>();

    /** An edge that could go, its end {@code gone} into the other, which moves to (x, y, z). */
    private record Collapse(double cost, int kept, int gone, int changes, double x, double y, double z)
            implements Comparable<Collapse> {

        @Override
        public int compareTo(Collapse other) {
            int byCost = Double.compare(cost, other.cost);
            // Of equal ones always the same first: the same mesh gives the same result.
            return byCost != 0 ? byCost : Long.compare((long) kept << 32 | gone, (long) other.kept << 32 | other.gone);
        }
    }

    private QuadricDecimation(Mesh mesh) {
        int vertices = mesh.vertices();
        places = new double[3 * vertices];
        for (int i = 0; i < places.length; i++) {
            places[i] = mesh.positions()[i];
        }
        corners = withoutDegenerate(mesh.corners());
        alive = corners.length / 3;
        coordinates = mesh.textureCoordinates().map(float[]::clone).orElse(new float[0]);
        colours = mesh.colours().map(byte[]::clone).orElse(new byte[0]);
        first = new int[vertices];
        next = new int[corners.length];
        Arrays.fill(first, -1);
        for (int corner = 0; corner < corners.length; corner++) {
            next[corner] = first[corners[corner]];
            first[corners[corner]] = corner;
        }
        fixed = new boolean[vertices];
        changes = new int[vertices];
        marks = new int[vertices];
        quadrics = new double[PLANE * vertices];
    }

    /**
     * At most so many triangles, or as few as can be without changing how the mesh hangs together. Texture coordinates and
     * colours are blended along the edges that go. Vertices at one place are different ones here: {@link Mesh#welded}
     * makes them one. The bounds may change a little.
     */
    public static Mesh decimated(Mesh mesh, int targetTriangles) {
        if (mesh.triangles() <= targetTriangles) {
            return mesh;
        }
        QuadricDecimation decimation = new QuadricDecimation(mesh);
        decimation.measure();
        decimation.collapseTo(targetTriangles);
        return decimation.rest(mesh);
    }

    private static int[] withoutDegenerate(int[] corners) {
        int[] kept = new int[corners.length];
        int count = 0;
        for (int i = 0; i < corners.length; i += 3) {
            if (corners[i] != corners[i + 1] && corners[i + 1] != corners[i + 2] && corners[i + 2] != corners[i]) {
                System.arraycopy(corners, i, kept, count, 3);
                count += 3;
            }
        }
        return Arrays.copyOf(kept, count);
    }

    private void measure() {
        double[] normal = new double[3];
        for (int i = 0; i < corners.length; i += 3) {
            double area = normal(corners[i], corners[i + 1], corners[i + 2], -1, 0, 0, 0, normal) / 2;
            if (area > 0) {
                double a = normal[0] / (2 * area);
                double b = normal[1] / (2 * area);
                double c = normal[2] / (2 * area);
                int at = 3 * corners[i];
                double d = -(a * places[at] + b * places[at + 1] + c * places[at + 2]);
                double[] plane = {a * a, a * b, a * c, a * d, b * b, b * c, b * d, c * c, c * d, d * d};
                for (int k = i; k < i + 3; k++) {
                    for (int j = 0; j < PLANE; j++) {
                        quadrics[PLANE * corners[k] + j] += area * plane[j];
                    }
                }
            }
        }
        for (int vertex = 0; vertex < first.length; vertex++) {
            for (int corner = first[vertex]; corner >= 0; corner = next[corner]) {
                fixed[vertex] |= between(vertex, following(corner)) != 2 || between(vertex, preceding(corner)) != 2;
            }
        }
        for (int corner = 0; corner < corners.length; corner++) {
            if (corners[corner] < following(corner)) {
                offer(corners[corner], following(corner));
            }
        }
    }

    private int following(int corner) {
        return corners[corner % 3 == 2 ? corner - 2 : corner + 1];
    }

    private int preceding(int corner) {
        return corners[corner % 3 == 0 ? corner + 2 : corner - 1];
    }

    /** How many triangles two vertices have in common. */
    private int between(int one, int other) {
        int count = 0;
        for (int corner = first[one]; corner >= 0; corner = next[corner]) {
            count += following(corner) == other || preceding(corner) == other ? 1 : 0;
        }
        return count;
    }

    /** A triangle's normal, twice its area long, with one of its vertices elsewhere; gives the length. */
    private double normal(int a, int b, int c, int moved, double x, double y, double z, double[] normal) {
        double ax = a == moved ? x : places[3 * a];
        double ay = a == moved ? y : places[3 * a + 1];
        double az = a == moved ? z : places[3 * a + 2];
        double ux = (b == moved ? x : places[3 * b]) - ax;
        double uy = (b == moved ? y : places[3 * b + 1]) - ay;
        double uz = (b == moved ? z : places[3 * b + 2]) - az;
        double vx = (c == moved ? x : places[3 * c]) - ax;
        double vy = (c == moved ? y : places[3 * c + 1]) - ay;
        double vz = (c == moved ? z : places[3 * c + 2]) - az;
        normal[0] = uy * vz - uz * vy;
        normal[1] = uz * vx - ux * vz;
        normal[2] = ux * vy - uy * vx;
        return Math.sqrt(normal[0] * normal[0] + normal[1] * normal[1] + normal[2] * normal[2]);
    }

    private void offer(int kept, int gone) {
        if (fixed[kept] || fixed[gone]) {
            return;
        }
        double[] q = new double[PLANE];
        for (int i = 0; i < PLANE; i++) {
            q[i] = quadrics[PLANE * kept + i] + quadrics[PLANE * gone + i];
        }
        double[] one = {places[3 * kept], places[3 * kept + 1], places[3 * kept + 2]};
        double[] other = {places[3 * gone], places[3 * gone + 1], places[3 * gone + 2]};
        double[] middle = {(one[0] + other[0]) / 2, (one[1] + other[1]) / 2, (one[2] + other[2]) / 2};
        double length = squaredDistance(one, other);
        double[] best = middle;
        double[] least = least(q);
        // A determinant near nothing can send the least far away; then the edge itself is near enough.
        if (least.length > 0 && squaredDistance(least, middle) <= 4 * length) {
            best = least;
        } else {
            best = error(q, one) < error(q, best) ? one : best;
            best = error(q, other) < error(q, best) ? other : best;
        }
        double cost = Math.max(0, error(q, best)) + LENGTH_WEIGHT * length * length;
        queue.add(new Collapse(cost, kept, gone, changes[kept] + changes[gone], best[0], best[1], best[2]));
    }

    private static double squaredDistance(double[] one, double[] other) {
        double x = one[0] - other[0];
        double y = one[1] - other[1];
        double z = one[2] - other[2];
        return x * x + y * y + z * z;
    }

    private static double error(double[] q, double[] p) {
        return p[0] * (q[0] * p[0] + 2 * (q[1] * p[1] + q[2] * p[2] + q[3]))
                + p[1] * (q[4] * p[1] + 2 * (q[5] * p[2] + q[6]))
                + p[2] * (q[7] * p[2] + 2 * q[8])
                + q[9];
    }

    /** Where a quadric is least, by Cramer's rule; nowhere when that is a line or a plane. */
    private static double[] least(double[] q) {
        double xx = q[4] * q[7] - q[5] * q[5];
        double xy = q[2] * q[5] - q[1] * q[7];
        double xz = q[1] * q[5] - q[2] * q[4];
        double determinant = q[0] * xx + q[1] * xy + q[2] * xz;
        double size = (q[0] + q[4] + q[7]) / 3;
        if (!(determinant > LEAST_DETERMINANT * size * size * size)) {
            return new double[0];
        }
        double yy = q[0] * q[7] - q[2] * q[2];
        double yz = q[1] * q[2] - q[0] * q[5];
        double zz = q[0] * q[4] - q[1] * q[1];
        return new double[] {
            -(xx * q[3] + xy * q[6] + xz * q[8]) / determinant,
            -(xy * q[3] + yy * q[6] + yz * q[8]) / determinant,
            -(xz * q[3] + yz * q[6] + zz * q[8]) / determinant
        };
    }

    private void collapseTo(int targetTriangles) {
        while (alive > targetTriangles) {
            Collapse collapse = queue.poll();
            if (collapse == null) {
                return;
            }
            int kept = collapse.kept;
            int gone = collapse.gone;
            if (collapse.changes == changes[kept] + changes[gone]
                    && keepsItsShape(kept, gone)
                    && !turnsOver(kept, gone, collapse)
                    && !turnsOver(gone, kept, collapse)) {
                collapse(collapse);
            }
        }
    }

    private boolean keepsItsShape(int kept, int gone) {
        int triangles = 0;
        mark++;
        for (int corner = first[kept]; corner >= 0; corner = next[corner]) {
            marks[following(corner)] = mark;
            marks[preceding(corner)] = mark;
            if (following(corner) == gone || preceding(corner) == gone) {
                int apex = following(corner) == gone ? preceding(corner) : following(corner);
                if (valence(apex) <= 3) {
                    return false;
                }
                triangles++;
            }
        }
        int common = 0;
        for (int corner = first[gone]; corner >= 0; corner = next[corner]) {
            // Around an inner vertex each neighbour follows just once.
            if (marks[following(corner)] == mark) {
                common++;
            }
        }
        return triangles == 2 && common == 2;
    }

    private int valence(int vertex) {
        int count = 0;
        for (int corner = first[vertex]; corner >= 0; corner = next[corner]) {
            count++;
        }
        return count;
    }

    /** Whether a triangle of a vertex, not of the other, would turn too far or lose its area. */
    private boolean turnsOver(int vertex, int other, Collapse to) {
        double[] before = new double[3];
        double[] after = new double[3];
        for (int corner = first[vertex]; corner >= 0; corner = next[corner]) {
            int b = following(corner);
            int c = preceding(corner);
            if (b != other && c != other) {
                double was = normal(vertex, b, c, -1, 0, 0, 0, before);
                double is = normal(vertex, b, c, vertex, to.x, to.y, to.z, after);
                double product = before[0] * after[0] + before[1] * after[1] + before[2] * after[2];
                if (is < MeshAnalysis.LEAST_AREA || product < LEAST_COSINE * was * is) {
                    return true;
                }
            }
        }
        return false;
    }

    private void collapse(Collapse collapse) {
        int kept = collapse.kept;
        int gone = collapse.gone;
        blend(kept, gone, collapse);
        for (int corner = first[gone]; corner >= 0; corner = next[corner]) {
            if (following(corner) == kept || preceding(corner) == kept) {
                bury(corner / 3, kept, gone);
            }
        }
        // What is left of gone's triangles, then what is left of kept's: each list without those two.
        first[gone] = pruned(first[gone]);
        first[kept] = pruned(first[kept]);
        int last = -1;
        for (int corner = first[gone]; corner >= 0; corner = next[corner]) {
            corners[corner] = kept;
            last = corner;
        }
        if (last >= 0) {
            next[last] = first[kept];
            first[kept] = first[gone];
            first[gone] = -1;
        }
        places[3 * kept] = collapse.x;
        places[3 * kept + 1] = collapse.y;
        places[3 * kept + 2] = collapse.z;
        for (int i = 0; i < PLANE; i++) {
            quadrics[PLANE * kept + i] += quadrics[PLANE * gone + i];
        }
        changes[kept]++;
        changes[gone]++;
        for (int corner = first[kept]; corner >= 0; corner = next[corner]) {
            offer(Math.min(kept, following(corner)), Math.max(kept, following(corner)));
        }
    }

    /** Takes a triangle out of its third vertex's list and marks its places as none's. */
    private void bury(int triangle, int kept, int gone) {
        for (int corner = 3 * triangle; corner < 3 * triangle + 3; corner++) {
            int vertex = corners[corner];
            if (vertex != kept && vertex != gone) {
                if (first[vertex] == corner) {
                    first[vertex] = next[corner];
                } else {
                    int before = first[vertex];
                    while (next[before] != corner) {
                        before = next[before];
                    }
                    next[before] = next[corner];
                }
            }
        }
        Arrays.fill(corners, 3 * triangle, 3 * triangle + 3, -1);
        alive--;
    }

    /** A list without the places that are none's. */
    private int pruned(int list) {
        int start = -1;
        for (int corner = list; corner >= 0; ) {
            int following = next[corner];
            if (corners[corner] >= 0) {
                next[corner] = start;
                start = corner;
            }
            corner = following;
        }
        return start;
    }

    private void blend(int kept, int gone, Collapse to) {
        double[] along = new double[3];
        double[] from = {to.x, to.y, to.z};
        double length = 0;
        double part = 0;
        for (int k = 0; k < 3; k++) {
            along[k] = places[3 * gone + k] - places[3 * kept + k];
            length += along[k] * along[k];
            part += along[k] * (from[k] - places[3 * kept + k]);
        }
        double weight = length > 0 ? Math.max(0, Math.min(1, part / length)) : 0;
        for (int k = 0; k < 2 && coordinates.length > 0; k++) {
            coordinates[2 * kept + k] += (float) (weight * (coordinates[2 * gone + k] - coordinates[2 * kept + k]));
        }
        for (int k = 0; k < 3 && colours.length > 0; k++) {
            int was = colours[3 * kept + k] & 0xFF;
            colours[3 * kept + k] = (byte) Math.round(was + weight * ((colours[3 * gone + k] & 0xFF) - was));
        }
    }

    /** Numbers the vertices that are left. */
    private Mesh rest(Mesh before) {
        int[] numbers = new int[first.length];
        float[] positions = new float[places.length];
        float[] restCoordinates = new float[coordinates.length];
        byte[] restColours = new byte[colours.length];
        int count = 0;
        for (int vertex = 0; vertex < first.length; vertex++) {
            if (first[vertex] >= 0) {
                for (int k = 0; k < 3; k++) {
                    positions[3 * count + k] = (float) places[3 * vertex + k];
                }
                if (coordinates.length > 0) {
                    System.arraycopy(coordinates, 2 * vertex, restCoordinates, 2 * count, 2);
                }
                if (colours.length > 0) {
                    System.arraycopy(colours, 3 * vertex, restColours, 3 * count, 3);
                }
                numbers[vertex] = count++;
            }
        }
        int[] left = Arrays.stream(corners)
                .filter(vertex -> vertex >= 0)
                .map(vertex -> numbers[vertex])
                .toArray();
        Mesh mesh = Mesh.of(Arrays.copyOf(positions, 3 * count), left);
        if (coordinates.length > 0) {
            mesh = mesh.withTextureCoordinates(Arrays.copyOf(restCoordinates, 2 * count));
        }
        if (colours.length > 0) {
            mesh = mesh.withColours(Arrays.copyOf(restColours, 3 * count));
        }
        return before.texture().isPresent() ? mesh.withTexture(before.texture().get()) : mesh;
    }
}
