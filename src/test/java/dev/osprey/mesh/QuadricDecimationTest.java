package dev.osprey.mesh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class QuadricDecimationTest {

    private static MeshAnalysis assertStaysSolid(Mesh before, int target, double tolerance) {
        MeshAnalysis was = MeshAnalysis.of(before);
        Mesh after = QuadricDecimation.decimated(before, target);
        MeshAnalysis is = MeshAnalysis.of(after);
        assertTrue(is.solid(), is.toString());
        assertTrue(is.triangles() <= target, is.toString());
        assertEquals(after.vertices(), is.vertices());
        assertEquals(was.eulerNumber(), is.eulerNumber());
        assertEquals(was.components(), is.components());
        assertEquals(was.volume(), is.volume(), tolerance * was.volume());
        assertEquals(was.area(), is.area(), tolerance * was.area());
        return is;
    }

    @Test
    void aSphereOfATenthIsASphere() {
        Mesh sphere = Shapes.sphere(50, 20);
        assertStaysSolid(sphere, sphere.triangles() / 2, 0.002);
        assertStaysSolid(sphere, sphere.triangles() / 10, 0.01);
    }

    @Test
    void aTorusKeepsItsHole() {
        Mesh torus = Shapes.torus(64, 20, 8);
        assertStaysSolid(torus, torus.triangles() / 10, 0.01);
        Mesh least = QuadricDecimation.decimated(torus, 0);
        assertTrue(MeshAnalysis.of(least).watertight());
        assertEquals(0, MeshAnalysis.of(least).eulerNumber());
    }

    @Test
    void flatFacesCostNothing() {
        float[] flat = new float[30 * 20];
        Mesh slab = Relief.solid(flat, null, 30, 20, 60, 40, 10, 2, Shapes.MOST);
        MeshAnalysis least = assertStaysSolid(slab, 12, 1e-6);
        assertEquals(8, least.vertices());
        assertEquals(new Bounds(0, 0, 0, 60, 40, 10), least.bounds());
    }

    @Test
    void aReliefKeepsItsPictureInPlace() {
        Mesh relief = Shapes.relief();
        assertStaysSolid(relief, relief.triangles() / 4, 0.01);
        Mesh fewer = QuadricDecimation.decimated(relief, relief.triangles() / 4);
        float[] coordinates = fewer.textureCoordinates().orElseThrow();
        // In a relief, place and coordinate are the same but for scale: fit one axis through its ends, then compare.
        float[] full = relief.textureCoordinates().orElseThrow();
        double scale = (full[2 * (relief.vertices() - 1) + 1] - full[1])
                / (relief.positions()[3 * (relief.vertices() - 1) + 1] - relief.positions()[1]);
        for (int vertex = 0; vertex < fewer.vertices(); vertex++) {
            double expected = full[1] + scale * (fewer.positions()[3 * vertex + 1] - relief.positions()[1]);
            assertEquals(expected, coordinates[2 * vertex + 1], 0.05);
        }
    }

    @Test
    void staysClosedWhateverTheShape() {
        Random random = new Random(9);
        for (int i = 0; i < 10; i++) {
            Mesh rough = Shapes.surface(14, (x, y, z) -> random.nextGaussian());
            MeshAnalysis was = MeshAnalysis.of(rough);
            MeshAnalysis is = MeshAnalysis.of(QuadricDecimation.decimated(rough, rough.triangles() / 2));
            assertTrue(is.watertight(), is.toString());
            assertEquals(0, is.inconsistentEdges());
            assertEquals(was.eulerNumber(), is.eulerNumber());
            assertEquals(was.components(), is.components());
        }
    }

    @Test
    void aRimStaysWhereItIs() {
        Mesh open = Shapes.withoutItsLastTriangle(Shapes.sphere(30, 12));
        MeshAnalysis is = MeshAnalysis.of(QuadricDecimation.decimated(open, open.triangles() / 4));
        assertEquals(3, is.boundaryEdges());
        assertEquals(1, is.eulerNumber());
    }

    @Test
    void hasNothingToDoWhenThereAreFewEnough() {
        Mesh cube = Shapes.cube();
        assertSame(cube, QuadricDecimation.decimated(cube, 12));
        assertEquals(4, QuadricDecimation.decimated(cube, 0).triangles(), "a tetrahedron is the least that is closed");
    }
}
