package dev.osprey.depth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.config.TestConfig;
import dev.osprey.imaging.Picture;
import dev.osprey.mesh.MarchingCubes;
import dev.osprey.mesh.MeshAnalysis;
import dev.osprey.model.TestRepository;
import dev.osprey.runtime.Cancellation;
import dev.osprey.runtime.Lease;
import dev.osprey.runtime.WarmModels;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a network's field to a surface, with networks that see the same body in every picture, whose measures are known. */
class VolumeTest {

    private static final int WIDTH = 62;
    private static final int HEIGHT = 60;
    private static final int DEPTH = 48;

    /** The fields are the distance inwards plus this, as networks' densities have a level that is not 0. */
    private static final float LEVEL = 2.5f;

    private final TestRepository repository;

    VolumeTest(@TempDir Path folder) {
        repository = new TestRepository(folder);
    }

    private interface Distance {
        double inside(double x, double y, double z);
    }

    @Test
    void findsASphere() {
        double radius = 20;
        MeshAnalysis sphere = surface((x, y, z) -> radius - Math.sqrt(x * x + y * y + z * z));
        assertTrue(sphere.solid(), sphere::toString);
        assertWithinOnePercent(4 / 3.0 * Math.PI * Math.pow(radius, 3), sphere.volume());
        assertWithinOnePercent(4 * Math.PI * radius * radius, sphere.area());
        assertEquals(2, sphere.eulerNumber());
    }

    /** Lies in the plane of x and y, so that it fits the grid one way round only. */
    @Test
    void findsATorus() {
        double ring = 20;
        double tube = 8;
        MeshAnalysis torus = surface((x, y, z) -> tube - Math.hypot(Math.hypot(x, y) - ring, z));
        assertTrue(torus.solid(), torus::toString);
        assertWithinOnePercent(2 * Math.PI * Math.PI * ring * tube * tube, torus.volume());
        assertWithinOnePercent(4 * Math.PI * Math.PI * ring * tube, torus.area());
        assertEquals(0, torus.eulerNumber());
        assertEquals(2 * tube, torus.bounds().depth(), 0.2);
        assertEquals(2 * (ring + tube), torus.bounds().width(), 0.2);
    }

    private MeshAnalysis surface(Distance body) {
        try (WarmModels models = open(body);
                Lease model = models.lease("volume");
                Picture picture = grey()) {
            Volume volume = Volume.of(model, picture, new Cancellation());
            return MeshAnalysis.of(MarchingCubes.surface(
                    volume.field(), volume.width(), volume.height(), volume.depth(), volume.level(), 100_000));
        }
    }

    private WarmModels open(Distance body) {
        float[] field = new float[DEPTH * HEIGHT * WIDTH];
        int at = 0;
        for (int z = 0; z < DEPTH; z++) {
            for (int y = 0; y < HEIGHT; y++) {
                for (int x = 0; x < WIDTH; x++) {
                    double inside = body.inside(x - (WIDTH - 1) / 2.0, y - (HEIGHT - 1) / 2.0, z - (DEPTH - 1) / 2.0);
                    field[at++] = (float) inside + LEVEL;
                }
            }
        }
        repository.addVolume("volume", LEVEL, field, DEPTH, HEIGHT, WIDTH);
        WarmModels models = WarmModels.open(
                TestConfig.with("model.repository", repository.folder().toString(), "runtime.provider", "cpu"));
        models.load("volume");
        return models;
    }

    private static Picture grey() {
        return Picture.ofRgb(40, 30, new byte[3 * 40 * 30]);
    }

    private static void assertWithinOnePercent(double expected, double found) {
        assertEquals(expected, found, 0.01 * expected);
    }
}
