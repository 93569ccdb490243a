package dev.osprey.mesh;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleConsumer;

/**
 * A solid with a cavity in it that leaves a wall of one thickness everywhere.
 *
 * <p>The cavity is what is farther from the surface than the wall is thick, found on a grid and made a surface by marching
 * cubes, which then faces inward. The grid is so fine that a cell through which that surface goes cannot reach the outer one: the
 * two never meet.
 */
public final class Hollow {

    /** Of the grid; a place takes eleven bytes. */
    private static final int MOST_PLACES = 6_000_000;

    /** A cell is √3 steps across. */
    private static final double LEAST_STEPS_A_WALL = 1.75;

    /** Parts of the work, up to the end of the stage: whether it is a solid; how far each place is from its surface. */
    private static final double CHECKED = 0.1;

    private static final double MEASURED = 0.8;

    private Hollow() {}

    /**
     * Holes through the wall from the cavity straight down, so that resin can run out.
     *
     * @param count at most 4; fewer where there is no room for more
     * @param diameter in millimetres
     */
    public record Drains(int count, double diameter) {

        public Drains {
            if (count < 1 || count > 4 || !(diameter > 0)) {
                throw new IllegalArgumentException("%d drains of %s mm".formatted(count, diameter));
            }
        }
    }

    /**
     * Without drains: the outer surface as it is, and the cavity's as pieces of their own.
     *
     * @param wall in millimetres
     * @param progress told every now and then how much is done, from 0 to 1; what it throws ends the work
     * @throws OspreyException {@link ErrorCode#MESH_UNREADABLE} when the mesh is no solid, or the walls leave no cavity;
     *     {@link ErrorCode#MESH_TOO_LARGE} when it is too large for so thin a wall, or has more than {@code mostTriangles} then
     */
    public static Mesh hollowed(Mesh mesh, double wall, int mostTriangles, DoubleConsumer progress) {
        Mesh solid = solid(mesh, wall, progress);
        double step = step(solid.bounds(), wall, wall / 2, 64);
        DistanceField field = new DistanceField(solid, step, wall + 2 * step, measuring(progress));
        float[] cavity = new float[field.width * field.height * field.depth];
        for (int i = 0; i < cavity.length; i++) {
            cavity[i] = (float) (field.at(i) - wall);
        }
        Mesh inner = surface(field, cavity, mostTriangles - solid.triangles(), progress);
        if (inner.triangles() == 0) {
            throw noCavity(wall);
        }
        return joined(solid, inner);
    }

    /**
     * With drains, all in one piece. For that the outer surface is found on the grid too: sharp edges are rounded by up to a
     * third of the wall's thickness.
     */
    public static Mesh drained(Mesh mesh, double wall, Drains drains, int mostTriangles, DoubleConsumer progress) {
        Mesh solid = solid(mesh, wall, progress);
        double radius = drains.diameter() / 2;
        double step = step(solid.bounds(), wall, Math.min(wall / 3, radius / 1.5), 128);
        DistanceField field =
                new DistanceField(solid, step, Math.max(wall, radius + wall / 2) + 2 * step, measuring(progress));
        float[] shell = new float[field.width * field.height * field.depth];
        boolean hollow = false;
        for (int i = 0; i < shell.length; i++) {
            double inside = field.at(i);
            shell[i] = (float) Math.min(inside, wall - inside);
            hollow |= inside > wall;
        }
        if (!hollow) {
            throw noCavity(wall);
        }
        for (int[] drain : placed(field, wall, radius, drains.count())) {
            drill(field, shell, drain, radius);
        }
        return surface(field, shell, mostTriangles, progress);
    }

    /** The part of the work that finds the distances. */
    private static DoubleConsumer measuring(DoubleConsumer progress) {
        return part -> progress.accept(CHECKED + (MEASURED - CHECKED) * part);
    }

    private static Mesh solid(Mesh mesh, double wall, DoubleConsumer progress) {
        if (!(wall > 0)) {
            throw new IllegalArgumentException("A wall of %s mm".formatted(wall));
        }
        Mesh solid = mesh.welded();
        if (!MeshAnalysis.of(solid, part -> progress.accept(CHECKED * part)).solid()) {
            throw new OspreyException(
                    ErrorCode.MESH_UNREADABLE, "Only a closed mesh whose faces face outward can be hollowed");
        }
        return solid;
    }

    /** Never coarser than the wall allows, and never more places than the grid may have. */
    private static double step(Bounds bounds, double wall, double wanted, int leastAcross) {
        double longest = Math.max(bounds.width(), Math.max(bounds.height(), bounds.depth()));
        double step = Math.min(wanted, longest / leastAcross);
        if (DistanceField.places(bounds, step) > MOST_PLACES) {
            double coarse = longest;
            for (int i = 0; i < 50; i++) {
                double middle = (step + coarse) / 2;
                if (DistanceField.places(bounds, middle) > MOST_PLACES) {
                    step = middle;
                } else {
                    coarse = middle;
                }
            }
            step = coarse;
        }
        if (step * LEAST_STEPS_A_WALL > wall) {
            throw new OspreyException(
                    ErrorCode.MESH_TOO_LARGE,
                    "A wall of %.3g mm is too thin for a mesh of %.4g mm, expected at least %.3g mm"
                            .formatted(wall, longest, step * LEAST_STEPS_A_WALL));
        }
        return step;
    }

    private static OspreyException noCavity(double wall) {
        return new OspreyException(ErrorCode.MESH_UNREADABLE, "Walls of %.3g mm leave no cavity".formatted(wall));
    }

    private static Mesh surface(DistanceField field, float[] values, int mostTriangles, DoubleConsumer progress) {
        return field.inMillimetres(MarchingCubes.surface(
                values,
                field.width,
                field.height,
                field.depth,
                0,
                Math.max(0, mostTriangles),
                part -> progress.accept(MEASURED + (1 - MEASURED) * part)));
    }

    private static Mesh joined(Mesh outer, Mesh inner) {
        float[] positions = Arrays.copyOf(outer.positions(), outer.positions().length + inner.positions().length);
        System.arraycopy(inner.positions(), 0, positions, outer.positions().length, inner.positions().length);
        int[] corners = Arrays.copyOf(outer.corners(), outer.corners().length + inner.corners().length);
        for (int i = 0; i < inner.corners().length; i += 3) {
            int at = outer.corners().length + i;
            corners[at] = outer.vertices() + inner.corners()[i];
            corners[at + 1] = outer.vertices() + inner.corners()[i + 2];
            corners[at + 2] = outer.vertices() + inner.corners()[i + 1];
        }
        return Mesh.of(positions, corners);
    }

    /**
     * Where the cavity is lowest and has room around: the first drain there, each other one as far as can be from those before.
     *
     * @return column, row and layer of the cavity's lowest place over each, and the layer at which the outside is below it
     */
    private static List<int[]> placed(DistanceField field, double wall, double radius, int count) {
        List<int[]> candidates = candidates(field, wall, radius);
        int lowest = candidates.stream()
                .mapToInt(place -> place[2])
                .min()
                .orElseThrow(() -> new OspreyException(
                        ErrorCode.MESH_UNREADABLE, "There is no room for a drain of %.3g mm".formatted(2 * radius)));
        List<int[]> low = candidates.stream()
                .filter(place -> (place[2] - lowest) * field.step <= wall)
                .toList();
        List<int[]> placed = new ArrayList<>();
        placed.add(candidates.stream()
                .filter(place -> place[2] == lowest)
                .findFirst()
                .orElseThrow());
        while (placed.size() < count) {
            int[] farthest = placed.get(0);
            for (int[] place : low) {
                farthest = apart(place, placed) > apart(farthest, placed) ? place : farthest;
            }
            if (apart(farthest, placed) * field.step < 4 * radius) {
                break;
            }
            placed.add(farthest);
        }
        return placed;
    }

    private static double apart(int[] place, List<int[]> others) {
        return others.stream()
                .mapToDouble(other -> Math.hypot(place[0] - other[0], place[1] - other[1]))
                .min()
                .orElse(0);
    }

    private static List<int[]> candidates(DistanceField field, double wall, double radius) {
        List<int[]> candidates = new ArrayList<>();
        int up = (int) Math.ceil(radius / field.step);
        for (int row = 0; row < field.height; row++) {
            for (int column = 0; column < field.width; column++) {
                int layer = 0;
                int outside = 0;
                while (layer < field.depth && field.at(field.index(column, row, layer)) <= wall) {
                    outside = field.at(field.index(column, row, layer)) < 0 ? layer : outside;
                    layer++;
                }
                if (layer + up < field.depth && field.at(field.index(column, row, layer + up)) >= radius + wall / 2) {
                    candidates.add(new int[] {column, row, layer, outside});
                }
            }
        }
        return candidates;
    }

    private static void drill(DistanceField field, float[] shell, int[] drain, double radius) {
        double top = field.z(drain[2]);
        double bottom = field.z(drain[3]) - radius;
        for (int layer = 0; layer <= drain[2]; layer++) {
            double beyond = Math.max(field.z(layer) - top, bottom - field.z(layer));
            for (int row = 0; row < field.height; row++) {
                for (int column = 0; column < field.width; column++) {
                    double across = field.step * Math.hypot(column - drain[0], row - drain[1]) - radius;
                    int index = field.index(column, row, layer);
                    shell[index] = (float) Math.min(shell[index], Math.max(across, beyond));
                }
            }
        }
    }
}
