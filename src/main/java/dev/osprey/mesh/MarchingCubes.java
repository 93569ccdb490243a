package dev.osprey.mesh;

import dev.osprey.fault.OspreyException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleConsumer;

/**
 * The surface at which a sampled field has a level: closed, and with the higher values inside.
 *
 * <p>The idea is Lorensen and Cline's (Marching cubes, 1987): each cube of eight samples holds a piece of the surface that
 * depends only on which corners are inside. The 256 pieces are derived here, not copied. On each face of a cube, a line
 * cuts off every run of inside corners; two inside corners that face each other across a face are always parted, so that
 * neighbouring cubes agree. The lines join to loops around the cube, and each loop is filled with triangles none of whose
 * new sides lies in a face, as the neighbour might put the same side there and four triangles would meet in it.
 *
 * <p>Samples around the grid count as outside, so a body that reaches the border is closed just beyond it.
 */
public final class MarchingCubes {

    /** By which corners are inside: triangles as numbers of cube edges, three for each. */
    private static final int[][] PIECES = new int[256][];

    /** A corner is its offsets as bits: 1 for x, 2 for y, 4 for z. An edge, 4 for each axis, is known by its lower corner. */
    private static final int[] EDGE_CORNERS = new int[12];

    /** No vertex nearer to a sample than this part of an edge: no two vertices in one place, no triangle without area. */
    private static final double LEAST_PART = 1e-3;

    static {
        for (int axis = 0; axis < 3; axis++) {
            int count = 0;
            for (int corner = 0; corner < 8; corner++) {
                if ((corner & 1 << axis) == 0) {
                    EDGE_CORNERS[4 * axis + count++] = corner;
                }
            }
        }
        for (int inside = 0; inside < 256; inside++) {
            PIECES[inside] = piece(inside);
        }
    }

    private final float[] field;
    private final int width;
    private final int height;
    private final int depth;
    private final float level;
    private final MeshBuilder mesh;

    private MarchingCubes(float[] field, int width, int height, int depth, float level, MeshBuilder mesh) {
        this.field = field;
        this.width = width;
        this.height = height;
        this.depth = depth;
        this.level = level;
        this.mesh = mesh;
    }

    /**
     * @param field float32 [depth, height, width]; what is above {@code level} is inside, NaN is not
     * @return in grid steps: the sample [z, y, x] lies at (x, y, z); without a triangle where nothing is inside
     * @throws OspreyException {@code MESH_TOO_LARGE} beyond {@code mostTriangles}
     */
    public static Mesh surface(float[] field, int width, int height, int depth, float level, int mostTriangles) {
        return surface(field, width, height, depth, level, mostTriangles, part -> {});
    }

    /**
     * The same for large fields.
     *
     * @param progress told before each layer how much is done, from 0 to 1; what it throws ends the work
     */
    public static Mesh surface(
            float[] field, int width, int height, int depth, float level, int mostTriangles, DoubleConsumer progress) {
        if (width < 1 || height < 1 || depth < 1 || (long) width * height * depth != field.length) {
            throw new IllegalArgumentException(
                    "%d samples for %d x %d x %d".formatted(field.length, width, height, depth));
        }
        MeshBuilder mesh = new MeshBuilder(mostTriangles);
        new MarchingCubes(field, width, height, depth, level, mesh).march(progress);
        return mesh.build();
    }

    /** Layer by layer, with the vertices on the edges of the layer's two planes and between them. */
    private void march(DoubleConsumer progress) {
        int rowLength = width + 2;
        int plane = rowLength * (height + 2);
        int[][] lower = {new int[plane], new int[plane]};
        int[][] upper = {new int[plane], new int[plane]};
        int[] between = new int[plane];
        forget(lower);
        double[] values = new double[8];
        for (int z = -1; z < depth; z++) {
            progress.accept((z + 1) / (depth + 1.0));
            forget(upper);
            Arrays.fill(between, -1);
            for (int y = -1; y < height; y++) {
                for (int x = -1; x < width; x++) {
                    int inside = 0;
                    for (int corner = 0; corner < 8; corner++) {
                        values[corner] = sample(x + (corner & 1), y + (corner >> 1 & 1), z + (corner >> 2));
                        inside |= values[corner] > level ? 1 << corner : 0;
                    }
                    int[] piece = PIECES[inside];
                    for (int i = 0; i < piece.length; i += 3) {
                        int[] numbers = new int[3];
                        for (int k = 0; k < 3; k++) {
                            int axis = piece[i + k] / 4;
                            int corner = EDGE_CORNERS[piece[i + k]];
                            int[] known = axis == 2 ? between : (corner >> 2 == 0 ? lower : upper)[axis];
                            int at = (y + 1 + (corner >> 1 & 1)) * rowLength + x + 1 + (corner & 1);
                            if (known[at] < 0) {
                                known[at] = vertex(x, y, z, corner, axis, values);
                            }
                            numbers[k] = known[at];
                        }
                        mesh.triangle(numbers[0], numbers[1], numbers[2]);
                    }
                }
            }
            int[][] swapped = lower;
            lower = upper;
            upper = swapped;
        }
    }

    private static void forget(int[][] planes) {
        for (int[] plane : planes) {
            Arrays.fill(plane, -1);
        }
    }

    /** As a finite number, so that what lies between two of them can be reckoned. */
    private double sample(int x, int y, int z) {
        if (x < 0 || y < 0 || z < 0 || x >= width || y >= height || z >= depth) {
            return -Float.MAX_VALUE;
        }
        float value = field[(z * height + y) * width + x];
        return Float.isNaN(value) ? -Float.MAX_VALUE : Math.max(-Float.MAX_VALUE, Math.min(Float.MAX_VALUE, value));
    }

    private int vertex(int x, int y, int z, int corner, int axis, double[] values) {
        double from = values[corner];
        double to = values[corner | 1 << axis];
        double part = Math.max(LEAST_PART, Math.min(1 - LEAST_PART, (level - from) / (to - from)));
        return mesh.vertex(
                (float) (x + (corner & 1) + (axis == 0 ? part : 0)),
                (float) (y + (corner >> 1 & 1) + (axis == 1 ? part : 0)),
                (float) (z + (corner >> 2) + (axis == 2 ? part : 0)));
    }

    private static int[] piece(int inside) {
        int[] next = new int[12];
        Arrays.fill(next, -1);
        for (int face = 0; face < 6; face++) {
            int[] ring = ring(face);
            for (int k = 0; k < 4; k++) {
                if (!isInside(inside, ring[k]) && isInside(inside, ring[(k + 1) % 4])) {
                    int last = (k + 1) % 4;
                    while (isInside(inside, ring[(last + 1) % 4])) {
                        last = (last + 1) % 4;
                    }
                    next[edge(ring[k], ring[(k + 1) % 4])] = edge(ring[last], ring[(last + 1) % 4]);
                }
            }
        }
        List<Integer> piece = new ArrayList<>();
        boolean[] done = new boolean[12];
        for (int start = 0; start < 12; start++) {
            List<Integer> loop = new ArrayList<>();
            for (int at = start; next[at] >= 0 && !done[at]; at = next[at]) {
                done[at] = true;
                loop.add(at);
            }
            if (!loop.isEmpty() && !fill(loop, 0, loop.size() - 1, piece)) {
                throw new IllegalStateException("No filling for corners " + inside);
            }
        }
        return piece.stream().mapToInt(Integer::intValue).toArray();
    }

    private static boolean isInside(int inside, int corner) {
        return (inside >> corner & 1) == 1;
    }

    /** The corners of a face (two for each axis), counterclockwise as seen from outside the cube. */
    private static int[] ring(int face) {
        int axis = face / 2;
        int u = 1 << (axis + 1) % 3;
        int v = 1 << (axis + 2) % 3;
        int base = (face % 2) << axis;
        return face % 2 == 1
                ? new int[] {base, base | u, base | u | v, base | v}
                : new int[] {base, base | v, base | u | v, base | u};
    }

    private static int edge(int one, int other) {
        int axis = Integer.numberOfTrailingZeros(one ^ other);
        for (int edge = 4 * axis; edge < 4 * axis + 4; edge++) {
            if (EDGE_CORNERS[edge] == (one & other)) {
                return edge;
            }
        }
        throw new IllegalArgumentException("No edge from %d to %d".formatted(one, other));
    }

    /** Fills the loop's part from one place to another, whose connection is given; false, nothing added, if it cannot. */
    private static boolean fill(List<Integer> loop, int from, int to, List<Integer> piece) {
        if (to - from < 2) {
            return true;
        }
        int size = piece.size();
        for (int apex = from + 1; apex < to; apex++) {
            boolean free = (apex - from == 1 || !inOneFace(loop.get(from), loop.get(apex)))
                    && (to - apex == 1 || !inOneFace(loop.get(apex), loop.get(to)));
            if (free && fill(loop, from, apex, piece) && fill(loop, apex, to, piece)) {
                piece.addAll(List.of(loop.get(from), loop.get(apex), loop.get(to)));
                return true;
            }
            piece.subList(size, piece.size()).clear();
        }
        return false;
    }

    private static boolean inOneFace(int oneEdge, int otherEdge) {
        for (int face = 0; face < 6; face++) {
            int bit = 1 << (face / 2);
            int side = face % 2 == 1 ? bit : 0;
            if (lies(oneEdge, bit, side) && lies(otherEdge, bit, side)) {
                return true;
            }
        }
        return false;
    }

    private static boolean lies(int edge, int bit, int side) {
        return 1 << (edge / 4) != bit && (EDGE_CORNERS[edge] & bit) == side;
    }
}
