package dev.osprey.mesh;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleConsumer;

/**
 * How well a mesh can be printed, by the studio protocol's rules, section 6.1. Some of its words mean less than they say:
 * they are the protocol's.
 *
 * @param mesh what the figures are made from
 * @param flatPairs neighbouring triangles whose normals differ by less than 10°, which the protocol counts as self-intersections;
 *     {@value #UNCOUNTED} from {@value #MOST_VERTICES_COUNTED} vertices up
 * @param quality from 0 to 100
 * @param printability from 0 to {@code quality}
 */
public record PrintAnalysis(MeshAnalysis mesh, int flatPairs, double quality, double printability) {

    public static final int UNCOUNTED = -1;

    private static final int MOST_VERTICES_COUNTED = 10_000;
    private static final int MANY_VERTICES = 100_000;
    private static final double FLAT = Math.cos(Math.toRadians(10));
    private static final double PRINTABLE = 70;

    /** Parts of the work, up to the end of the stage. */
    private static final double WELDED = 0.15;

    private static final double ANALYSED = 0.95;
    private static final int TRIANGLES_A_REPORT = 32_768;

    public static PrintAnalysis of(Mesh unwelded) {
        return of(unwelded, part -> {});
    }

    /**
     * The same for large meshes.
     *
     * @param progress told every now and then how much is done, from 0 to 1; what it throws ends the work
     */
    public static PrintAnalysis of(Mesh unwelded, DoubleConsumer progress) {
        Mesh welded = unwelded.welded(part -> progress.accept(WELDED * part));
        MeshAnalysis mesh = MeshAnalysis.of(welded, part -> progress.accept(WELDED + (ANALYSED - WELDED) * part));
        int flatPairs = mesh.vertices() < MOST_VERTICES_COUNTED
                ? flatPairs(welded, part -> progress.accept(ANALYSED + (1 - ANALYSED) * part))
                : UNCOUNTED;
        progress.accept(1);
        double quality = quality(mesh, flatPairs);
        return new PrintAnalysis(mesh, flatPairs, quality, printability(mesh, quality));
    }

    /** Three for each triangle: an edge counts once for each triangle that it belongs to. */
    public int edges() {
        return 3 * mesh.triangles();
    }

    public boolean watertight() {
        return mesh.watertight();
    }

    /** Whether no edge belongs to more than two triangles, and those of two run in opposite directions in both. */
    public boolean manifold() {
        return mesh.nonManifoldEdges() == 0 && mesh.inconsistentEdges() == 0;
    }

    /** As if every hole were a triangle. */
    public int holes() {
        return watertight() ? 0 : mesh.boundaryEdges() / 3;
    }

    /** In cubic millimetres, negative when inside out; 0 unless watertight. */
    public double volume() {
        return watertight() ? mesh.volume() : 0;
    }

    /** What the protocol advises, most urgent first. */
    public List<String> recommendedActions() {
        List<String> actions = new ArrayList<>();
        if (!watertight()) {
            actions.add("Make mesh watertight (fill holes)");
        }
        if (!manifold()) {
            actions.add("Fix non-manifold geometry");
        }
        if (mesh.degenerateTriangles() > 0) {
            actions.add(String.format(Locale.ROOT, "Remove %d degenerate faces", mesh.degenerateTriangles()));
        }
        if (flatPairs > 0) {
            actions.add(String.format(Locale.ROOT, "Fix %d self-intersections", flatPairs));
        }
        if (mesh.vertices() > MANY_VERTICES) {
            actions.add(String.format(Locale.ROOT, "Simplify mesh (currently %d vertices)", mesh.vertices()));
        }
        if (printability < PRINTABLE) {
            actions.add("Optimize for 3D printing");
        }
        return List.copyOf(actions);
    }

    private static int flatPairs(Mesh mesh, DoubleConsumer progress) {
        Sides sides = new Sides(mesh.corners());
        double[][] normals = new double[mesh.triangles()][];
        for (int triangle = 0; triangle < normals.length; triangle++) {
            if (triangle % TRIANGLES_A_REPORT == 0) {
                progress.accept(triangle / (double) normals.length);
            }
            normals[triangle] = Vectors.unitNormal(mesh, triangle);
        }
        int pairs = 0;
        for (int side = 0; side < mesh.corners().length; side++) {
            // A triangle without area has the normal 0 and is flat with none.
            if (sides.partner(side) > side && Vectors.dot(normals[side / 3], normals[sides.partner(side) / 3]) > FLAT) {
                pairs++;
            }
        }
        return pairs;
    }

    private static double quality(MeshAnalysis mesh, int flatPairs) {
        double triangles = Math.max(1, mesh.triangles());
        double quality = 100;
        quality -= mesh.watertight() ? 0 : 30;
        quality -= mesh.nonManifoldEdges() == 0 && mesh.inconsistentEdges() == 0 ? 0 : 20;
        quality -= Math.min(20, mesh.degenerateTriangles() / triangles * 100);
        quality -= flatPairs > 0 ? Math.min(30, flatPairs / triangles * 100) : 0;
        return Math.max(0, quality);
    }

    private static double printability(MeshAnalysis mesh, double quality) {
        Bounds bounds = mesh.bounds();
        double printability = quality;
        printability -=
                bounds.width() > Printer.WIDTH || bounds.height() > Printer.HEIGHT || bounds.depth() > Printer.DEPTH
                        ? 20
                        : 0;
        printability -= mesh.area() / Math.max(1, mesh.triangles()) < 1 ? 10 : 0;
        return Math.max(0, printability);
    }
}
