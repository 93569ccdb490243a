package dev.osprey.mesh;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.util.Arrays;
import java.util.function.DoubleConsumer;
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

    /**
     * A solid in as many samples and triangles as a quality asks for, of nothing but the foreground's largest part. Parameters are
     * those of {@link #solid}, but for the foreground's values: it is where they are 128 or more.
     *
     * @param quality as {@link ReliefDetail#of} takes it
     * @param progress told every now and then how much is done, from 0 to 1; what it throws ends the work
     */
    public static Mesh printable(
            float[] nearness,
            byte @Nullable [] foreground,
            int columns,
            int rows,
            double width,
            double height,
            double depth,
            double base,
            int quality,
            DoubleConsumer progress) {
        ReliefDetail detail = ReliefDetail.of(quality);
        int longer = Math.max(columns, rows);
        int toColumns = Math.max(2, (int) Math.round(columns * (double) detail.side() / longer));
        int toRows = Math.max(2, (int) Math.round(rows * (double) detail.side() / longer));
        byte[] mask = null;
        float[] depths = nearness;
        if (foreground != null) {
            mask = largestPart(resampled(foreground, columns, rows, toColumns, toRows), toColumns, toRows);
            depths = spread(nearness, foreground, columns, rows);
        }
        Mesh full = solid(
                Resampling.resampled(depths, columns, rows, toColumns, toRows),
                mask,
                toColumns,
                toRows,
                width,
                height,
                depth,
                base,
                8 * detail.side() * detail.side());
        return QuadricDecimation.decimated(full, detail.triangles(), progress).fitted(width, height, depth);
    }

    private static byte[] resampled(byte[] foreground, int columns, int rows, int toColumns, int toRows) {
        float[] values = new float[foreground.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (foreground[i] & 0xFF) >= 128 ? 1 : 0;
        }
        float[] resampled = Resampling.resampled(values, columns, rows, toColumns, toRows);
        byte[] mask = new byte[resampled.length];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = (byte) (resampled[i] >= 0.5 ? 1 : 0);
        }
        return mask;
    }

    /**
     * The depth of the foreground carried on over the background, row by row, then to rows without any: the rim must not be
     * mixed with what lies behind it.
     */
    private static float[] spread(float[] nearness, byte[] foreground, int columns, int rows) {
        float[] spread = nearness.clone();
        boolean[] known = new boolean[rows];
        for (int row = 0; row < rows; row++) {
            int from = row * columns;
            int before = -1;
            for (int at = from; at < from + columns; at++) {
                if ((foreground[at] & 0xFF) >= 128) {
                    for (int between = before < 0 ? from : before + 1; between < at; between++) {
                        boolean left = before >= 0 && between - before <= at - between;
                        spread[between] = nearness[left ? before : at];
                    }
                    before = at;
                }
            }
            for (int at = before + 1; before >= 0 && at < from + columns; at++) {
                spread[at] = nearness[before];
            }
            known[row] = before >= 0;
        }
        for (int row = 0; row < rows; row++) {
            for (int away = 1; !known[row] && away < rows; away++) {
                int nearest = row - away >= 0 && known[row - away] ? row - away : row + away;
                if (nearest < rows && known[nearest]) {
                    System.arraycopy(spread, nearest * columns, spread, row * columns, columns);
                    break;
                }
            }
        }
        return spread;
    }

    /**
     * What makes one solid of a foreground: of its parts that hang together by the sides of cells, the one with the most cells.
     *
     * @param foreground uint8 [rows, columns], 0 is background
     * @return uint8 [rows, columns], 0 or 1; all 0 when it is nowhere two pixels wide and high
     */
    static byte[] largestPart(byte[] foreground, int columns, int rows) {
        byte[] part = foreground;
        while (true) {
            boolean[] cells = cells(part, columns, rows);
            boolean[] largest = largest(cells, columns - 1);
            byte[] next = new byte[foreground.length];
            for (int at = 0; at < largest.length; at++) {
                if (largest[at]) {
                    int pixel = at / (columns - 1) * columns + at % (columns - 1);
                    next[pixel] = 1;
                    next[pixel + 1] = 1;
                    next[pixel + columns] = 1;
                    next[pixel + columns + 1] = 1;
                }
            }
            // Without what was beside it, another cell may have to go where two touch: then once more.
            if (Arrays.equals(next, part)) {
                return next;
            }
            part = next;
        }
    }

    private static boolean[] largest(boolean[] cells, int across) {
        int[] numbers = new int[cells.length];
        int[] waiting = new int[cells.length];
        int parts = 0;
        int most = 0;
        int largest = 0;
        for (int start = 0; start < cells.length; start++) {
            if (cells[start] && numbers[start] == 0) {
                int size = 1;
                waiting[0] = start;
                numbers[start] = ++parts;
                for (int i = 0; i < size; i++) {
                    int at = waiting[i];
                    int[] neighbours = {
                        at % across > 0 ? at - 1 : at,
                        at % across < across - 1 ? at + 1 : at,
                        at >= across ? at - across : at,
                        at + across < cells.length ? at + across : at
                    };
                    for (int neighbour : neighbours) {
                        if (cells[neighbour] && numbers[neighbour] == 0) {
                            numbers[neighbour] = parts;
                            waiting[size++] = neighbour;
                        }
                    }
                }
                if (size > most) {
                    most = size;
                    largest = parts;
                }
            }
        }
        boolean[] part = new boolean[cells.length];
        for (int at = 0; at < cells.length; at++) {
            part[at] = cells[at] && numbers[at] == largest;
        }
        return part;
    }

    /**
     * The same with the colours of the picture at each vertex's texture coordinates, for formats that have no pictures.
     *
     * @param rgb uint8 [height, width, 3], sRGB
     * @throws IllegalStateException when it has no texture coordinates
     */
    public static Mesh coloured(Mesh relief, byte[] rgb, int width, int height) {
        float[] coordinates = relief.textureCoordinates()
                .orElseThrow(() -> new IllegalStateException("Colours for a mesh without texture coordinates"));
        byte[] colours = new byte[3 * relief.vertices()];
        for (int vertex = 0; vertex < relief.vertices(); vertex++) {
            int column = Math.max(0, Math.min(width - 1, (int) (coordinates[2 * vertex] * width)));
            int row = Math.max(0, Math.min(height - 1, (int) (coordinates[2 * vertex + 1] * height)));
            System.arraycopy(rgb, 3 * (row * width + column), colours, 3 * vertex, 3);
        }
        return relief.withColours(colours);
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
