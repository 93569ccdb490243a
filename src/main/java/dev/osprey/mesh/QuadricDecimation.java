package dev.osprey.mesh;

import java.util.Arrays;
import java.util.function.DoubleConsumer;

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

    private static final int STEPS_A_REPORT = 4096;

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
    private final CollapseQueue queue;
    /** Where the edge that was looked at last is best drawn together, and at what cost. */
    private double x;

    private double y;
    private double z;
    private double cost;
    /** A triangle's normal before and after a collapse. */
    private final double[] was = new double[3];

    private final double[] is = new double[3];

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
        queue = new CollapseQueue(corners.length / 2 + 1);
    }

    /**
     * At most so many triangles, or as few as can be without changing how the mesh hangs together. Texture coordinates and
     * colours are blended along the edges that go. Vertices at one place are different ones here: {@link Mesh#welded}
     * makes them one. The bounds may change a little.
     */
    public static Mesh decimated(Mesh mesh, int targetTriangles) {
        return decimated(mesh, targetTriangles, part -> {});
    }

    /**
     * The same for long work.
     *
     * @param progress told every now and then how much is done, from 0 to 1; what it throws ends the work
     */
    public static Mesh decimated(Mesh mesh, int targetTriangles, DoubleConsumer progress) {
        if (mesh.triangles() <= targetTriangles) {
            return mesh;
        }
        QuadricDecimation decimation = new QuadricDecimation(mesh);
        decimation.measure();
        decimation.collapseTo(targetTriangles, progress);
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
        double[] normal = was;
        double[] plane = new double[PLANE];
        for (int i = 0; i < corners.length; i += 3) {
            double area = normal(corners[i], corners[i + 1], corners[i + 2], -1, normal) / 2;
            if (area > 0) {
                double a = normal[0] / (2 * area);
                double b = normal[1] / (2 * area);
                double c = normal[2] / (2 * area);
                int at = 3 * corners[i];
                double d = -(a * places[at] + b * places[at + 1] + c * places[at + 2]);
                plane[0] = a * a;
                plane[1] = a * b;
                plane[2] = a * c;
                plane[3] = a * d;
                plane[4] = b * b;
                plane[5] = b * c;
                plane[6] = b * d;
                plane[7] = c * c;
                plane[8] = c * d;
                plane[9] = d * d;
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

    /** A triangle's normal, twice its area long, with one of its vertices moved to (x, y, z); gives the length. */
    private double normal(int a, int b, int c, int moved, double[] normal) {
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
        if (!fixed[kept] && !fixed[gone]) {
            aim(kept, gone);
            queue.add(cost, kept, gone, changes[kept] + changes[gone]);
        }
    }

    /** Finds where an edge is best drawn together. */
    private void aim(int kept, int gone) {
        int k = PLANE * kept;
        int g = PLANE * gone;
        double q0 = quadrics[k] + quadrics[g];
        double q1 = quadrics[k + 1] + quadrics[g + 1];
        double q2 = quadrics[k + 2] + quadrics[g + 2];
        double q3 = quadrics[k + 3] + quadrics[g + 3];
        double q4 = quadrics[k + 4] + quadrics[g + 4];
        double q5 = quadrics[k + 5] + quadrics[g + 5];
        double q6 = quadrics[k + 6] + quadrics[g + 6];
        double q7 = quadrics[k + 7] + quadrics[g + 7];
        double q8 = quadrics[k + 8] + quadrics[g + 8];
        double middleX = (places[3 * kept] + places[3 * gone]) / 2;
        double middleY = (places[3 * kept + 1] + places[3 * gone + 1]) / 2;
        double middleZ = (places[3 * kept + 2] + places[3 * gone + 2]) / 2;
        double length = squaredDistance(3 * kept, places[3 * gone], places[3 * gone + 1], places[3 * gone + 2]);
        x = middleX;
        y = middleY;
        z = middleZ;
        // Where the sum is least, by Cramer's rule; nowhere when that is a line or a plane.
        double xx = q4 * q7 - q5 * q5;
        double xy = q2 * q5 - q1 * q7;
        double xz = q1 * q5 - q2 * q4;
        double determinant = q0 * xx + q1 * xy + q2 * xz;
        double size = (q0 + q4 + q7) / 3;
        boolean found = false;
        if (determinant > LEAST_DETERMINANT * size * size * size) {
            double yy = q0 * q7 - q2 * q2;
            double yz = q1 * q2 - q0 * q5;
            double zz = q0 * q4 - q1 * q1;
            x = -(xx * q3 + xy * q6 + xz * q8) / determinant;
            y = -(xy * q3 + yy * q6 + yz * q8) / determinant;
            z = -(xz * q3 + yz * q6 + zz * q8) / determinant;
            double offX = x - middleX;
            double offY = y - middleY;
            double offZ = z - middleZ;
            // A determinant near nothing can send the least far away; then the edge itself is near enough.
            found = offX * offX + offY * offY + offZ * offZ <= 4 * length;
        }
        if (!found) {
            x = middleX;
            y = middleY;
            z = middleZ;
            double least = error(k, g, x, y, z);
            for (int end = 3 * kept, i = 0; i < 2; end = 3 * gone, i++) {
                double error = error(k, g, places[end], places[end + 1], places[end + 2]);
                if (error < least) {
                    least = error;
                    x = places[end];
                    y = places[end + 1];
                    z = places[end + 2];
                }
            }
        }
        cost = Math.max(0, error(k, g, x, y, z)) + LENGTH_WEIGHT * length * length;
    }

    private double squaredDistance(int at, double otherX, double otherY, double otherZ) {
        double dx = places[at] - otherX;
        double dy = places[at + 1] - otherY;
        double dz = places[at + 2] - otherZ;
        return dx * dx + dy * dy + dz * dz;
    }

    /** Of a point by the sum of two quadrics. */
    private double error(int k, int g, double px, double py, double pz) {
        double[] q = quadrics;
        return px
                        * ((q[k] + q[g]) * px
                                + 2 * ((q[k + 1] + q[g + 1]) * py + (q[k + 2] + q[g + 2]) * pz + q[k + 3] + q[g + 3]))
                + py * ((q[k + 4] + q[g + 4]) * py + 2 * ((q[k + 5] + q[g + 5]) * pz + q[k + 6] + q[g + 6]))
                + pz * ((q[k + 7] + q[g + 7]) * pz + 2 * (q[k + 8] + q[g + 8]))
                + q[k + 9]
                + q[g + 9];
    }

    private void collapseTo(int targetTriangles, DoubleConsumer progress) {
        int before = alive;
        int steps = 0;
        while (alive > targetTriangles && queue.poll()) {
            if (steps++ % STEPS_A_REPORT == 0) {
                progress.accept((before - alive) / (double) (before - targetTriangles));
            }
            int kept = queue.kept();
            int gone = queue.gone();
            if (queue.changes() == changes[kept] + changes[gone] && keepsItsShape(kept, gone)) {
                aim(kept, gone);
                if (!turnsOver(kept, gone) && !turnsOver(gone, kept)) {
                    collapse(kept, gone);
                }
            }
        }
        progress.accept(1);
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
    private boolean turnsOver(int vertex, int other) {
        for (int corner = first[vertex]; corner >= 0; corner = next[corner]) {
            int b = following(corner);
            int c = preceding(corner);
            if (b != other && c != other) {
                double before = normal(vertex, b, c, -1, was);
                double after = normal(vertex, b, c, vertex, is);
                double product = was[0] * is[0] + was[1] * is[1] + was[2] * is[2];
                if (after < MeshAnalysis.LEAST_AREA || product < LEAST_COSINE * before * after) {
                    return true;
                }
            }
        }
        return false;
    }

    private void collapse(int kept, int gone) {
        blend(kept, gone);
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
        places[3 * kept] = x;
        places[3 * kept + 1] = y;
        places[3 * kept + 2] = z;
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

    private void blend(int kept, int gone) {
        if (coordinates.length + colours.length == 0) {
            return;
        }
        double[] to = {x, y, z};
        double length = 0;
        double part = 0;
        for (int k = 0; k < 3; k++) {
            double along = places[3 * gone + k] - places[3 * kept + k];
            length += along * along;
            part += along * (to[k] - places[3 * kept + k]);
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
