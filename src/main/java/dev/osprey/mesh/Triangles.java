package dev.osprey.mesh;

import java.util.Arrays;
import java.util.BitSet;

/** A mesh under repair: its triangles come, go and turn. Of which there were, it is known whether they turned. */
final class Triangles {

    private float[] positions;
    private int vertices;
    private int[] corners;
    private boolean[] turned;
    private int count;

    Triangles(Mesh mesh) {
        positions = mesh.positions().clone();
        vertices = mesh.vertices();
        corners = mesh.corners().clone();
        count = mesh.triangles();
        turned = new boolean[count];
    }

    int count() {
        return count;
    }

    int vertices() {
        return vertices;
    }

    /** As long as there is room for; {@link #vertices} count. */
    float[] positions() {
        return positions;
    }

    int corner(int side) {
        return corners[side];
    }

    Sides sides() {
        corners = Arrays.copyOf(corners, 3 * count);
        return new Sides(corners);
    }

    int vertex(double x, double y, double z) {
        if (3 * vertices == positions.length) {
            positions = Arrays.copyOf(positions, 2 * positions.length + 3);
        }
        positions[3 * vertices] = (float) x;
        positions[3 * vertices + 1] = (float) y;
        positions[3 * vertices + 2] = (float) z;
        return vertices++;
    }

    void add(int a, int b, int c) {
        if (3 * count == corners.length) {
            corners = Arrays.copyOf(corners, 2 * corners.length + 3);
        }
        if (count == turned.length) {
            turned = Arrays.copyOf(turned, 2 * count + 1);
        }
        turned[count] = false;
        set(count++, a, b, c);
    }

    void set(int triangle, int a, int b, int c) {
        corners[3 * triangle] = a;
        corners[3 * triangle + 1] = b;
        corners[3 * triangle + 2] = c;
    }

    void replaceCorner(int side, int vertex) {
        corners[side] = vertex;
    }

    void turn(int triangle) {
        int swapped = corners[3 * triangle + 1];
        corners[3 * triangle + 1] = corners[3 * triangle + 2];
        corners[3 * triangle + 2] = swapped;
        turned[triangle] = !turned[triangle];
    }

    int turned() {
        int sum = 0;
        for (int triangle = 0; triangle < count; triangle++) {
            sum += turned[triangle] ? 1 : 0;
        }
        return sum;
    }

    /** Twice the area long, outward. */
    double[] normal(int triangle) {
        return Vectors.normal(positions, corners[3 * triangle], corners[3 * triangle + 1], corners[3 * triangle + 2]);
    }

    double area(int triangle) {
        return Vectors.length(normal(triangle)) / 2;
    }

    double[] place(int vertex) {
        return Vectors.place(positions, vertex);
    }

    /** Takes triangles out; those behind them move up. */
    void remove(BitSet gone) {
        int kept = 0;
        for (int triangle = 0; triangle < count; triangle++) {
            if (!gone.get(triangle)) {
                System.arraycopy(corners, 3 * triangle, corners, 3 * kept, 3);
                turned[kept++] = turned[triangle];
            }
        }
        count = kept;
    }

    /** With vertices at one place made one, and those without a triangle left out. */
    Mesh mesh() {
        return Mesh.of(Arrays.copyOf(positions, 3 * vertices), Arrays.copyOf(corners, 3 * count))
                .welded();
    }
}
