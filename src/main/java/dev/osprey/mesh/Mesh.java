package dev.osprey.mesh;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.util.Optional;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Triangles over shared vertices, in millimetres, x right, y up, z towards the viewer.
 *
 * <p>Seen from outside, a triangle's corners run counterclockwise. The arrays that it is made of are its own from then on
 * and are handed out without a copy: nobody writes to them.
 */
public final class Mesh {

    private static final int CORNERS_A_REPORT = 98_304;

    private final float[] positions;
    private final int[] corners;
    private final float @Nullable [] textureCoordinates;
    private final byte @Nullable [] colours;
    private final @Nullable Texture texture;

    private Mesh(
            float[] positions,
            int[] corners,
            float @Nullable [] textureCoordinates,
            byte @Nullable [] colours,
            @Nullable Texture texture) {
        this.positions = positions;
        this.corners = corners;
        this.textureCoordinates = textureCoordinates;
        this.colours = colours;
        this.texture = texture;
    }

    /**
     * @param positions float32 [vertices, 3]
     * @param corners int32 [triangles, 3], numbers of vertices
     * @throws OspreyException {@link ErrorCode#MESH_UNREADABLE} for a coordinate that is not finite, or a corner that is
     *     no vertex
     */
    public static Mesh of(float[] positions, int[] corners) {
        if (positions.length % 3 != 0 || corners.length % 3 != 0) {
            throw new OspreyException(
                    ErrorCode.MESH_UNREADABLE,
                    "%d coordinates and %d corners, expected multiples of 3"
                            .formatted(positions.length, corners.length));
        }
        requireFinite(positions, 3);
        int vertices = positions.length / 3;
        for (int i = 0; i < corners.length; i++) {
            if (corners[i] < 0 || corners[i] >= vertices) {
                throw new OspreyException(
                        ErrorCode.MESH_UNREADABLE,
                        "Triangle %d has vertex %d of %d".formatted(i / 3, corners[i], vertices));
            }
        }
        return new Mesh(positions, corners, null, null, null);
    }

    private static void requireFinite(float[] values, int perVertex) {
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new OspreyException(
                        ErrorCode.MESH_UNREADABLE, "Vertex %d has %s in it".formatted(i / perVertex, values[i]));
            }
        }
    }

    /**
     * The same with a place in a picture for each vertex.
     *
     * @param coordinates float32 [vertices, 2], from the picture's upper left corner, (1, 1) its lower right one
     */
    public Mesh withTextureCoordinates(float[] coordinates) {
        if (coordinates.length != 2 * vertices()) {
            throw new OspreyException(
                    ErrorCode.MESH_UNREADABLE,
                    "%d texture coordinates for %d vertices".formatted(coordinates.length, vertices()));
        }
        requireFinite(coordinates, 2);
        return new Mesh(positions, corners, coordinates, colours, texture);
    }

    /**
     * The same with the picture that its texture coordinates speak of.
     *
     * @throws IllegalStateException when it has none
     */
    public Mesh withTexture(Texture picture) {
        if (textureCoordinates == null) {
            throw new IllegalStateException("A texture on a mesh without texture coordinates");
        }
        return new Mesh(positions, corners, textureCoordinates, colours, picture);
    }

    /**
     * The same with a colour for each vertex.
     *
     * @param rgb uint8 [vertices, 3], sRGB
     */
    public Mesh withColours(byte[] rgb) {
        if (rgb.length != positions.length) {
            throw new OspreyException(
                    ErrorCode.MESH_UNREADABLE, "%d colour values for %d vertices".formatted(rgb.length, vertices()));
        }
        return new Mesh(positions, corners, textureCoordinates, rgb, texture);
    }

    public int vertices() {
        return positions.length / 3;
    }

    public int triangles() {
        return corners.length / 3;
    }

    /** float32 [vertices, 3]. */
    public float[] positions() {
        return positions;
    }

    /** int32 [triangles, 3]. */
    public int[] corners() {
        return corners;
    }

    /** float32 [vertices, 2], from the picture's upper left corner. */
    public Optional<float[]> textureCoordinates() {
        return Optional.ofNullable(textureCoordinates);
    }

    /** uint8 [vertices, 3], sRGB. */
    public Optional<byte[]> colours() {
        return Optional.ofNullable(colours);
    }

    public Optional<Texture> texture() {
        return Optional.ofNullable(texture);
    }

    /**
     * Each vertex moved by an affine map; the triangles stay, so a map that mirrors turns the mesh inside out.
     *
     * @param map float64 [3, 4], row by row: a linear part and what is added
     */
    public Mesh transformed(double[] map) {
        float[] moved = new float[positions.length];
        for (int i = 0; i < moved.length; i += 3) {
            for (int row = 0; row < 3; row++) {
                moved[i + row] = (float) (map[4 * row] * positions[i]
                        + map[4 * row + 1] * positions[i + 1]
                        + map[4 * row + 2] * positions[i + 2]
                        + map[4 * row + 3]);
            }
        }
        requireFinite(moved, 3);
        return new Mesh(moved, corners, textureCoordinates, colours, texture);
    }

    /**
     * Stretched along each axis and moved, so that its bounds are from 0 to what is asked for; an axis along which it has
     * no extent stays flat at 0.
     *
     * @param width in millimetres along x, as {@code height} along y and {@code depth} along z
     */
    public Mesh fitted(double width, double height, double depth) {
        Bounds bounds = bounds();
        double[] map = new double[12];
        double[] from = {bounds.minX(), bounds.minY(), bounds.minZ()};
        double[] extent = {bounds.width(), bounds.height(), bounds.depth()};
        double[] wanted = {width, height, depth};
        for (int axis = 0; axis < 3; axis++) {
            double factor = extent[axis] == 0 ? 0 : wanted[axis] / extent[axis];
            map[4 * axis + axis] = factor;
            map[4 * axis + 3] = -factor * from[axis];
        }
        return transformed(map);
    }

    /** The least box that all vertices lie in; all zero without a vertex. */
    public Bounds bounds() {
        if (positions.length == 0) {
            return new Bounds(0, 0, 0, 0, 0, 0);
        }
        float[] min = {positions[0], positions[1], positions[2]};
        float[] max = min.clone();
        for (int i = 3; i < positions.length; i += 3) {
            for (int axis = 0; axis < 3; axis++) {
                min[axis] = Math.min(min[axis], positions[i + axis]);
                max[axis] = Math.max(max[axis], positions[i + axis]);
            }
        }
        return new Bounds(min[0], min[1], min[2], max[0], max[1], max[2]);
    }

    /**
     * The shape alone, with vertices at the same place made one and those without a triangle left out; texture and
     * colours, which may differ at one place, are gone.
     */
    public Mesh welded() {
        return welded(part -> {});
    }

    /** @param progress told every now and then how much is done, from 0 to 1; what it throws ends the work */
    Mesh welded(DoubleConsumer progress) {
        MeshBuilder builder = new MeshBuilder(triangles());
        int[] renamed = new int[corners.length];
        for (int i = 0; i < corners.length; i++) {
            if (i % CORNERS_A_REPORT == 0) {
                progress.accept(i / (double) corners.length);
            }
            int at = 3 * corners[i];
            renamed[i] = builder.sharedVertex(positions[at], positions[at + 1], positions[at + 2]);
        }
        for (int i = 0; i < renamed.length; i += 3) {
            builder.triangle(renamed[i], renamed[i + 1], renamed[i + 2]);
        }
        return builder.build();
    }

    /**
     * A unit vector for each vertex, the mean of its triangles' normals weighted by their area; (0, 0, 1) where that is
     * nothing.
     *
     * @return float32 [vertices, 3]
     */
    public float[] vertexNormals() {
        double[] sums = new double[positions.length];
        for (int i = 0; i < corners.length; i += 3) {
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
            for (int at : new int[] {a, b, c}) {
                sums[at] += nx;
                sums[at + 1] += ny;
                sums[at + 2] += nz;
            }
        }
        float[] normals = new float[positions.length];
        for (int i = 0; i < sums.length; i += 3) {
            double length = Math.sqrt(sums[i] * sums[i] + sums[i + 1] * sums[i + 1] + sums[i + 2] * sums[i + 2]);
            if (length > 0) {
                normals[i] = (float) (sums[i] / length);
                normals[i + 1] = (float) (sums[i + 1] / length);
                normals[i + 2] = (float) (sums[i + 2] / length);
            } else {
                normals[i + 2] = 1;
            }
        }
        return normals;
    }
}
