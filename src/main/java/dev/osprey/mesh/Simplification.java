package dev.osprey.mesh;

import java.util.OptionalDouble;
import java.util.function.DoubleConsumer;

/**
 * A mesh in fewer triangles, with what the studio protocol tells of it, section 6.4.
 *
 * @param target triangles that were asked for; the mesh has at most as many unless its shape needs more
 * @param reduction the part of the triangles that is gone, from 0 to 1
 * @param preserved how much of the volume is right, in per cent; only where the mesh was closed before and is
 */
public record Simplification(Mesh mesh, int initial, int target, double reduction, OptionalDouble preserved) {

    /** Parts of the work, up to the end of the stage. */
    private static final double DECIMATED = 0.8;

    private static final double COMPARED = 0.9;

    /** How many triangles are left of some after such a reduction, from 0 to 1. */
    public static int target(int triangles, double reduction) {
        if (!(reduction >= 0 && reduction <= 1)) {
            throw new IllegalArgumentException("A reduction of %s, expected 0 to 1".formatted(reduction));
        }
        return (int) (triangles * (1 - reduction));
    }

    /**
     * Equal vertices are made one before, so texture and colours are lost; {@link QuadricDecimation} keeps them.
     *
     * @param target at least 0
     * @param progress told every now and then how much is done, from 0 to 1; what it throws ends the work
     */
    public static Simplification of(Mesh mesh, int target, DoubleConsumer progress) {
        Mesh before = mesh.welded();
        Mesh after = QuadricDecimation.decimated(before, target, part -> progress.accept(DECIMATED * part));
        MeshAnalysis was = MeshAnalysis.of(before, part -> progress.accept(DECIMATED + (COMPARED - DECIMATED) * part));
        MeshAnalysis is = MeshAnalysis.of(after, part -> progress.accept(COMPARED + (1 - COMPARED) * part));
        boolean comparable = was.watertight() && is.watertight() && was.volume() != 0;
        return new Simplification(
                after,
                mesh.triangles(),
                target,
                mesh.triangles() == 0 ? 0 : 1 - after.triangles() / (double) mesh.triangles(),
                comparable
                        ? OptionalDouble.of(
                                100 * Math.max(0, 1 - Math.abs(is.volume() - was.volume()) / Math.abs(was.volume())))
                        : OptionalDouble.empty());
    }
}
