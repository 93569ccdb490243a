package dev.osprey.mesh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MarchingCubesTest {

    @Test
    void findsASphere() {
        double radius = 20;
        MeshAnalysis sphere = MeshAnalysis.of(Shapes.sphere(50, radius));
        assertTrue(sphere.solid(), sphere.toString());
        assertEquals(4 / 3.0 * Math.PI * Math.pow(radius, 3), sphere.volume(), 0.01 * sphere.volume());
        assertEquals(4 * Math.PI * radius * radius, sphere.area(), 0.01 * sphere.area());
        assertEquals(2, sphere.eulerNumber());
        assertEquals(2 * radius, sphere.bounds().depth(), 0.1);
        assertEquals(0, sphere.degenerateTriangles());
    }

    @Test
    void findsATorus() {
        MeshAnalysis torus = MeshAnalysis.of(Shapes.torus(64, 20, 8));
        assertTrue(torus.solid(), torus.toString());
        assertEquals(2 * Math.PI * Math.PI * 20 * 8 * 8, torus.volume(), 0.01 * torus.volume());
        assertEquals(4 * Math.PI * Math.PI * 20 * 8, torus.area(), 0.01 * torus.area());
        assertEquals(0, torus.eulerNumber());
        assertEquals(1, torus.components());
    }

    /** Noise has every one of the 256 cubes next to every other. */
    @Test
    void isClosedWhateverTheField() {
        Random random = new Random(3);
        for (int side = 1; side <= 24; side++) {
            float[] noise = new float[side * side * side];
            for (int i = 0; i < noise.length; i++) {
                noise[i] = random.nextInt(4) == 0 ? random.nextInt(3) - 1 : (float) random.nextGaussian();
            }
            noise[0] = 1;
            MeshAnalysis surface = MeshAnalysis.of(MarchingCubes.surface(noise, side, side, side, 0, Shapes.MOST));
            assertTrue(surface.solid(), surface.toString());
            assertEquals(0, surface.duplicateTriangles() + surface.degenerateTriangles());
        }
    }

    /** One cube of samples for each of the 256, alone among samples that are outside. */
    @Test
    void closesEachCubeAlone() {
        for (int inside = 1; inside < 256; inside++) {
            float[] samples = new float[8];
            for (int corner = 0; corner < 8; corner++) {
                samples[corner] = (inside >> corner & 1) == 1 ? 1 : -1;
            }
            MeshAnalysis surface = MeshAnalysis.of(MarchingCubes.surface(samples, 2, 2, 2, 0, 1000));
            assertTrue(surface.solid(), inside + ": " + surface);
        }
    }

    @Test
    void closesWhatReachesTheBorder() {
        float[] full = new float[4 * 3 * 2];
        Arrays.fill(full, 1);
        MeshAnalysis block = MeshAnalysis.of(MarchingCubes.surface(full, 4, 3, 2, 0, 1000));
        assertTrue(block.solid(), block.toString());
        assertEquals(3, block.bounds().width(), 0.01);
        assertEquals(2, block.bounds().height(), 0.01);
        assertEquals(1, block.bounds().depth(), 0.01);
    }

    @Test
    void takesWhatIsNoNumberForOutside() {
        float[] samples = new float[27];
        Arrays.fill(samples, Float.NaN);
        samples[13] = Float.POSITIVE_INFINITY;
        MeshAnalysis one = MeshAnalysis.of(MarchingCubes.surface(samples, 3, 3, 3, 0, 1000));
        assertTrue(one.solid(), one.toString());
        assertEquals(8, one.triangles());
    }

    @Test
    void findsNothingInNothing() {
        assertEquals(0, MarchingCubes.surface(new float[8], 2, 2, 2, 0, 0).triangles());
    }

    @Test
    void stopsAtTheLimit() {
        float[] samples = {1};
        assertEquals(8, MarchingCubes.surface(samples, 1, 1, 1, 0, 8).triangles());
        OspreyException refusal =
                assertThrows(OspreyException.class, () -> MarchingCubes.surface(samples, 1, 1, 1, 0, 7));
        assertEquals(ErrorCode.MESH_TOO_LARGE, refusal.code());
        assertThrows(IllegalArgumentException.class, () -> MarchingCubes.surface(samples, 1, 1, 2, 0, 8));
    }

    /** As often as there are layers: what is thrown ends the work within one. */
    @Test
    void endsWithinALayerWhereItIsToldTo() {
        int side = 40;
        float[] full = new float[side * side * side];
        Arrays.fill(full, 1);
        List<Double> told = new ArrayList<>();
        MarchingCubes.surface(full, side, side, side, 0, Shapes.MOST, told::add);
        assertEquals(side + 1, told.size());
        for (int layer = 0; layer <= side; layer++) {
            assertEquals(layer / (side + 1.0), told.get(layer), 1e-12);
        }

        List<Double> cut = new ArrayList<>();
        assertThrows(
                Halt.class,
                () -> MarchingCubes.surface(
                        full, side, side, side, 0, Shapes.MOST, part -> Halt.beyond(0.25, part, cut)));
        assertEquals(told.subList(0, cut.size()), cut);
        assertTrue(cut.get(cut.size() - 1) <= 0.25 + 1 / (side + 1.0), cut::toString);
    }
}
