package dev.osprey.mesh;

import java.util.Arrays;
import java.util.function.DoubleConsumer;

/**
 * How far places on a grid are from the surface of a closed mesh, inside and outside.
 *
 * <p>What is inside is counted along z: a triangle that faces down is entered through, one that faces up is left through. Places
 * next to a triangle are measured to it; from there each place hears from its neighbours which triangle is near to them and
 * measures to that too, in sweeps over the grid from each of its eight corners (as in Tsai, Rapid and accurate computation of
 * the distance function using grids, 2002).
 */
final class DistanceField {

    private static final int TRIANGLES_A_REPORT = 1024;

    final int width;
    final int height;
    final int depth;
    final double step;

    private final double[] origin = new double[3];
    private final Mesh mesh;
    private final double reach;
    private final float[] distances;
    private final int[] nearest;
    private final boolean[] inside;

    /**
     * @param step in millimetres between places
     * @param reach inside, what is farther from the surface counts as just so far
     * @param progress told every now and then how much is done, from 0 to 1; what it throws ends the work
     */
    DistanceField(Mesh mesh, double step, double reach, DoubleConsumer progress) {
        this.mesh = mesh;
        this.step = step;
        this.reach = reach;
        Bounds bounds = mesh.bounds();
        // Around it two places more, and none of them on a wall that stands at a round measure.
        double margin = 2.037 * step;
        origin[0] = bounds.minX() - margin;
        origin[1] = bounds.minY() - margin;
        origin[2] = bounds.minZ() - margin;
        width = places(bounds.width(), step);
        height = places(bounds.height(), step);
        depth = places(bounds.depth(), step);
        int count = width * height * depth;
        distances = new float[count];
        nearest = new int[count];
        inside = new boolean[count];
        Arrays.fill(distances, Float.POSITIVE_INFINITY);
        Arrays.fill(nearest, -1);
        fillInside();
        measureAround(progress);
        for (int sweep = 0; sweep < 8; sweep++) {
            progress.accept(0.5 + sweep / 16.0);
            sweep((sweep & 1) == 0, (sweep & 2) == 0, (sweep & 4) == 0);
        }
    }

    private static int places(double extent, double step) {
        return (int) Math.ceil(extent / step) + 5;
    }

    /** How many places a grid over the mesh has. */
    static double places(Bounds bounds, double step) {
        return (bounds.width() / step + 6) * (bounds.height() / step + 6) * (bounds.depth() / step + 6);
    }

    int index(int x, int y, int z) {
        return (z * height + y) * width + x;
    }

    double x(int column) {
        return origin[0] + step * column;
    }

    double y(int row) {
        return origin[1] + step * row;
    }

    double z(int layer) {
        return origin[2] + step * layer;
    }

    /** In millimetres, above 0 inside, at most {@code reach}; outside and far from the surface at least one step below 0. */
    double at(int index) {
        double distance = Math.min(distances[index], reach);
        return inside[index] ? distance : -Math.min(distance, 2 * step);
    }

    /** A surface in places of the grid in millimetres. */
    Mesh inMillimetres(Mesh surface) {
        return surface.transformed(new double[] {step, 0, 0, origin[0], 0, step, 0, origin[1], 0, 0, step, origin[2]});
    }

    private void fillInside() {
        short[] changes = new short[inside.length];
        for (int triangle = 0; triangle < mesh.triangles(); triangle++) {
            double[][] corners = corners(triangle);
            double[] normal =
                    Vectors.cross(Vectors.minus(corners[1], corners[0]), Vectors.minus(corners[2], corners[0]));
            if (normal[2] == 0) {
                continue;
            }
            int left = from(corners, 0);
            int right = to(corners, 0, width);
            int top = to(corners, 1, height);
            for (int row = from(corners, 1); row <= top; row++) {
                for (int column = left; column <= right; column++) {
                    double[] place = {x(column), y(row), 0};
                    if (Nesting.isOver(place, corners[0], corners[1], corners[2])) {
                        double level = corners[0][2]
                                - (normal[0] * (place[0] - corners[0][0]) + normal[1] * (place[1] - corners[0][1]))
                                        / normal[2];
                        int above = (int) Math.ceil((level - origin[2]) / step);
                        int layer = Math.max(0, Math.min(depth - 1, above));
                        int index = index(column, row, layer);
                        changes[index] = (short) (changes[index] + (normal[2] < 0 ? 1 : -1));
                    }
                }
            }
        }
        int plane = width * height;
        for (int at = 0; at < plane; at++) {
            int bodies = 0;
            for (int index = at; index < inside.length; index += plane) {
                bodies += changes[index];
                inside[index] = bodies > 0;
            }
        }
    }

    private double[][] corners(int triangle) {
        double[][] corners = new double[3][];
        for (int k = 0; k < 3; k++) {
            corners[k] = Vectors.place(mesh.positions(), mesh.corners()[3 * triangle + k]);
        }
        return corners;
    }

    private int from(double[][] corners, int axis) {
        double least = Math.min(corners[0][axis], Math.min(corners[1][axis], corners[2][axis]));
        return Math.max(0, (int) Math.floor((least - origin[axis]) / step) - 1);
    }

    private int to(double[][] corners, int axis, int places) {
        double most = Math.max(corners[0][axis], Math.max(corners[1][axis], corners[2][axis]));
        return Math.min(places - 1, (int) Math.ceil((most - origin[axis]) / step) + 1);
    }

    /** Along the axis that a triangle faces most, only places near its plane are looked at. */
    private void measureAround(DoubleConsumer progress) {
        int[] sizes = {width, height, depth};
        for (int triangle = 0; triangle < mesh.triangles(); triangle++) {
            if (triangle % TRIANGLES_A_REPORT == 0) {
                progress.accept(0.5 * triangle / mesh.triangles());
            }
            double[][] corners = corners(triangle);
            double[] normal = Vectors.unit(
                    Vectors.cross(Vectors.minus(corners[1], corners[0]), Vectors.minus(corners[2], corners[0])));
            int axis = 0;
            for (int other = 1; other < 3; other++) {
                axis = Math.abs(normal[other]) > Math.abs(normal[axis]) ? other : axis;
            }
            int u = (axis + 1) % 3;
            int v = (axis + 2) % 3;
            if (normal[axis] == 0) {
                continue;
            }
            int[] at = new int[3];
            double[] place = new double[3];
            double thick = 2 * step / Math.abs(normal[axis]);
            int lastU = to(corners, u, sizes[u]);
            int lastV = to(corners, v, sizes[v]);
            int lowest = from(corners, axis);
            int highest = to(corners, axis, sizes[axis]);
            for (at[u] = from(corners, u); at[u] <= lastU; at[u]++) {
                place[u] = origin[u] + step * at[u];
                for (at[v] = from(corners, v); at[v] <= lastV; at[v]++) {
                    place[v] = origin[v] + step * at[v];
                    double level = corners[0][axis]
                            - (normal[u] * (place[u] - corners[0][u]) + normal[v] * (place[v] - corners[0][v]))
                                    / normal[axis];
                    int last = Math.min(highest, (int) Math.floor((level + thick - origin[axis]) / step));
                    at[axis] = Math.max(lowest, (int) Math.ceil((level - thick - origin[axis]) / step));
                    for (; at[axis] <= last; at[axis]++) {
                        place[axis] = origin[axis] + step * at[axis];
                        offer(index(at[0], at[1], at[2]), triangle, place[0], place[1], place[2]);
                    }
                }
            }
        }
    }

    private void offer(int index, int triangle, double x, double y, double z) {
        double distance = distance(triangle, x, y, z);
        if (distance < distances[index]) {
            distances[index] = (float) distance;
            nearest[index] = triangle;
        }
    }

    private void sweep(boolean xUp, boolean yUp, boolean zUp) {
        int dx = xUp ? -1 : 1;
        int dy = yUp ? -width : width;
        int dz = zUp ? -width * height : width * height;
        for (int i = 1; i < depth; i++) {
            int layer = zUp ? i : depth - 1 - i;
            for (int j = 1; j < height; j++) {
                int row = yUp ? j : height - 1 - j;
                for (int k = 1; k < width; k++) {
                    int column = xUp ? k : width - 1 - k;
                    int index = index(column, row, layer);
                    if (inside[index]) {
                        hear(index, index + dx, column, row, layer);
                        hear(index, index + dy, column, row, layer);
                        hear(index, index + dz, column, row, layer);
                        hear(index, index + dx + dy, column, row, layer);
                        hear(index, index + dx + dz, column, row, layer);
                        hear(index, index + dy + dz, column, row, layer);
                        hear(index, index + dx + dy + dz, column, row, layer);
                    }
                }
            }
        }
    }

    private void hear(int index, int neighbour, int column, int row, int layer) {
        int triangle = nearest[neighbour];
        if (triangle >= 0
                && triangle != nearest[index]
                && distances[neighbour] < reach
                // A neighbour is at most 1.74 steps away, so its triangle cannot be nearer than that allows.
                && distances[neighbour] - 1.74 * step < distances[index]) {
            offer(index, triangle, x(column), y(row), z(layer));
        }
    }

    /** From a place to a triangle (the cases of the nearest feature as in Ericson, Real-Time Collision Detection, 5.1.5). */
    private double distance(int triangle, double x, double y, double z) {
        float[] p = mesh.positions();
        int a = 3 * mesh.corners()[3 * triangle];
        int b = 3 * mesh.corners()[3 * triangle + 1];
        int c = 3 * mesh.corners()[3 * triangle + 2];
        double ux = (double) p[b] - p[a];
        double uy = (double) p[b + 1] - p[a + 1];
        double uz = (double) p[b + 2] - p[a + 2];
        double vx = (double) p[c] - p[a];
        double vy = (double) p[c + 1] - p[a + 1];
        double vz = (double) p[c + 2] - p[a + 2];
        double wx = x - p[a];
        double wy = y - p[a + 1];
        double wz = z - p[a + 2];
        double uu = ux * ux + uy * uy + uz * uz;
        double uv = ux * vx + uy * vy + uz * vz;
        double vv = vx * vx + vy * vy + vz * vz;
        double uw = ux * wx + uy * wy + uz * wz;
        double vw = vx * wx + vy * wy + vz * wz;
        double determinant = uu * vv - uv * uv;
        double s = determinant > 0 ? (vv * uw - uv * vw) / determinant : -1;
        double t = determinant > 0 ? (uu * vw - uv * uw) / determinant : -1;
        if (s >= 0 && t >= 0 && s + t <= 1) {
            return length(wx - s * ux - t * vx, wy - s * uy - t * vy, wz - s * uz - t * vz);
        }
        // Outside the triangle, one of its sides is nearest.
        double onU = clamp(uu > 0 ? uw / uu : 0);
        double onV = clamp(vv > 0 ? vw / vv : 0);
        double ww = uu - 2 * uv + vv;
        double onW = clamp(ww > 0 ? (uu - uv - uw + vw) / ww : 0);
        return Math.min(
                length(wx - onU * ux, wy - onU * uy, wz - onU * uz),
                Math.min(
                        length(wx - onV * vx, wy - onV * vy, wz - onV * vz),
                        length(wx - ux - onW * (vx - ux), wy - uy - onW * (vy - uy), wz - uz - onW * (vz - uz))));
    }

    private static double clamp(double part) {
        return Math.max(0, Math.min(1, part));
    }

    private static double length(double x, double y, double z) {
        return Math.sqrt(x * x + y * y + z * z);
    }
}
