package dev.osprey.mesh;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.util.Arrays;

/** A mesh whose size shows only while it grows; never more than a limit of triangles, and three vertices for each. */
final class MeshBuilder {

    private static final int FREE = -1;

    private final int mostTriangles;
    private float[] positions = new float[3 * 64];
    private int[] corners = new int[3 * 64];
    private int vertices;
    private int triangles;
    /** Open addressing over the vertices made by {@link #sharedVertex}; its length is a power of two. */
    private int[] table = new int[0];

    private int shared;

    MeshBuilder(int mostTriangles) {
        this.mostTriangles = mostTriangles;
    }

    int vertices() {
        return vertices;
    }

    /** A new vertex's number. */
    int vertex(float x, float y, float z) {
        if (vertices / 3 >= mostTriangles) {
            throw tooLarge(mostTriangles);
        }
        if (3 * (vertices + 1) > positions.length) {
            positions = Arrays.copyOf(positions, grown(positions.length));
        }
        positions[3 * vertices] = x;
        positions[3 * vertices + 1] = y;
        positions[3 * vertices + 2] = z;
        return vertices++;
    }

    /** The number of the vertex that {@code sharedVertex} made at this very place, or a new one's; -0 is 0. */
    int sharedVertex(float x, float y, float z) {
        float x0 = x + 0f;
        float y0 = y + 0f;
        float z0 = z + 0f;
        if (2 * (shared + 1) > table.length) {
            rehash();
        }
        int slot = slot(x0, y0, z0);
        if (table[slot] == FREE) {
            table[slot] = vertex(x0, y0, z0);
            shared++;
        }
        return table[slot];
    }

    private int slot(float x, float y, float z) {
        int hash = Float.floatToIntBits(x) * 0x9E3779B1
                ^ Integer.rotateLeft(Float.floatToIntBits(y) * 0x85EBCA6B, 11)
                ^ Integer.rotateLeft(Float.floatToIntBits(z) * 0xC2B2AE35, 21);
        hash = (hash ^ hash >>> 15) * 0x2C1B3C6D;
        int slot = (hash ^ hash >>> 13) & table.length - 1;
        while (table[slot] != FREE) {
            int at = 3 * table[slot];
            if (Float.floatToIntBits(positions[at]) == Float.floatToIntBits(x)
                    && Float.floatToIntBits(positions[at + 1]) == Float.floatToIntBits(y)
                    && Float.floatToIntBits(positions[at + 2]) == Float.floatToIntBits(z)) {
                return slot;
            }
            slot = slot + 1 & table.length - 1;
        }
        return slot;
    }

    private void rehash() {
        int[] old = table;
        table = new int[Math.max(256, 2 * old.length)];
        Arrays.fill(table, FREE);
        for (int vertex : old) {
            if (vertex != FREE) {
                table[slot(positions[3 * vertex], positions[3 * vertex + 1], positions[3 * vertex + 2])] = vertex;
            }
        }
    }

    void triangle(int a, int b, int c) {
        if (triangles >= mostTriangles) {
            throw tooLarge(mostTriangles);
        }
        if (3 * (triangles + 1) > corners.length) {
            corners = Arrays.copyOf(corners, grown(corners.length));
        }
        corners[3 * triangles] = a;
        corners[3 * triangles + 1] = b;
        corners[3 * triangles + 2] = c;
        triangles++;
    }

    private int grown(int length) {
        return (int) Math.min(2L * length, Math.max(length + 9L, Math.min(9L * mostTriangles, Integer.MAX_VALUE - 8)));
    }

    Mesh build() {
        return Mesh.of(Arrays.copyOf(positions, 3 * vertices), Arrays.copyOf(corners, 3 * triangles));
    }

    static OspreyException tooLarge(int mostTriangles) {
        return new OspreyException(
                ErrorCode.MESH_TOO_LARGE,
                "The mesh has more than %d triangles, or vertices for them".formatted(mostTriangles));
    }
}
