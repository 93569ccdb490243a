package dev.osprey.mesh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

class HollowTest {

    private static MeshAnalysis assertSolid(Mesh mesh) {
        MeshAnalysis analysis = MeshAnalysis.of(mesh);
        assertTrue(analysis.solid(), analysis.toString());
        assertEquals(mesh.vertices(), analysis.vertices());
        assertEquals(0, analysis.duplicateTriangles());
        return analysis;
    }

    private static double ball(double radius) {
        return 4 * Math.PI / 3 * radius * radius * radius;
    }

    @Test
    void aBallBecomesAShell() {
        Mesh ball = Shapes.sphere(48, 20);
        MeshAnalysis shell = assertSolid(Hollow.hollowed(ball, 2, Shapes.MOST, part -> {}));
        assertEquals(2, shell.components());
        assertEquals(MeshAnalysis.of(ball).bounds(), shell.bounds());
        assertEquals(ball(20) - ball(18), shell.volume(), 0.02 * (ball(20) - ball(18)));
    }

    @Test
    void aCubesWallsAreAsThickAsAskedFor() {
        for (double wall : new double[] {1, 2, 3.5}) {
            Mesh box = Shapes.cube().fitted(40, 30, 20);
            MeshAnalysis shell = assertSolid(Hollow.hollowed(box, wall, Shapes.MOST, part -> {}));
            double cavity = (40 - 2 * wall) * (30 - 2 * wall) * (20 - 2 * wall);
            assertEquals(40 * 30 * 20 - cavity, shell.volume(), 0.02 * cavity);
        }
    }

    /** Each place of the cavity is as far from the outside as the wall is thick, to a tenth. */
    @Test
    void noWallIsTooThin() {
        Mesh torus = Shapes.torus(50, 16, 7);
        Mesh hollow = Hollow.hollowed(torus, 2, Shapes.MOST, part -> {});
        assertSolid(hollow);
        for (int vertex = torus.vertices(); vertex < hollow.vertices(); vertex++) {
            double[] place = Vectors.place(hollow.positions(), vertex);
            double middle = 24.5;
            double depth = 7 - Math.hypot(Math.hypot(place[0] - middle, place[1] - middle) - 16, place[2] - middle);
            assertEquals(2, depth, 0.2);
        }
    }

    @Test
    void aReliefCanBeHollow() {
        Mesh relief = Shapes.relief();
        MeshAnalysis hollow = assertSolid(Hollow.hollowed(relief, 0.8, Shapes.MOST, part -> {}));
        assertTrue(hollow.volume() < 0.9 * MeshAnalysis.of(relief).volume(), hollow.toString());
        assertEquals(MeshAnalysis.of(relief).bounds(), hollow.bounds());
    }

    @Test
    void aHollowBodyCanBeHollowedAgain() {
        Mesh shell = Hollow.hollowed(Shapes.cube().fitted(40, 40, 40), 8, Shapes.MOST, part -> {});
        MeshAnalysis twice = assertSolid(Hollow.hollowed(shell, 2, Shapes.MOST, part -> {}));
        assertEquals(4, twice.components(), "a shell in a shell, which is a cavity with a body in it");
        double expected = 64_000 - 24 * 24 * 24 - (36 * 36 * 36 - 28 * 28 * 28);
        assertEquals(expected, twice.volume(), 0.04 * 64_000);
    }

    @Test
    void resinRunsOutOfDrains() {
        Mesh box = Shapes.cube().fitted(40, 40, 10);
        double closed = MeshAnalysis.of(Hollow.hollowed(box, 2, Shapes.MOST, part -> {}))
                .volume();
        for (int count = 1; count <= 2; count++) {
            MeshAnalysis open =
                    assertSolid(Hollow.drained(box, 2, new Hollow.Drains(count, 4), Shapes.MOST, part -> {}));
            assertEquals(1, open.components());
            assertEquals(4 - 2 * count, open.eulerNumber(), "a sphere with a handle for each drain after the first");
            assertEquals(closed - count * Math.PI * 4 * 2, open.volume(), 0.02 * closed);
            assertEquals(40, open.bounds().width(), 0.01);
            assertEquals(10, open.bounds().depth(), 0.01);
        }
    }

    @Test
    void saysWhyItCannot() {
        Mesh cube = Shapes.cube();
        assertRefused(ErrorCode.MESH_UNREADABLE, "Walls of 5.00 mm leave no cavity", cube, 5, Shapes.MOST);
        assertRefused(
                ErrorCode.MESH_UNREADABLE,
                "Only a closed mesh whose faces face outward can be hollowed",
                Shapes.withoutItsLastTriangle(cube),
                1,
                Shapes.MOST);
        assertRefused(
                ErrorCode.MESH_TOO_LARGE,
                "A wall of 0.0100 mm is too thin for a mesh of 10.00 mm, expected at least 0.0996 mm",
                cube,
                0.01,
                Shapes.MOST);
        assertRefused(
                ErrorCode.MESH_TOO_LARGE, "The mesh has more than 88 triangles, or vertices for them", cube, 1, 100);
        assertThrows(IllegalArgumentException.class, () -> Hollow.hollowed(cube, 0, Shapes.MOST, part -> {}));
        assertThrows(IllegalArgumentException.class, () -> new Hollow.Drains(5, 1));
        OspreyException refusal = assertThrows(
                OspreyException.class,
                () -> Hollow.drained(cube.fitted(10, 10, 3), 1, new Hollow.Drains(1, 9), Shapes.MOST, part -> {}));
        assertEquals("There is no room for a drain of 9.00 mm", refusal.detail());
    }

    @Test
    void canBeStopped() {
        CancellationException stop = new CancellationException();
        List<Double> parts = new ArrayList<>();
        CancellationException stopped = assertThrows(
                CancellationException.class,
                () -> Hollow.hollowed(Shapes.cube(), 1, Shapes.MOST, part -> {
                    parts.add(part);
                    if (part > 0.6) {
                        throw stop;
                    }
                }));
        assertSame(stop, stopped);
        assertEquals(parts.stream().sorted().toList(), parts);
        assertEquals(0, parts.get(0));
    }

    private static void assertRefused(ErrorCode code, String detail, Mesh mesh, double wall, int most) {
        OspreyException refusal =
                assertThrows(OspreyException.class, () -> Hollow.hollowed(mesh, wall, most, part -> {}));
        assertEquals(code, refusal.code());
        assertEquals(detail, refusal.detail());
    }
}
