package dev.osprey.mesh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReliefTest {

    private static void assertMillimetres(double width, double height, double depth, Bounds bounds) {
        assertEquals(0, Math.abs(bounds.minX()) + Math.abs(bounds.minY()) + Math.abs(bounds.minZ()), 1e-4);
        assertEquals(width, bounds.maxX(), 1e-3);
        assertEquals(height, bounds.maxY(), 1e-3);
        assertEquals(depth, bounds.maxZ(), 1e-3);
    }

    @Test
    void aRampIsAWedgeOnItsBase() {
        float[] ramp = new float[11 * 5];
        for (int i = 0; i < ramp.length; i++) {
            ramp[i] = i % 11;
        }
        MeshAnalysis wedge = MeshAnalysis.of(Relief.solid(ramp, null, 11, 5, 100, 40, 20, 4, Shapes.MOST));
        assertTrue(wedge.solid(), wedge.toString());
        assertMillimetres(100, 40, 20, wedge.bounds());
        assertEquals(100 * 40 * (4 + 16 / 2.0), wedge.volume(), 1);
        assertEquals(2, wedge.eulerNumber());
        assertEquals(0, wedge.degenerateTriangles());
    }

    @Test
    void theUpperRowIsAbove() {
        float[] nearness = {1, 1, 0, 0, 0, 0};
        Mesh mesh = Relief.solid(nearness, null, 2, 3, 10, 20, 5, 1, Shapes.MOST);
        float[] coordinates = mesh.textureCoordinates().orElseThrow();
        boolean seen = false;
        for (int vertex = 0; vertex < mesh.vertices(); vertex++) {
            if (mesh.positions()[3 * vertex + 2] > 4.9) {
                assertEquals(20, mesh.positions()[3 * vertex + 1], 1e-4);
                assertEquals(0.5 / 3, coordinates[2 * vertex + 1], 1e-6);
                assertEquals(mesh.positions()[3 * vertex] / 20 + 0.25, coordinates[2 * vertex], 1e-6);
                seen = true;
            }
        }
        assertTrue(seen);
    }

    @Test
    void withoutReliefItIsASlab() {
        MeshAnalysis slab = MeshAnalysis.of(Relief.solid(new float[12], null, 4, 3, 30, 20, 10, 2, Shapes.MOST));
        assertTrue(slab.solid());
        assertEquals(30 * 20 * 10, slab.volume(), 0.01);
    }

    @Test
    void aHoleInTheForegroundGoesThrough() {
        byte[] ring = new byte[100];
        Arrays.fill(ring, (byte) 1);
        ring[44] = 0;
        MeshAnalysis solid = MeshAnalysis.of(Relief.solid(new float[100], ring, 10, 10, 90, 90, 10, 2, Shapes.MOST));
        assertTrue(solid.solid(), solid.toString());
        assertEquals(0, solid.eulerNumber());
        assertEquals((81 - 4) * 1000, solid.volume(), 0.1);
    }

    @Test
    void cornersThatOnlyTouchAreParted() {
        byte[] diagonal = {
            1, 1, 1, 0, 0,
            1, 1, 1, 0, 0,
            1, 1, 1, 1, 1,
            0, 0, 1, 1, 1,
            0, 0, 1, 1, 1
        };
        MeshAnalysis solid = MeshAnalysis.of(Relief.solid(new float[25], diagonal, 5, 5, 40, 40, 10, 2, Shapes.MOST));
        assertTrue(solid.solid(), solid.toString());
    }

    @Test
    void isSolidWhateverTheForeground() {
        Random random = new Random(5);
        for (int i = 0; i < 300; i++) {
            int columns = 2 + random.nextInt(30);
            int rows = 2 + random.nextInt(30);
            float[] nearness = new float[columns * rows];
            byte[] foreground = new byte[columns * rows];
            int most = 2 + random.nextInt(12);
            for (int at = 0; at < nearness.length; at++) {
                nearness[at] = (float) random.nextGaussian();
                foreground[at] = (byte) (random.nextInt(most) > 0 ? 255 : 0);
            }
            Arrays.fill(foreground, 0, 2, (byte) 1);
            Arrays.fill(foreground, columns, columns + 2, (byte) 1);
            MeshAnalysis solid =
                    MeshAnalysis.of(Relief.solid(nearness, foreground, columns, rows, 100, 80, 20, 1, Shapes.MOST));
            assertTrue(solid.solid(), solid.toString());
            assertMillimetres(100, 80, 20, solid.bounds());
            assertEquals(0, solid.duplicateTriangles());
        }
    }

    @Test
    void saysWhyThereIsNoSolid() {
        assertRefused(ErrorCode.MESH_UNREADABLE, new float[9], new byte[9], Shapes.MOST);
        assertRefused(ErrorCode.MESH_UNREADABLE, new float[9], new byte[] {1, 1, 1, 0, 0, 0, 1, 1, 1}, Shapes.MOST);
        float[] broken = new float[9];
        broken[4] = Float.NaN;
        assertRefused(ErrorCode.MESH_UNREADABLE, broken, null, Shapes.MOST);
        assertRefused(ErrorCode.MESH_TOO_LARGE, new float[9], null, 10);
        assertThrows(
                IllegalArgumentException.class,
                () -> Relief.solid(new float[4], null, 2, 2, 10, 10, 10, 0, Shapes.MOST));
        assertThrows(
                IllegalArgumentException.class,
                () -> Relief.solid(new float[5], null, 2, 2, 10, 10, 10, 1, Shapes.MOST));
    }

    @Test
    void whatIsNotForegroundMayBeAnything() {
        float[] nearness = new float[9];
        nearness[0] = Float.NaN;
        byte[] foreground = {0, 1, 1, 0, 1, 1, 0, 1, 1};
        MeshAnalysis solid = MeshAnalysis.of(Relief.solid(nearness, foreground, 3, 3, 10, 20, 5, 1, Shapes.MOST));
        assertTrue(solid.solid());
        assertMillimetres(10, 20, 5, solid.bounds());
    }

    private static void assertRefused(ErrorCode code, float[] nearness, byte @Nullable [] foreground, int most) {
        OspreyException refusal = assertThrows(
                OspreyException.class, () -> Relief.solid(nearness, foreground, 3, 3, 10, 10, 10, 1, most));
        assertEquals(code, refusal.code());
    }
}
