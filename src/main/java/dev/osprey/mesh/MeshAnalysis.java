package dev.osprey.mesh;

import java.util.Arrays;
import java.util.function.DoubleConsumer;

/**
 * What a mesh measures and how it hangs together, after vertices at the same place were made one.
 *
 * <p>Edges are counted over triangles with three different corners; one with less bounds nothing.
 *
 * @param vertices that a triangle uses
 * @param volume in cubic millimetres, by the divergence theorem; negative when inside out, without meaning unless watertight
 * @param area in square millimetres
 * @param components sets of triangles that hang together by vertices
 * @param eulerNumber vertices − edges + triangles; 2 for each sphere, 0 for each torus
 * @param degenerateTriangles with an area below {@value #LEAST_AREA} square millimetres
 * @param duplicateTriangles with the same three corners as an earlier one, whichever way round
 * @param boundaryEdges with one triangle
 * @param nonManifoldEdges with more than two triangles
 * @param inconsistentEdges whose two triangles run along it the same way, so that one of them is inside out
 */
public record MeshAnalysis(
        int vertices,
        int triangles,
        double volume,
        double area,
        Bounds bounds,
        int components,
        int eulerNumber,
        int degenerateTriangles,
        int duplicateTriangles,
        int boundaryEdges,
        int nonManifoldEdges,
        int inconsistentEdges) {

    public static final double LEAST_AREA = 1e-10;

    private static final int TRIANGLES_A_REPORT = 32_768;

    /** Whether it has triangles and each edge belongs to exactly two. */
    public boolean watertight() {
        return triangles > 0 && boundaryEdges == 0 && nonManifoldEdges == 0;
    }

    /** Whether it encloses something, with the outside outside. */
    public boolean solid() {
        return watertight() && inconsistentEdges == 0 && volume > 0;
    }

    public static MeshAnalysis of(Mesh unwelded) {
        return of(unwelded, part -> {});
    }

    /**
     * The same for large meshes.
     *
     * @param progress told every now and then how much is done, from 0 to 1; what it throws ends the work
     */
    public static MeshAnalysis of(Mesh unwelded, DoubleConsumer progress) {
        Stages stages = new Stages(progress, unwelded.triangles());
        Mesh mesh = unwelded.welded(part -> stages.at(Stages.WELDING, part));
        int[] corners = mesh.corners();
        float[] positions = mesh.positions();
        Bounds bounds = mesh.bounds();
        // Tetrahedra from the middle of the mesh: far from the origin, those from there would cancel out badly.
        double middleX = (bounds.minX() + bounds.maxX()) / 2;
        double middleY = (bounds.minY() + bounds.maxY()) / 2;
        double middleZ = (bounds.minZ() + bounds.maxZ()) / 2;
        double volume = 0;
        double area = 0;
        int degenerate = 0;
        for (int i = 0; i < corners.length; i += 3) {
            stages.atTriangle(Stages.MEASURING, i / 3);
            int a = 3 * corners[i];
            int b = 3 * corners[i + 1];
            int c = 3 * corners[i + 2];
            double ux = (double) positions[b] - positions[a];
            double uy = (double) positions[b + 1] - positions[a + 1];
            double uz = (double) positions[b + 2] - positions[a + 2];
            double vx = (double) positions[c] - positions[a];
            double vy = (double) positions[c + 1] - positions[a + 1];
            double vz = (double) positions[c + 2] - positions[a + 2];
            double nx = uy * vz - uz * vy;
            double ny = uz * vx - ux * vz;
            double nz = ux * vy - uy * vx;
            double triangle = Math.sqrt(nx * nx + ny * ny + nz * nz) / 2;
            area += triangle;
            degenerate += triangle < LEAST_AREA ? 1 : 0;
            volume += (positions[a] - middleX) * nx
                    + (positions[a + 1] - middleY) * ny
                    + (positions[a + 2] - middleZ) * nz;
        }
        Edges edges = Edges.of(corners, stages);
        MeshAnalysis analysis = new MeshAnalysis(
                mesh.vertices(),
                mesh.triangles(),
                volume / 6,
                area,
                bounds,
                components(corners, mesh.vertices(), stages),
                mesh.vertices() - edges.all + edges.triangles,
                degenerate,
                duplicates(corners, stages),
                edges.boundary,
                edges.nonManifold,
                edges.inconsistent);
        progress.accept(1);
        return analysis;
    }

    /** How much of the work is done, told at a bounded distance. */
    private record Stages(DoubleConsumer progress, int triangles) {

        /** Each takes as long as any other. */
        private static final double LENGTH = 0.2;

        private static final double WELDING = 0;
        private static final double MEASURING = 0.2;
        private static final double EDGES = 0.4;
        private static final double COMPONENTS = 0.6;
        private static final double DUPLICATES = 0.8;

        void at(double stage, double part) {
            progress.accept(stage + LENGTH * part);
        }

        void atTriangle(double stage, int triangle) {
            if (triangle % TRIANGLES_A_REPORT == 0) {
                at(stage, triangle / (double) triangles);
            }
        }
    }

    private record Edges(int all, int triangles, int boundary, int nonManifold, int inconsistent) {

        /** Each side of a triangle as a number: its lower vertex, its higher one, which way it runs; then sorted. */
        static Edges of(int[] corners, Stages stages) {
            long[] sides = new long[corners.length];
            int count = 0;
            for (int i = 0; i < corners.length; i += 3) {
                stages.atTriangle(Stages.EDGES, i / 3);
                int a = corners[i];
                int b = corners[i + 1];
                int c = corners[i + 2];
                if (a != b && b != c && c != a) {
                    sides[count++] = side(a, b);
                    sides[count++] = side(b, c);
                    sides[count++] = side(c, a);
                }
            }
            Arrays.sort(sides, 0, count);
            int all = 0;
            int boundary = 0;
            int nonManifold = 0;
            int inconsistent = 0;
            for (int from = 0; from < count; ) {
                int to = from + 1;
                while (to < count && sides[to] >> 1 == sides[from] >> 1) {
                    to++;
                }
                all++;
                if (to - from == 1) {
                    boundary++;
                } else if (to - from > 2) {
                    nonManifold++;
                } else if (sides[from] == sides[from + 1]) {
                    inconsistent++;
                }
                from = to;
            }
            return new Edges(all, count / 3, boundary, nonManifold, inconsistent);
        }

        private static long side(int from, int to) {
            return (long) Math.min(from, to) << 32 | (long) Math.max(from, to) << 1 | (from < to ? 0 : 1);
        }
    }

    private static int components(int[] corners, int vertices, Stages stages) {
        int[] parents = new int[vertices];
        Arrays.setAll(parents, vertex -> vertex);
        int components = vertices;
        for (int i = 0; i < corners.length; i += 3) {
            stages.atTriangle(Stages.COMPONENTS, i / 3);
            for (int other = 1; other < 3; other++) {
                int one = root(parents, corners[i]);
                int two = root(parents, corners[i + other]);
                if (one != two) {
                    parents[Math.max(one, two)] = Math.min(one, two);
                    components--;
                }
            }
        }
        return components;
    }

    private static int root(int[] parents, int vertex) {
        int at = vertex;
        while (parents[at] != at) {
            parents[at] = parents[parents[at]];
            at = parents[at];
        }
        return at;
    }

    /** Open addressing over triangles by their corners in ascending order. */
    private static int duplicates(int[] corners, Stages stages) {
        int triangles = corners.length / 3;
        int[] table = new int[Integer.highestOneBit(Math.max(2, triangles)) * 4];
        Arrays.fill(table, -1);
        int duplicates = 0;
        for (int triangle = 0; triangle < triangles; triangle++) {
            stages.atTriangle(Stages.DUPLICATES, triangle);
            int low = lowest(corners, triangle);
            int high = highest(corners, triangle);
            int mid = middle(corners, triangle);
            int hash = low * 0x9E3779B1 ^ Integer.rotateLeft(mid * 0x85EBCA6B, 11) ^ high * 0xC2B2AE35;
            hash = (hash ^ hash >>> 15) * 0x2C1B3C6D;
            int slot = (hash ^ hash >>> 13) & table.length - 1;
            while (table[slot] >= 0
                    && !(lowest(corners, table[slot]) == low
                            && middle(corners, table[slot]) == mid
                            && highest(corners, table[slot]) == high)) {
                slot = slot + 1 & table.length - 1;
            }
            if (table[slot] >= 0) {
                duplicates++;
            } else {
                table[slot] = triangle;
            }
        }
        return duplicates;
    }

    private static int lowest(int[] corners, int triangle) {
        return Math.min(Math.min(corners[3 * triangle], corners[3 * triangle + 1]), corners[3 * triangle + 2]);
    }

    private static int highest(int[] corners, int triangle) {
        return Math.max(Math.max(corners[3 * triangle], corners[3 * triangle + 1]), corners[3 * triangle + 2]);
    }

    private static int middle(int[] corners, int triangle) {
        int a = corners[3 * triangle];
        int b = corners[3 * triangle + 1];
        int c = corners[3 * triangle + 2];
        return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
    }
}
