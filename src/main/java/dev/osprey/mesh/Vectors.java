package dev.osprey.mesh;

/** Vectors as float64 [3]. */
final class Vectors {

    private Vectors() {}

    static double[] place(float[] positions, int vertex) {
        return new double[] {positions[3 * vertex], positions[3 * vertex + 1], positions[3 * vertex + 2]};
    }

    static double[] minus(double[] one, double[] other) {
        return new double[] {one[0] - other[0], one[1] - other[1], one[2] - other[2]};
    }

    static double[] cross(double[] one, double[] other) {
        return new double[] {
            one[1] * other[2] - one[2] * other[1],
            one[2] * other[0] - one[0] * other[2],
            one[0] * other[1] - one[1] * other[0]
        };
    }

    static double dot(double[] one, double[] other) {
        return one[0] * other[0] + one[1] * other[1] + one[2] * other[2];
    }

    static double length(double[] vector) {
        return Math.sqrt(dot(vector, vector));
    }

    /** Of length 1; what has no length stays. */
    static double[] unit(double[] vector) {
        double length = length(vector);
        return length > 0 ? new double[] {vector[0] / length, vector[1] / length, vector[2] / length} : vector;
    }

    /** Outward by a, b, c counterclockwise, twice the triangle's area long. */
    static double[] normal(float[] positions, int a, int b, int c) {
        double[] from = place(positions, a);
        return cross(minus(place(positions, b), from), minus(place(positions, c), from));
    }

    /** Of length 1, or 0 for a triangle without area. */
    static double[] unitNormal(Mesh mesh, int triangle) {
        int[] corners = mesh.corners();
        return unit(
                normal(mesh.positions(), corners[3 * triangle], corners[3 * triangle + 1], corners[3 * triangle + 2]));
    }
}
