package dev.osprey.mesh;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
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
    void qualityIsMoreSamplesAndMoreTriangles() {
        assertEquals(new ReliefDetail(64, 2_000), ReliefDetail.of(1));
        assertEquals(new ReliefDetail(512, 200_000), ReliefDetail.of(10));
        assertEquals(ReliefDetail.of(10), ReliefDetail.of(11));
        for (int quality = 1; quality < 10; quality++) {
            assertTrue(ReliefDetail.of(quality).side()
                    < ReliefDetail.of(quality + 1).side());
            assertTrue(ReliefDetail.of(quality).triangles()
                    < ReliefDetail.of(quality + 1).triangles());
        }
    }

    @Test
    void aPictureOfAnyShapeIsPrintableAtTheSizeAskedFor() {
        for (int quality : new int[] {1, 4}) {
            float[] hill = new float[90 * 50];
            byte[] ellipse = new byte[hill.length];
            for (int i = 0; i < hill.length; i++) {
                double x = (i % 90 - 44.5) / 45;
                int row = i / 90;
                double y = (row - 24.5) / 25;
                // Far behind the rim, so that a mixture of the two would show.
                hill[i] = x * x + y * y < 0.8 ? (float) (1 - x * x - y * y) : -50;
                ellipse[i] = (byte) (x * x + y * y < 0.8 ? 255 : 0);
            }
            Mesh plate = Relief.printable(hill, null, 90, 50, 120, 70, 25, 3, quality, part -> {});
            Mesh cut = Relief.printable(hill, ellipse, 90, 50, 100, 60, 25, 5, quality, part -> {});
            for (Mesh mesh : new Mesh[] {plate, cut}) {
                MeshAnalysis solid = MeshAnalysis.of(mesh);
                assertTrue(solid.solid(), solid.toString());
                assertEquals(1, solid.components());
                assertTrue(solid.triangles() <= ReliefDetail.of(quality).triangles());
                assertTrue(mesh.textureCoordinates().isPresent());
            }
            assertMillimetres(120, 70, 25, plate.bounds());
            assertMillimetres(100, 60, 25, cut.bounds());
            // A paraboloid's cap over an ellipse: half of its box's height times the ellipse, on the base.
            double ellipseArea = Math.PI * 50 * 30;
            assertEquals(ellipseArea * (5 + 20 / 2.0), MeshAnalysis.of(cut).volume(), 0.05 * ellipseArea * 15);
        }
    }

    @Test
    void theLargestPartIsOneSolidWhateverTheForeground() {
        Random random = new Random(6);
        for (int i = 0; i < 300; i++) {
            int columns = 2 + random.nextInt(30);
            int rows = 2 + random.nextInt(30);
            byte[] foreground = new byte[columns * rows];
            int most = 2 + random.nextInt(8);
            for (int at = 0; at < foreground.length; at++) {
                foreground[at] = (byte) (random.nextInt(most) > 0 ? 255 : 0);
            }
            byte[] part = Relief.largestPart(foreground, columns, rows);
            boolean empty = true;
            for (int at = 0; at < part.length; at++) {
                assertTrue(part[at] == 0 || foreground[at] != 0);
                empty &= part[at] == 0;
            }
            if (!empty) {
                Mesh mesh = Relief.solid(new float[part.length], part, columns, rows, 10, 10, 2, 1, Shapes.MOST);
                MeshAnalysis solid = MeshAnalysis.of(mesh);
                assertTrue(solid.solid(), solid.toString());
                assertEquals(1, solid.components());
            }
        }
    }

    @Test
    void keepsTheLargerOfTwoParts() {
        byte[] two = {
            1, 1, 0, 1, 1, 1,
            1, 1, 0, 1, 1, 1
        };
        assertArrayEquals(new byte[] {0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1}, Relief.largestPart(two, 6, 2));
    }

    @Test
    void takesItsColoursFromThePicture() {
        Mesh slab = Relief.solid(new float[9], null, 3, 3, 20, 20, 5, 2, Shapes.MOST);
        // Red, green, blue, white: a quarter each.
        byte[] rgb = {-1, 0, 0, 0, -1, 0, 0, 0, -1, -1, -1, -1};
        Mesh coloured = Relief.coloured(slab, rgb, 2, 2);
        byte[] colours = coloured.colours().orElseThrow();
        for (int vertex = 0; vertex < coloured.vertices(); vertex++) {
            boolean left = coloured.positions()[3 * vertex] < 9;
            boolean right = coloured.positions()[3 * vertex] > 11;
            boolean above = coloured.positions()[3 * vertex + 1] > 11;
            if (left && above) {
                assertArrayEquals(new byte[] {-1, 0, 0}, Arrays.copyOfRange(colours, 3 * vertex, 3 * vertex + 3));
            } else if (right && above) {
                assertArrayEquals(new byte[] {0, -1, 0}, Arrays.copyOfRange(colours, 3 * vertex, 3 * vertex + 3));
            }
        }
    }

    @Test
    void resamplesWithoutMovingThePicture() {
        float[] ramp = new float[12 * 3];
        for (int i = 0; i < ramp.length; i++) {
            ramp[i] = i % 12 + 0.5f;
        }
        for (int columns : new int[] {4, 6, 24, 36}) {
            float[] resampled = Resampling.resampled(ramp, 12, 3, columns, 2);
            for (int column = columns / 4; column < columns - columns / 4; column++) {
                assertEquals((column + 0.5) * 12 / columns, resampled[columns + column], 1e-4);
            }
        }
        assertArrayEquals(ramp, Resampling.resampled(ramp, 12, 3, 12, 3));
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
