package dev.osprey.mesh;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RepairTest {

    private static Repair assertSolid(Mesh damaged, boolean aggressive) {
        Repair repair = Repair.of(damaged, aggressive);
        MeshAnalysis analysis = MeshAnalysis.of(repair.mesh());
        assertTrue(analysis.solid(), analysis + " after " + repair.operations());
        assertEquals(0, analysis.degenerateTriangles(), repair.operations().toString());
        assertEquals(0, analysis.duplicateTriangles());
        assertEquals(repair.mesh().vertices(), analysis.vertices());
        assertUnchanged(repair.mesh(), aggressive);
        return repair;
    }

    /** A second repair finds nothing to do. */
    private static void assertUnchanged(Mesh repaired, boolean aggressive) {
        Repair again = Repair.of(repaired, aggressive);
        assertEquals(List.of(), again.operations());
        assertArrayEquals(Shapes.places(repaired), Shapes.places(again.mesh()));
    }

    private static double volume(Mesh mesh) {
        return MeshAnalysis.of(mesh).volume();
    }

    /** Some triangles out, at random. */
    private static Mesh holed(Mesh mesh, double part, Random random) {
        int[] kept = new int[mesh.corners().length];
        int count = 0;
        for (int i = 0; i < kept.length; i += 3) {
            if (random.nextDouble() >= part) {
                System.arraycopy(mesh.corners(), i, kept, count, 3);
                count += 3;
            }
        }
        return Mesh.of(mesh.positions(), Arrays.copyOf(kept, count));
    }

    private static Mesh partlyTurned(Mesh mesh, double part, Random random) {
        int[] corners = mesh.corners().clone();
        for (int i = 0; i < corners.length; i += 3) {
            if (random.nextDouble() < part) {
                int swapped = corners[i];
                corners[i] = corners[i + 1];
                corners[i + 1] = swapped;
            }
        }
        return Mesh.of(mesh.positions(), corners);
    }

    private static Mesh with(Mesh mesh, int... more) {
        int[] corners = Arrays.copyOf(mesh.corners(), mesh.corners().length + more.length);
        System.arraycopy(more, 0, corners, mesh.corners().length, more.length);
        return Mesh.of(mesh.positions(), corners);
    }

    private static Mesh without(Mesh mesh, int... triangles) {
        List<Integer> gone = Arrays.stream(triangles).boxed().toList();
        int[] kept = new int[mesh.corners().length - 3 * triangles.length];
        int count = 0;
        for (int triangle = 0; triangle < mesh.triangles(); triangle++) {
            if (!gone.contains(triangle)) {
                System.arraycopy(mesh.corners(), 3 * triangle, kept, 3 * count++, 3);
            }
        }
        return Mesh.of(mesh.positions(), kept);
    }

    private static Mesh insideOut(Mesh mesh) {
        return partlyTurned(mesh, 1, new Random(0));
    }

    @Test
    void closesTheOpenCubeOfTheProtocol() {
        Mesh open = Shapes.withoutItsLastTriangle(Shapes.cube());
        assertEquals(40, PrintAnalysis.of(open).quality());
        Repair repair = assertSolid(open, false);
        assertEquals(70, PrintAnalysis.of(repair.mesh()).quality());
        assertEquals(1000, volume(repair.mesh()));
        assertEquals(12, repair.mesh().triangles());
        assertEquals(List.of("Filled 1 holes with 1 faces"), repair.operations());
    }

    @Test
    void leavesWhatIsSoundAsItIs() {
        for (Mesh sound : List.of(Shapes.cube(), Shapes.sphere(20, 8), Shapes.torus(30, 9, 4))) {
            assertUnchanged(sound, false);
            assertUnchanged(sound, true);
        }
    }

    @Test
    void closesACubeWithoutAFace() {
        Repair repair = assertSolid(without(Shapes.cube(), 2, 3), false);
        assertEquals(1000, volume(repair.mesh()));
        assertEquals(12, repair.mesh().triangles());
    }

    @Test
    void closesAPlateThatIsNotConvex() {
        // An L on the plate, without its top: six corners of which one is a notch.
        byte[] foreground = new byte[25];
        for (int i = 0; i < 25; i++) {
            foreground[i] = (byte) (i % 5 < 3 || i / 5 > 1 ? 1 : 0);
        }
        Mesh solid = Relief.solid(new float[25], foreground, 5, 5, 40, 40, 10, 2, Shapes.MOST);
        double volume = volume(solid);
        List<Integer> top = new ArrayList<>();
        for (int triangle = 0; triangle < solid.triangles(); triangle++) {
            if (Vectors.unitNormal(solid, triangle)[2] > 0.9) {
                top.add(triangle);
            }
        }
        Mesh open = without(solid, top.stream().mapToInt(Integer::intValue).toArray());
        assertEquals(volume, volume(assertSolid(open, false).mesh()), 1e-3);
    }

    @Test
    void closesALargeRoundHole() {
        int around = 1500;
        float[] positions = new float[6 * around + 3];
        int[] corners = new int[9 * around];
        for (int i = 0; i < around; i++) {
            for (int end = 0; end < 2; end++) {
                double radius = 20 + Math.sin(9 * 2 * Math.PI * i / around);
                positions[6 * i + 3 * end] = (float) (radius * Math.cos(2 * Math.PI * i / around));
                positions[6 * i + 3 * end + 1] = (float) (radius * Math.sin(2 * Math.PI * i / around));
                positions[6 * i + 3 * end + 2] = 10 * end;
            }
            int next = (i + 1) % around;
            System.arraycopy(
                    new int[] {
                        2 * i, 2 * next, 2 * next + 1, 2 * i, 2 * next + 1, 2 * i + 1, 2 * next, 2 * i, 2 * around
                    },
                    0,
                    corners,
                    9 * i,
                    9);
        }
        Mesh cup = Mesh.of(positions, corners);
        Repair repair = assertSolid(cup, false);
        assertEquals(around - 2, repair.mesh().triangles() - cup.triangles());
        assertEquals(Math.PI * 400.5 * 10, volume(repair.mesh()), 1);
    }

    @Test
    void turnsWhatFacesTheWrongWay() {
        Random random = new Random(1);
        Mesh sphere = Shapes.sphere(24, 9);
        for (double part : new double[] {0.02, 0.3, 0.5, 0.9, 1}) {
            Repair repair = assertSolid(partlyTurned(sphere, part, random), false);
            assertEquals(volume(sphere), volume(repair.mesh()), 1e-6);
            assertTrue(
                    repair.operations().get(0).startsWith("Turned "),
                    repair.operations().toString());
        }
    }

    @Test
    void removesDuplicatesAndWhatHasNoArea() {
        Mesh cube = Shapes.cube();
        Mesh more = with(cube, 0, 2, 3, 3, 2, 0, 5, 5, 7, 1, 1, 1);
        Repair repair = assertSolid(more, false);
        assertEquals(12, repair.mesh().triangles());
        assertEquals(List.of("Removed 2 duplicate faces", "Removed 2 degenerate faces"), repair.operations());
    }

    @Test
    void mergesVerticesAndDropsThoseUnused() {
        Mesh cube = Shapes.cube();
        float[] each = Arrays.copyOf(Shapes.places(cube), 36 * 3 + 6);
        int[] corners = new int[36];
        Arrays.setAll(corners, i -> i);
        Repair repair = assertSolid(Mesh.of(each, corners), false);
        assertEquals(8, repair.mesh().vertices());
        assertEquals(List.of("Merged 28 equal vertices", "Removed 2 unused vertices"), repair.operations());
    }

    @Test
    void sewsATriangleToTwoAlongItsSide() {
        // The cube's face 1-3-7-5 in three triangles with a vertex on the edge 1-5, which the neighbour knows nothing
        // of.
        Mesh cube = Shapes.cube();
        float[] positions = Arrays.copyOf(cube.positions(), 27);
        positions[24] = 10;
        positions[25] = 0;
        positions[26] = 5;
        int[] corners = Arrays.copyOf(without(cube, 10, 11).corners(), 39);
        System.arraycopy(new int[] {1, 3, 8, 8, 3, 7, 8, 7, 5}, 0, corners, 30, 9);
        Mesh cracked = Mesh.of(positions, corners);
        assertEquals(3, MeshAnalysis.of(cracked).boundaryEdges());
        Repair repair = assertSolid(cracked, false);
        assertEquals(1000, volume(repair.mesh()));
    }

    @Test
    void aCavityFacesInward() {
        Mesh outer = Shapes.sphere(40, 18);
        Mesh inner = Shapes.sphere(40, 9);
        Mesh core = Shapes.sphere(40, 3);
        double expected = volume(outer) - volume(inner) + volume(core);
        for (boolean outerTurned : new boolean[] {false, true}) {
            for (boolean innerTurned : new boolean[] {false, true}) {
                Mesh nested = Shapes.both(
                        Shapes.both(outerTurned ? insideOut(outer) : outer, innerTurned ? insideOut(inner) : inner),
                        core);
                Repair repair = assertSolid(nested, false);
                assertEquals(expected, volume(repair.mesh()), 1e-3);
                assertEquals(3, MeshAnalysis.of(repair.mesh()).components());
            }
        }
    }

    @Test
    void bodiesBesideOrThroughEachOtherFaceOutward() {
        Mesh sphere = Shapes.sphere(24, 9);
        Mesh beside = Shapes.both(insideOut(sphere), Shapes.moved(sphere, 40, 0, 0));
        assertEquals(2 * volume(sphere), volume(assertSolid(beside, false).mesh()), 1e-3);
        Mesh through = Shapes.both(insideOut(sphere), Shapes.moved(sphere, 11.3, 2.1, 1.7));
        assertEquals(2 * volume(sphere), volume(assertSolid(through, false).mesh()), 1e-3);
    }

    @Test
    void closesBothOfTwoHolesThatMeetInAVertex() {
        Mesh sphere = Shapes.sphere(24, 9);
        Sides sides = new Sides(sphere.corners());
        // Two triangles around the first vertex that have nothing else in common.
        int first = sides.between(sphere.corners()[0], sphere.corners()[1]);
        int across = first;
        for (int i = 0; i < 2; i++) {
            across = Sides.preceding(across);
            across = sides.from(across) == sphere.corners()[first] ? across : sides.partner(across);
        }
        Mesh open = without(sphere, first / 3, across / 3);
        assertEquals(6, MeshAnalysis.of(open).boundaryEdges());
        assertSolid(open, false);
    }

    @Test
    void closesWhateverIsMissing() {
        Random random = new Random(2);
        for (int i = 0; i < 16; i++) {
            Mesh whole = i % 2 == 0 ? Shapes.sphere(16, 6) : Shapes.torus(20, 6, 2.5);
            double part = new double[] {0.01, 0.05, 0.2, 0.4}[i % 4];
            Mesh damaged = holed(whole, part, random);
            Repair repair = Repair.of(damaged, false);
            MeshAnalysis analysis = MeshAnalysis.of(repair.mesh());
            assertEquals(0, analysis.nonManifoldEdges(), repair.operations().toString());
            assertEquals(0, analysis.inconsistentEdges());
            if (part <= 0.05) {
                assertSolid(damaged, false);
                assertEquals(volume(whole), analysis.volume(), 0.1 * volume(whole));
            }
            Repair again = Repair.of(repair.mesh(), false);
            assertEquals(repair.mesh().triangles(), again.mesh().triangles());
            MeshAnalysis aggressive = MeshAnalysis.of(Repair.of(damaged, true).mesh());
            assertTrue(aggressive.solid(), aggressive.toString());
        }
    }

    @Test
    void repairsAllKindsOfDamageTogether() {
        Random random = new Random(4);
        for (int i = 0; i < 16; i++) {
            Mesh whole = Shapes.surface(16, (x, y, z) -> 5 - Math.sqrt(x * x + y * y + z * z) + random.nextGaussian());
            Mesh damaged = Shapes.damaged(whole, random);
            Repair repair = Repair.of(damaged, true);
            MeshAnalysis analysis = MeshAnalysis.of(repair.mesh());
            assertTrue(analysis.solid(), analysis + " after " + repair.operations());
            Repair again = Repair.of(repair.mesh(), true);
            assertEquals(List.of(), again.operations());
        }
    }

    @Test
    void takesOffFinsWhenAggressive() {
        Mesh cube = Shapes.cube();
        float[] positions = Arrays.copyOf(cube.positions(), 27);
        Arrays.fill(positions, 24, 27, 20);
        Mesh finned = Mesh.of(positions, with(cube, 6, 7, 0).corners());
        finned = Mesh.of(positions, Arrays.copyOf(finned.corners(), 39));
        finned.corners()[38] = 8;
        Repair gentle = Repair.of(finned, false);
        assertTrue(
                gentle.operations().stream().anyMatch(line -> line.startsWith("Left as they are: 1 edges of more")),
                gentle.operations().toString());
        Repair repair = assertSolid(finned, true);
        assertEquals(1000, volume(repair.mesh()));
    }

    @Test
    void takesOutAWallBetweenBodies() {
        Mesh cube = Shapes.cube();
        Mesh mirrored = Mesh.of(
                cube.transformed(new double[] {-1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0})
                        .positions(),
                insideOut(cube).corners());
        Mesh touching = Shapes.both(cube, mirrored);
        Repair repair = assertSolid(touching, false);
        assertEquals(2000, volume(repair.mesh()));
        assertEquals(1, MeshAnalysis.of(repair.mesh()).components());
        assertEquals(20, repair.mesh().triangles());
    }

    @Test
    void partsWhatTouchesInAnEdgeWhenAggressive() {
        Mesh cube = Shapes.cube();
        Mesh touching = Shapes.both(cube, Shapes.moved(cube, 10, 10, 0));
        assertFalse(MeshAnalysis.of(Repair.of(touching, false).mesh()).watertight());
        Repair repair = assertSolid(touching, true);
        assertEquals(2, MeshAnalysis.of(repair.mesh()).components());
        assertEquals(2000, volume(repair.mesh()), 1);
    }

    @Test
    void takesOffSmallPiecesWhenAggressive() {
        Mesh sphere = Shapes.sphere(40, 18);
        Mesh crumb = Shapes.cube().fitted(1, 1, 1);
        Mesh both = Shapes.both(sphere, Shapes.moved(crumb, 60, 0, 0));
        assertEquals(2, MeshAnalysis.of(assertSolid(both, false).mesh()).components());
        assertEquals(1, MeshAnalysis.of(assertSolid(both, true).mesh()).components());
    }

    @Test
    void aSheetStaysASheet() {
        Mesh sheet = Mesh.of(new float[] {0, 0, 0, 10, 0, 0, 10, 10, 0, 0, 10, 0}, new int[] {0, 1, 2, 0, 2, 3});
        Repair repair = Repair.of(sheet, true);
        assertEquals(2, repair.mesh().triangles());
        assertEquals(List.of("Left open: 4 edges of a single face"), repair.operations());
        Repair triangle = Repair.of(Mesh.of(new float[] {0, 0, 0, 10, 0, 0, 10, 10, 0}, new int[] {0, 1, 2}), false);
        assertEquals(1, triangle.mesh().triangles());
    }

    @Test
    void saysHowFarItIs() {
        List<Double> parts = new ArrayList<>();
        Repair.of(Shapes.cube(), true, parts::add);
        assertEquals(List.of(0.3, 0.5, 0.7, 0.9, 1.0), parts);
    }

    @Test
    void refusesWhatHasNoTriangle() {
        for (Mesh nothing : List.of(
                Mesh.of(new float[0], new int[0]),
                Mesh.of(new float[] {0, 0, 0, 1, 1, 1, 2, 2, 2}, new int[] {0, 1, 2, 0, 0, 1}))) {
            OspreyException refusal = assertThrows(OspreyException.class, () -> Repair.of(nothing, false));
            assertEquals(ErrorCode.MESH_UNREADABLE, refusal.code());
        }
    }
}
