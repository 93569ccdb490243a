package dev.osprey.studio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.jobs.Job;
import dev.osprey.jobs.Job.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a solid is made anew and when not. */
class MeshJobTest {

    private final StudioBench bench;

    MeshJobTest(@TempDir Path folder) {
        bench = new StudioBench(folder);
    }

    @AfterEach
    void close() throws InterruptedException {
        bench.close();
    }

    private Job made(Job picture, String format) throws Exception {
        Job solid = bench.solid(picture, format, StudioBench.ONE);
        assertEquals(State.SUCCEEDED, solid.state(), solid::toString);
        return solid;
    }

    private static boolean cached(Job solid) {
        return Fields.object(solid.result().orElseThrow()).orElseThrow().getBoolean("cached");
    }

    private byte[] file(Job solid) throws IOException {
        return Files.readAllBytes(bench.jobs.file(solid, solid.artifacts().get(0)));
    }

    @Test
    void isMadeOnceForEveryPictureWithTheSamePixels() throws Exception {
        Job first = made(bench.upload(1, StudioBench.ONE), "stl");
        assertFalse(cached(first));
        Job second = made(bench.upload(1, StudioBench.ONE), "stl");
        assertTrue(cached(second));
        assertArrayEquals(file(first), file(second));
        assertEquals(1, bench.runs());
        assertFalse(cached(made(bench.upload(2, StudioBench.ONE), "stl")));
        assertEquals(2, bench.runs());
    }

    /** The same network and version throughout: what the manifest says makes another model of it. */
    @Test
    void isNotTheOldModelsOnceAnotherManifestIsServed() throws Exception {
        Job picture = bench.upload(1, StudioBench.ONE);
        byte[] near = file(made(picture, "stl"));

        bench.see("inverse-depth", 1, 2, 3, 4);
        bench.models.swap("depth", 1);
        Job far = made(picture, "stl");
        assertFalse(cached(far));
        assertFalse(Arrays.equals(near, file(far)), "The other model sees the other way round");
        assertTrue(cached(made(picture, "stl")));

        bench.see("depth", 1, 2, 3, 4);
        bench.models.swap("depth", 1);
        Job again = made(picture, "stl");
        assertTrue(cached(again));
        assertArrayEquals(near, file(again));
        assertEquals(2, bench.runs());
    }

    /** Whatever the versions have in common. */
    @Test
    void isNotTheOldModelsOnceOtherWeightsOrAnotherVersionAreServed() throws Exception {
        Job picture = bench.upload(1, StudioBench.ONE);
        byte[] before = file(made(picture, "stl"));

        bench.see("depth", 4, 3, 2, 1);
        bench.models.swap("depth", 2);
        Job other = made(picture, "stl");
        assertFalse(cached(other));
        assertFalse(Arrays.equals(before, file(other)), "Other weights see something else");

        bench.models.swap("depth", 1);
        assertFalse(cached(made(picture, "stl")));
    }
}
