package dev.osprey.mesh;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MeshAnalysisTest {

    @Test
    void measuresACube() {
        MeshAnalysis cube = MeshAnalysis.of(Shapes.cube());
        assertEquals(8, cube.vertices());
        assertEquals(12, cube.triangles());
        assertEquals(1000, cube.volume(), 1e-9);
        assertEquals(600, cube.area(), 1e-9);
        assertEquals(new Bounds(0, 0, 0, 10, 10, 10), cube.bounds());
        assertEquals(1, cube.components());
        assertEquals(2, cube.eulerNumber());
        assertEquals(0, cube.degenerateTriangles() + cube.duplicateTriangles());
        assertTrue(cube.solid());
    }

    @Test
    void countsTheRimOfAHole() {
        MeshAnalysis open = MeshAnalysis.of(Shapes.withoutItsLastTriangle(Shapes.cube()));
        assertEquals(3, open.boundaryEdges());
        assertEquals(0, open.nonManifoldEdges());
        assertFalse(open.watertight());
        assertEquals(1, open.eulerNumber());
    }

    @Test
    void takesVerticesAtOnePlaceForOne() {
        Mesh cube = Shapes.cube();
        int[] each = new int[36];
        Arrays.setAll(each, i -> i);
        MeshAnalysis loose = MeshAnalysis.of(Mesh.of(Shapes.places(cube), each));
        assertEquals(MeshAnalysis.of(cube), loose);
        Mesh zeros = Mesh.of(new float[] {0f, 0, 0, -0f, 0, 0, 1, 0, 0}, new int[] {0, 1, 2});
        assertEquals(2, MeshAnalysis.of(zeros).vertices());
    }

    @Test
    void seesATriangleInsideOut() {
        Mesh cube = Shapes.cube();
        int[] corners = cube.corners().clone();
        int swapped = corners[0];
        corners[0] = corners[1];
        corners[1] = swapped;
        MeshAnalysis turned = MeshAnalysis.of(Mesh.of(cube.positions(), corners));
        assertTrue(turned.watertight());
        assertEquals(3, turned.inconsistentEdges());
        assertFalse(turned.solid());
    }

    @Test
    void countsTwiceTheSameAndNothingAtAll() {
        Mesh cube = Shapes.cube();
        int[] corners = Arrays.copyOf(cube.corners(), 42);
        System.arraycopy(new int[] {3, 2, 0, 5, 5, 7}, 0, corners, 36, 6);
        MeshAnalysis more = MeshAnalysis.of(Mesh.of(cube.positions(), corners));
        assertEquals(1, more.duplicateTriangles());
        assertEquals(1, more.degenerateTriangles());
        assertEquals(3, more.nonManifoldEdges());
        assertEquals(0, more.boundaryEdges());
    }

    @Test
    void countsWhatHangsTogether() {
        Mesh cube = Shapes.cube();
        MeshAnalysis apart = MeshAnalysis.of(Shapes.both(cube, Shapes.moved(cube, 20, 0, 0)));
        assertEquals(2, apart.components());
        assertEquals(4, apart.eulerNumber());
        assertEquals(2000, apart.volume(), 1e-9);
        MeshAnalysis onOneEdge = MeshAnalysis.of(Shapes.both(cube, Shapes.moved(cube, 10, 10, 0)));
        assertEquals(1, onOneEdge.components());
        assertEquals(1, onOneEdge.nonManifoldEdges());
    }

    @Test
    void volumeAndAreaDoNotDependOnWhereItStands() {
        Mesh torus = Shapes.torus(30, 8, 4);
        MeshAnalysis before = MeshAnalysis.of(torus);
        Random random = new Random(8);
        for (int i = 0; i < 20; i++) {
            double[] map = Shapes.rotation(random);
            for (int row = 0; row < 3; row++) {
                map[4 * row + 3] = 200 * random.nextGaussian();
            }
            MeshAnalysis after = MeshAnalysis.of(torus.transformed(map));
            assertEquals(before.volume(), after.volume(), 1e-4 * before.volume());
            assertEquals(before.area(), after.area(), 1e-4 * before.area());
        }
    }

    @Test
    void aMirrorTurnsItInsideOut() {
        Mesh torus = Shapes.torus(30, 8, 4);
        MeshAnalysis mirrored = MeshAnalysis.of(torus.transformed(new double[] {-1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0}));
        assertEquals(-MeshAnalysis.of(torus).volume(), mirrored.volume(), 1e-6);
        assertTrue(mirrored.watertight());
        assertFalse(mirrored.solid());
    }

    @Test
    void fitsWhatIsAskedFor() {
        Bounds bounds = Shapes.sphere(30, 9).fitted(100, 50, 20).bounds();
        assertArrayEquals(
                new double[] {0, 0, 0, 100, 50, 20},
                new double[] {bounds.minX(), bounds.minY(), bounds.minZ(), bounds.maxX(), bounds.maxY(), bounds.maxZ()},
                1e-4);
    }

    @Test
    void measuresNothingToo() {
        MeshAnalysis nothing = MeshAnalysis.of(Mesh.of(new float[0], new int[0]));
        assertEquals(0, nothing.volume() + nothing.area() + nothing.components());
        assertFalse(nothing.watertight());
    }

    @Test
    void refusesWhatIsNoMesh() {
        assertUnreadable(new float[] {0, 0, Float.NaN}, new int[0]);
        assertUnreadable(new float[] {0, 0, Float.NEGATIVE_INFINITY}, new int[0]);
        assertUnreadable(new float[] {0, 0}, new int[0]);
        assertUnreadable(new float[3], new int[] {0, 0, 1});
        assertUnreadable(new float[3], new int[] {0, 0, -1});
        assertUnreadable(new float[3], new int[] {0, 0});
    }

    private static void assertUnreadable(float[] positions, int[] corners) {
        OspreyException refusal = assertThrows(OspreyException.class, () -> Mesh.of(positions, corners));
        assertEquals(ErrorCode.MESH_UNREADABLE, refusal.code());
    }
}
