package dev.osprey.mesh;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleConsumer;

/**
 * A mesh made fit to print: without triangles that bound nothing, with its outside outside, and closed.
 *
 * <p>It goes step by step: equal vertices become one; triangles without an area, duplicates and single ones go; neighbours are made to face
 * the same way; holes are filled; each closed piece is turned so that its normals point outward, or inward where it is a cavity in
 * another one. What is sound stays as it is, so a second
 * repair of what has become solid changes nothing.
 *
 * <p>Edges of more than two triangles are left alone unless it is to be aggressive. Then fins and inner walls go, what only
 * touches in an edge is parted by a ten-thousandth of the mesh's diagonal, and so do small pieces: those whose box has less
 * than a twentieth of the largest one's diagonal, bubbles included, and those that enclose nothing beside one that does.
 *
 * @param mesh with the shape alone; texture and colours are gone
 * @param operations what was done, and what could not be, in words; none for a sound mesh
 */
public record Repair(Mesh mesh, List<String> operations) {

    private static final double SMALL = 0.05;

    /** @throws OspreyException {@link ErrorCode#MESH_UNREADABLE} when no triangle is left */
    public static Repair of(Mesh mesh, boolean aggressive) {
        return of(mesh, aggressive, part -> {});
    }

    /**
     * The same for long work.
     *
     * @param progress told after each step how much is done, from 0 to 1; what it throws ends the work
     */
    public static Repair of(Mesh mesh, boolean aggressive, DoubleConsumer progress) {
        List<String> operations = new ArrayList<>();
        Mesh welded = mesh.welded();
        int used = used(mesh);
        note(operations, used - welded.vertices(), "Merged %d equal vertices");
        note(operations, mesh.vertices() - used, "Removed %d unused vertices");
        Triangles triangles = new Triangles(welded);
        int slivers = Slivers.removed(triangles);
        note(operations, Duplicates.removed(triangles), "Removed %d duplicate faces");
        progress.accept(0.3);
        if (aggressive) {
            note(
                    operations,
                    CrowdedEdges.withoutFins(triangles),
                    "Removed %d faces at edges of an odd number of faces");
            new Pieces(triangles, triangles.sides()).makeConsistent();
            note(operations, CrowdedEdges.parted(triangles), "Parted what touched in an edge, with %d vertices");
        }
        note(operations, withoutSingles(triangles), "Removed %d single faces");
        new Pieces(triangles, triangles.sides()).makeConsistent();
        progress.accept(0.5);
        HoleFilling.Filled filled = HoleFilling.fill(triangles);
        slivers += Slivers.removed(triangles);
        note(operations, slivers, "Removed %d degenerate faces");
        if (filled.holes() > 0) {
            operations.add(String.format(Locale.ROOT, "Filled %d holes with %d faces", filled.holes(), filled.faces()));
        }
        progress.accept(0.7);
        turnOutward(triangles);
        progress.accept(0.9);
        note(operations, triangles.turned(), "Turned %d faces to face outward");
        if (aggressive) {
            note(operations, withoutSmallPieces(triangles), "Removed %d faces of small or open pieces");
        }
        if (triangles.count() == 0) {
            throw new OspreyException(ErrorCode.MESH_UNREADABLE, "The mesh has no triangle with an area");
        }
        Mesh repaired = triangles.mesh();
        MeshAnalysis left = MeshAnalysis.of(repaired);
        note(operations, left.boundaryEdges(), "Left open: %d edges of a single face");
        note(operations, left.nonManifoldEdges(), "Left as they are: %d edges of more than two faces");
        note(operations, left.inconsistentEdges(), "Left as they are: %d edges whose faces cannot face the same way");
        progress.accept(1);
        return new Repair(repaired, List.copyOf(operations));
    }

    private static void note(List<String> operations, int count, String operation) {
        if (count > 0) {
            operations.add(String.format(Locale.ROOT, operation, count));
        }
    }

    private static int used(Mesh mesh) {
        BitSet used = new BitSet(mesh.vertices());
        for (int corner : mesh.corners()) {
            used.set(corner);
        }
        return used.cardinality();
    }

    /** Without triangles that share no edge, unless there are no others. */
    private static int withoutSingles(Triangles triangles) {
        Sides sides = triangles.sides();
        BitSet gone = new BitSet();
        for (int triangle = 0; triangle < triangles.count(); triangle++) {
            gone.set(
                    triangle,
                    sides.partner(3 * triangle) == Sides.ALONE
                            && sides.partner(3 * triangle + 1) == Sides.ALONE
                            && sides.partner(3 * triangle + 2) == Sides.ALONE);
        }
        if (gone.cardinality() == triangles.count()) {
            return 0;
        }
        triangles.remove(gone);
        return gone.cardinality();
    }

    private static void turnOutward(Triangles triangles) {
        Pieces pieces = new Pieces(triangles, triangles.sides());
        int[] depths = Nesting.depths(triangles, pieces, pieces.closed());
        double[] volumes = pieces.volumes();
        for (int triangle = 0; triangle < triangles.count(); triangle++) {
            int piece = pieces.of(triangle);
            double outward = depths[piece] % 2 == 0 ? volumes[piece] : -volumes[piece];
            if (outward < 0) {
                triangles.turn(triangle);
            }
        }
    }

    private static int withoutSmallPieces(Triangles triangles) {
        Pieces pieces = new Pieces(triangles, triangles.sides());
        BitSet solid = pieces.closed();
        double[] volumes = pieces.volumes();
        double[][] boxes = pieces.boxes();
        double[] diagonals = new double[pieces.count()];
        double largest = 0;
        for (int piece = 0; piece < diagonals.length; piece++) {
            double[] box = boxes[piece];
            diagonals[piece] = Vectors.length(new double[] {box[3] - box[0], box[4] - box[1], box[5] - box[2]});
            solid.set(piece, solid.get(piece) && volumes[piece] != 0);
            largest = solid.get(piece) ? Math.max(largest, diagonals[piece]) : largest;
        }
        BitSet gone = new BitSet();
        for (int triangle = 0; triangle < triangles.count(); triangle++) {
            int piece = pieces.of(triangle);
            gone.set(triangle, largest > 0 && (!solid.get(piece) || diagonals[piece] < SMALL * largest));
        }
        triangles.remove(gone);
        return gone.cardinality();
    }
}
