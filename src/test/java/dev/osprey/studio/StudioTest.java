package dev.osprey.studio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.jobs.Bench;
import dev.osprey.jobs.Job;
import dev.osprey.jobs.Job.State;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is found under the id of a picture, for whom and how long. */
class StudioTest {

    private final StudioBench bench;
    private final Studio studio;

    StudioTest(@TempDir Path folder) {
        bench = new StudioBench(folder);
        studio = bench.studio;
    }

    @AfterEach
    void close() throws InterruptedException {
        bench.close();
    }

    private Studio.Found.File found(Job picture) {
        return (Studio.Found.File) studio.result(picture.id(), "model.stl", StudioBench.ONE);
    }

    private void assertIsUnknown(Job picture) {
        assertEquals(Optional.empty(), studio.newest(picture.id(), StudioBench.OTHER));
        OspreyException refusal =
                assertThrows(OspreyException.class, () -> studio.result(picture.id(), "model.stl", StudioBench.OTHER));
        assertEquals(ErrorCode.JOB_UNKNOWN, refusal.code());
    }

    private void pass(int hours) throws Exception {
        bench.bench.clock.advance(Duration.ofHours(hours));
        Bench.cleanUp(bench.jobs);
    }

    @Test
    void keepsASolidForLongerThanItsPicture() throws Exception {
        Job picture = bench.upload(1, StudioBench.ONE);
        pass(9);
        Job solid = bench.solid(picture, "stl", StudioBench.ONE);
        assertEquals(State.SUCCEEDED, solid.state());
        byte[] stl = Files.readAllBytes(found(picture).path());
        assertIsUnknown(picture);

        pass(2);
        assertEquals(State.EXPIRED, bench.jobs.find(picture.id()).orElseThrow().state());
        assertEquals(
                solid.id(),
                studio.newest(picture.id(), StudioBench.ONE).orElseThrow().id());
        assertArrayEquals(stl, Files.readAllBytes(found(picture).path()));
        OspreyException gone = assertThrows(
                OspreyException.class, () -> studio.result(picture.id(), Status.uploadName(picture), StudioBench.ONE));
        assertEquals(ErrorCode.ARTIFACT_UNKNOWN, gone.code());
        assertIsUnknown(picture);

        // Its record goes as well.
        pass(5);
        assertEquals(Optional.empty(), bench.jobs.find(picture.id()));
        assertTrue(Files.isRegularFile(found(picture).path()));
        assertEquals(
                solid.id(),
                studio.newest(picture.id(), StudioBench.ONE).orElseThrow().id());
        assertIsUnknown(picture);
        assertThrows(OspreyException.class, () -> studio.submit(StudioBench.request(picture, "stl"), StudioBench.ONE));

        pass(6);
        assertEquals(Optional.empty(), studio.newest(picture.id(), StudioBench.ONE));
    }
}
