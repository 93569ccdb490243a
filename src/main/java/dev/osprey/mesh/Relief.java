package dev.osprey.mesh;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A picture's depth as a solid to print: its front follows the depth map, its back is flat, walls join them.
 *
 * <p>Pixels are vertices; four neighbouring ones of the foreground make a cell, and each cell is a column from the back to
 * the front. Where two columns would touch in nothing but an upright edge, four walls would meet there: one of the two goes,
 * until there is none such.
 */
public final class Relief {

    private Relief() {}

    /**
     * Foreground in several parts gives as many solids. For one plate with the background on it, no mask and a depth map
     * that is 0 there.
     *
     * @param nearness float32 [rows, columns], higher is nearer, in any unit; what the foreground has is stretched over
     *     the height that the base leaves
     * @param foreground uint8 [rows, columns], 0 is background; null for all of it
     * @param width in millimetres along x, of the whole solid, as {@code height} along y and {@code depth} along z
     * @param base in millimetres, the least thickness; more than 0, at most {@code depth}
     * @return from (0, 0, 0) to (width, height, depth), with texture coordinates, the wall's from the pixels at its edge
     * @throws OspreyException {@link ErrorCode#MESH_UNREADABLE} when the foreground is nowhere two pixels wide and high, or
     *     the depth there is not finite; {@link ErrorCode#MESH_TOO_LARGE} beyond {@code mostTriangles}
     */
    public static Mesh solid(
            float[] nearness,
            byte @Nullable [] foreground,
            int columns,
            int rows,
            double width,
            double height,
            double depth,
            double base,
            int mostTriangles) {
        if (columns < 1
                || rows < 1
                || (long) columns * rows != nearness.length
                || (foreground != null && foreground.length != nearness.length)) {
            throw new IllegalArgumentException(
                    "%d values for %d x %d pixels".formatted(nearness.length, columns, rows));
        }
        if (!(width > 0 && height > 0 && base > 0 && base <= depth)) {
            throw new IllegalArgumentException(
                    "%s x %s x %s mm on a base of %s mm".formatted(width, height, depth, base));
        }
        boolean[] cells = cells(foreground, columns, rows);
        float[] heights = heights(nearness, cells, columns, rows, depth, base);
        return build(heights, cells, columns, rows, mostTriangles).fitted(width, height, depth);
    }

    /** bool [rows - 1, columns - 1]: where the solid is. */
    private static boolean[] cells(byte @Nullable [] foreground, int columns, int rows) {
        int across = columns - 1;
        boolean[] cells = new boolean[across * Math.max(0, rows - 1)];
        if (foreground == null) {
            Arrays.fill(cells, true);
            return cells;
        }
        for (int at = 0; at < cells.length; at++) {
            int pixel = at / across * columns + at % across;
            cells[at] = foreground[pixel] != 0
                    && foreground[pixel + 1] != 0
                    && foreground[pixel + columns] != 0
                    && foreground[pixel + columns + 1] != 0;
        }
        for (int row = 0; row + 2 < rows; row++) {
            // A cell that goes may leave two others touching, in these two rows or below them.
            boolean touching = true;
            while (touching) {
                touching = partedTouching(cells, row * across, across);
            }
        }
        return cells;
    }

    /** Whether a cell in the lower of two rows had to go, as it touched one of the upper row in a corner alone. */
    private static boolean partedTouching(boolean[] cells, int upper, int across) {
        boolean gone = false;
        for (int at = upper; at + 1 < upper + across; at++) {
            boolean falling = cells[at] && cells[at + across + 1];
            boolean rising = cells[at + 1] && cells[at + across];
            if (falling && !cells[at + 1] && !cells[at + across]) {
                cells[at + across + 1] = false;
                gone = true;
            } else if (rising && !cells[at] && !cells[at + across + 1]) {
                cells[at + across] = false;
                gone = true;
            }
        }
        return gone;
    }

    /** float32 [rows, columns] in millimetres over the back; NaN where no cell has a corner. */
    private static float[] heights(
            float[] nearness, boolean[] cells, int columns, int rows, double depth, double base) {
        float[] heights = new float[columns * rows];
        Arrays.fill(heights, Float.NaN);
        float min = Float.POSITIVE_INFINITY;
        float max = Float.NEGATIVE_INFINITY;
        int across = columns - 1;
        for (int at = 0; at < cells.length; at++) {
            if (cells[at]) {
                int pixel = at / across * columns + at % across;
                for (int corner : new int[] {pixel, pixel + 1, pixel + columns, pixel + columns + 1}) {
                    if (!Float.isFinite(nearness[corner])) {
                        throw new OspreyException(
                                ErrorCode.MESH_UNREADABLE, "The depth has %s in it".formatted(nearness[corner]));
                    }
                    heights[corner] = nearness[corner];
                    min = Math.min(min, nearness[corner]);
                    max = Math.max(max, nearness[corner]);
                }
            }
        }
        if (min > max) {
            throw new OspreyException(
                    ErrorCode.MESH_UNREADABLE, "The foreground is nowhere two pixels wide and two high");
        }
        double range = (double) max - min;
        for (int i = 0; i < heights.length; i++) {
            if (!Float.isNaN(heights[i])) {
                heights[i] = (float) (range > 0 ? base + (depth - base) * (heights[i] - (double) min) / range : depth);
            }
        }
        return heights;
    }

    private static Mesh build(float[] heights, boolean[] cells, int columns, int rows, int mostTriangles) {
        MeshBuilder mesh = new MeshBuilder(mostTriangles);
        int[] front = new int[heights.length];
        float[] coordinates = new float[4 * heights.length];
        for (int pixel = 0; pixel < heights.length; pixel++) {
            if (!Float.isNaN(heights[pixel])) {
                int column = pixel % columns;
                int row = pixel / columns;
                front[pixel] = mesh.vertex(column, rows - 1 - row, heights[pixel]);
                mesh.vertex(column, rows - 1 - row, 0);
                for (int side = 0; side < 2; side++) {
                    coordinates[2 * (front[pixel] + side)] = (column + 0.5f) / columns;
                    coordinates[2 * (front[pixel] + side) + 1] = (row + 0.5f) / rows;
                }
            }
        }
        int across = columns - 1;
        for (int at = 0; at < cells.length; at++) {
            if (cells[at]) {
                int column = at % across;
                int pixel = at / across * columns + column;
                int upperLeft = front[pixel];
                int upperRight = front[pixel + 1];
                int lowerLeft = front[pixel + columns];
                int lowerRight = front[pixel + columns + 1];
                mesh.triangle(upperLeft, lowerLeft, lowerRight);
                mesh.triangle(upperLeft, lowerRight, upperRight);
                mesh.triangle(upperLeft + 1, lowerRight + 1, lowerLeft + 1);
                mesh.triangle(upperLeft + 1, upperRight + 1, lowerRight + 1);
                if (column == 0 || !cells[at - 1]) {
                    wall(mesh, upperLeft, lowerLeft);
                }
                if (column == across - 1 || !cells[at + 1]) {
                    wall(mesh, lowerRight, upperRight);
                }
                if (at < across || !cells[at - across]) {
                    wall(mesh, upperRight, upperLeft);
                }
                if (at + across >= cells.length || !cells[at + across]) {
                    wall(mesh, lowerLeft, lowerRight);
                }
            }
        }
        return mesh.build().withTextureCoordinates(Arrays.copyOf(coordinates, 2 * mesh.vertices()));
    }

    /** Below an edge of the front that runs with the solid at its left; a vertex's partner on the back is the next one. */
    private static void wall(MeshBuilder mesh, int from, int to) {
        mesh.triangle(to, from, from + 1);
        mesh.triangle(to, from + 1, to + 1);
    }
}
