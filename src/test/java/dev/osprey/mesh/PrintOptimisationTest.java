package dev.osprey.mesh;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PrintOptimisationTest {

    @Test
    void aSmallCubeOnlyMovesToTheMiddle() {
        PrintOptimisation cube = PrintOptimisation.of(Shapes.cube());
        assertEquals(new Bounds(-5, -5, 0, 5, 5, 10), cube.mesh().bounds());
        assertEquals(List.of("Centred on the build plate"), cube.operations());
        assertEquals(200, cube.estimate().layers());
        assertEquals(200 * 8 / 3600.0, cube.estimate().hours());
        assertEquals(1.0, cube.estimate().resinMillilitres());
        assertTrue(cube.estimate().supportsNeeded());
    }

    @Test
    void aCubeOf400MillimetresFitsThePrinter() {
        PrintOptimisation cube = PrintOptimisation.of(Shapes.cube().fitted(400, 400, 400));
        Bounds bounds = cube.mesh().bounds();
        assertEquals(new Bounds(-57, -57, 0, 57, 57, 114), bounds);
        assertEquals(List.of("Scaled by 0.2850 to fit the printer", "Centred on the build plate"), cube.operations());
        assertEquals(114.0 * 114 * 114 / 1000, cube.estimate().resinMillilitres());
    }

    @Test
    void aBoxThatTouchesOneLimitIsMadeSmallerAlongAll() {
        Bounds smaller =
                PrintOptimisation.of(Shapes.cube().fitted(182.5, 60, 50)).mesh().bounds();
        assertEquals(182.4, smaller.width(), 1e-4);
        assertEquals(60 * 182.4 / 182.5, smaller.height(), 1e-4);
        assertEquals(50 * 182.4 / 182.5, smaller.depth(), 1e-4);
        Bounds same = PrintOptimisation.of(Shapes.cube().fitted(182.4, 114, 50))
                .mesh()
                .bounds();
        assertEquals(new Bounds(-91.2f, -57, 0, 91.2f, 57, 50), same);
    }

    @Test
    void laysTheLargestTriangleOnThePlate() {
        Random random = new Random(3);
        Mesh slab = Shapes.cube().fitted(80, 60, 4);
        for (int i = 0; i < 50; i++) {
            Mesh turned = Shapes.turned(slab, random);
            PrintOptimisation laid = PrintOptimisation.of(turned);
            Bounds bounds = laid.mesh().bounds();
            assertEquals(4, bounds.depth(), 1e-3);
            assertEquals(0, bounds.minZ(), 1e-4);
            assertEquals(0, bounds.minX() + bounds.maxX(), 1e-4);
            assertEquals(0, bounds.minY() + bounds.maxY(), 1e-4);
            assertEquals(80 * 60 * 4, MeshAnalysis.of(laid.mesh()).volume(), 1);
            assertTrue(MeshAnalysis.of(laid.mesh()).solid());
        }
    }

    @Test
    void turnsWhatStandsOnItsHead() {
        Mesh cube = Shapes.cube();
        int[] corners = new int[36];
        // The upper face first, so that it is the first of equals.
        System.arraycopy(cube.corners(), 6, corners, 0, 30);
        System.arraycopy(cube.corners(), 0, corners, 30, 6);
        PrintOptimisation turned = PrintOptimisation.of(Mesh.of(cube.positions(), corners));
        assertEquals(
                "Rotated the largest face onto the build plate",
                turned.operations().get(0));
        assertArrayEquals(new double[] {0, 0, -1}, Vectors.unitNormal(turned.mesh(), 0), 1e-12);
        assertEquals(new Bounds(-5, -5, 0, 5, 5, 10), turned.mesh().bounds());
    }

    @Test
    void estimatesWithOtherLayersToo() {
        PrintEstimate estimate = PrintEstimate.of(Shapes.cube(), 0.1);
        assertEquals(100, estimate.layers());
        assertThrows(IllegalArgumentException.class, () -> PrintEstimate.of(Shapes.cube(), 0));
        Mesh open = Shapes.withoutItsLastTriangle(Shapes.cube());
        assertEquals(0, PrintEstimate.of(open, 0.05).resinMillilitres());
    }

    @Test
    void whatIsSteepNeedsNoSupports() {
        Mesh sheet = Mesh.of(new float[] {0, 0, 0, 10, 0, 0, 0, 10, 0}, new int[] {0, 1, 2});
        assertFalse(PrintEstimate.of(sheet, 0.05).supportsNeeded());
        Mesh steep = Mesh.of(new float[] {0, 0, 0, 0, 10, 0, 10, 0, 12}, new int[] {0, 1, 2});
        assertFalse(PrintEstimate.of(steep, 0.05).supportsNeeded());
        Mesh flat = Mesh.of(new float[] {0, 0, 0, 0, 10, 0, 10, 0, 11.8f}, new int[] {0, 1, 2});
        assertTrue(PrintEstimate.of(flat, 0.05).supportsNeeded());
    }
}
