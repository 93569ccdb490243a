package dev.osprey.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.osprey.fault.OspreyException;
import dev.osprey.jobs.Job.State;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file that installations have by default, and a process that is killed. */
class CrashTest {

    @Test
    void goesOnAtOnceWithWhatAKilledServerHad(@TempDir Path folder) throws Exception {
        List<String> accepted = new ArrayList<>();
        Process doomed = DoomedServer.start(folder);
        try (BufferedReader ids = doomed.inputReader(StandardCharsets.UTF_8)) {
            while (accepted.size() < 20) {
                accepted.add(Objects.requireNonNull(ids.readLine(), "It ended by itself"));
            }
        } finally {
            doomed.destroyForcibly().waitFor();
        }
        Bench bench = new Bench(folder);
        try {
            // The lease of the dead is not over by this server's clock.
            Jobs jobs = bench.node(
                    new Kind("endless", 1, run -> Files.readString(run.folder().resolve("half"))));
            Job done = Bench.finished(jobs, jobs.find(accepted.get(0)).orElseThrow());
            assertEquals(State.SUCCEEDED, done.state());
            assertEquals(Optional.of("kept"), done.result());
            assertEquals(2, done.attempt());
            for (String id : accepted.subList(1, accepted.size())) {
                assertEquals(State.QUEUED, jobs.find(id).orElseThrow().state());
            }
        } finally {
            bench.close();
        }
    }

    @Test
    void saysThatAnotherProcessHasTheFile(@TempDir Path folder) throws Exception {
        Process other = DoomedServer.start(folder);
        try (BufferedReader ids = other.inputReader(StandardCharsets.UTF_8)) {
            assertNotNull(ids.readLine(), "It ended by itself");
            Bench bench = new Bench(folder);
            try {
                Jobs jobs = bench.node();
                String reason = assertThrows(OspreyException.class, () -> jobs.find("any"))
                        .detail();
                assertEquals("The job store cannot be opened: another process has its file open", reason);
                assertEquals(Optional.of(reason), jobs.obstacle());
            } finally {
                bench.close();
            }
        } finally {
            other.destroyForcibly().waitFor();
        }
    }
}
