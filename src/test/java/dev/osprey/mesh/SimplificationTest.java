package dev.osprey.mesh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

class SimplificationTest {

    @Test
    void halvesASpheresTriangles() {
        Mesh sphere = Shapes.sphere(40, 16);
        int target = Simplification.target(sphere.triangles(), 0.5);
        Simplification half = Simplification.of(sphere, target, part -> {});
        assertEquals(sphere.triangles(), half.initial());
        assertEquals(target, half.target());
        assertEquals(target, half.mesh().triangles());
        assertEquals(0.5, half.reduction(), 1e-9);
        assertTrue(half.preserved().orElseThrow() > 99.5, half.preserved().toString());
        assertTrue(MeshAnalysis.of(half.mesh()).solid());
    }

    @Test
    void anOpenMeshHasNoVolumeToPreserve() {
        Mesh open = Shapes.withoutItsLastTriangle(Shapes.sphere(20, 8));
        assertTrue(Simplification.of(open, 100, part -> {}).preserved().isEmpty());
    }

    @Test
    void cutsTheTargetOff() {
        assertEquals(5, Simplification.target(11, 0.5));
        assertEquals(0, Simplification.target(12, 1));
        assertEquals(12, Simplification.target(12, 0));
        assertThrows(IllegalArgumentException.class, () -> Simplification.target(12, 1.1));
        assertThrows(IllegalArgumentException.class, () -> Simplification.target(12, Double.NaN));
    }

    @Test
    void jointsTheCornersOfAFileFirst() {
        Mesh sphere = Shapes.sphere(20, 8);
        int[] each = new int[sphere.corners().length];
        Arrays.setAll(each, i -> i);
        Mesh loose = Mesh.of(Shapes.places(sphere), each);
        assertTrue(MeshAnalysis.of(Simplification.of(loose, 200, part -> {}).mesh())
                .solid());
    }

    @Test
    void saysHowFarItIs() {
        List<Double> parts = new ArrayList<>();
        Mesh sphere = Shapes.sphere(60, 27);
        Simplification.of(sphere, sphere.triangles() / 20, parts::add);
        assertTrue(parts.size() > 3, parts.toString());
        assertEquals(0, parts.get(0));
        assertEquals(1, parts.get(parts.size() - 1));
        assertEquals(parts.stream().sorted().toList(), parts);
    }

    @Test
    void canBeStopped() {
        CancellationException stop = new CancellationException();
        Mesh sphere = Shapes.sphere(60, 27);
        CancellationException stopped = assertThrows(
                CancellationException.class,
                () -> Simplification.of(sphere, 100, part -> {
                    if (part > 0) {
                        throw stop;
                    }
                }));
        assertSame(stop, stopped);
    }
}
