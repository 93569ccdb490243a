package dev.osprey.mesh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrintAnalysisTest {

    @Test
    void judgesACubeAsTheProtocolSays() {
        PrintAnalysis cube = PrintAnalysis.of(Shapes.cube());
        assertEquals(8, cube.mesh().vertices());
        assertEquals(12, cube.mesh().triangles());
        assertEquals(36, cube.edges());
        assertTrue(cube.watertight());
        assertTrue(cube.manifold());
        assertEquals(0, cube.holes());
        assertEquals(0, cube.mesh().degenerateTriangles());
        assertEquals(6, cube.flatPairs());
        assertEquals(1000, cube.volume());
        assertEquals(600, cube.mesh().area());
        assertEquals(70, cube.quality());
        assertEquals(70, cube.printability());
        assertEquals(List.of("Fix 6 self-intersections"), cube.recommendedActions());
    }

    @Test
    void judgesAnOpenCubeAsTheProtocolSays() {
        PrintAnalysis open = PrintAnalysis.of(Shapes.withoutItsLastTriangle(Shapes.cube()));
        assertEquals(33, open.edges());
        assertFalse(open.watertight());
        assertTrue(open.manifold());
        assertEquals(1, open.holes());
        assertEquals(5, open.flatPairs());
        assertEquals(0, open.volume());
        assertEquals(550, open.mesh().area());
        assertEquals(40, open.quality());
        assertEquals(40, open.printability());
        assertEquals(
                List.of("Make mesh watertight (fill holes)", "Fix 5 self-intersections", "Optimize for 3D printing"),
                open.recommendedActions());
    }

    @Test
    void takesPointsForEachFault() {
        Mesh cube = Shapes.cube();
        int[] corners = Arrays.copyOf(cube.corners(), 39);
        corners[0] = 2;
        corners[1] = 0;
        corners[36] = 1;
        corners[37] = 1;
        corners[38] = 3;
        PrintAnalysis faulty = PrintAnalysis.of(Mesh.of(cube.positions(), corners));
        assertTrue(faulty.watertight());
        assertFalse(faulty.manifold());
        assertEquals(5, faulty.flatPairs(), "the triangle inside out is flat with none");
        assertEquals(100 - 20 - 100 / 13.0 - 30, faulty.quality(), 1e-9);
        assertEquals(
                List.of(
                        "Fix non-manifold geometry",
                        "Remove 1 degenerate faces",
                        "Fix 5 self-intersections",
                        "Optimize for 3D printing"),
                faulty.recommendedActions());
    }

    @Test
    void anEdgeOfFourTrianglesIsNotManifold() {
        Mesh cube = Shapes.cube();
        PrintAnalysis touching = PrintAnalysis.of(Shapes.both(cube, Shapes.moved(cube, 10, 10, 0)));
        assertFalse(touching.watertight());
        assertFalse(touching.manifold());
        assertEquals(0, touching.holes());
    }

    @Test
    void whatIsTooLargeOrTooFineIsHarderToPrint() {
        Mesh cube = Shapes.cube();
        assertEquals(70, PrintAnalysis.of(cube.fitted(192, 120, 200)).printability());
        assertEquals(50, PrintAnalysis.of(cube.fitted(192.1, 120, 200)).printability());
        assertEquals(50, PrintAnalysis.of(cube.fitted(192, 120.1, 200)).printability());
        assertEquals(50, PrintAnalysis.of(cube.fitted(192, 120, 200.1)).printability());
        assertEquals(60, PrintAnalysis.of(cube.fitted(1, 1, 1)).printability());
    }

    @Test
    void countsNoPairsInLargeMeshes() {
        PrintAnalysis large = PrintAnalysis.of(Shapes.sphere(70, 30));
        assertTrue(large.mesh().vertices() >= 10_000);
        assertEquals(PrintAnalysis.UNCOUNTED, large.flatPairs());
        assertEquals(100, large.quality());
    }

    @Test
    void judgesNothingToo() {
        PrintAnalysis nothing = PrintAnalysis.of(Mesh.of(new float[0], new int[0]));
        assertEquals(70, nothing.quality());
        assertEquals(60, nothing.printability());
        assertFalse(nothing.watertight());
    }

    /** In steps that are bounded, over all that takes long; what is thrown ends the work within one. */
    @Test
    void endsSoonWhereItIsToldTo() {
        Mesh large = Shapes.sphere(160, 75);
        assertTrue(large.triangles() > 4 * 32_768, () -> large.triangles() + " triangles");
        List<Double> told = new ArrayList<>();
        PrintAnalysis.of(large, told::add);
        for (int i = 1; i < told.size(); i++) {
            double step = told.get(i) - told.get(i - 1);
            assertTrue(step >= -1e-9 && step < 0.1, told::toString);
        }
        assertEquals(0, told.get(0));
        assertEquals(1, told.get(told.size() - 1));

        for (double limit : new double[] {0, 0.1, 0.4, 0.7}) {
            List<Double> cut = new ArrayList<>();
            assertThrows(Halt.class, () -> PrintAnalysis.of(large, part -> Halt.beyond(limit, part, cut)));
            assertEquals(told.subList(0, cut.size()), cut);
            assertTrue(cut.get(cut.size() - 1) < limit + 0.1, cut::toString);
        }
    }

    /** Few vertices do not make few triangles. */
    @Test
    void endsSoonAmongManyTrianglesOfFewVertices() {
        Mesh cube = Shapes.cube();
        int[] corners = new int[3 * 200_000];
        for (int i = 0; i < corners.length; i++) {
            corners[i] = cube.corners()[i % 36];
        }
        Mesh crowded = Mesh.of(cube.positions(), corners);
        List<Double> cut = new ArrayList<>();
        assertThrows(Halt.class, () -> PrintAnalysis.of(crowded, part -> Halt.beyond(0.955, part, cut)));
        assertTrue(cut.get(cut.size() - 1) < 0.97, cut::toString);
    }
}
