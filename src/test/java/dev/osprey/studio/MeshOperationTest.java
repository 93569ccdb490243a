package dev.osprey.studio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.config.TestConfig;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.jobs.Job;
import dev.osprey.jobs.JobRun;
import dev.osprey.mesh.Mesh;
import dev.osprey.mesh.Stl;
import dev.osprey.runtime.Cancellation;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Work on a mesh that is cancelled while it goes on. */
class MeshOperationTest {

    private static final int SIDE = 300;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private final MeshOperation operations = new MeshOperation(TestConfig.with().studio());

    /** Reports what it is told; cancelled once it is told of more than that much. */
    private final class Run implements JobRun {

        private final MeshOperation.Operation operation;
        private final double cancelledBeyond;
        private final Cancellation cancellation = new Cancellation();
        private final List<Double> told = new ArrayList<>();

        Run(MeshOperation.Operation operation, double cancelledBeyond) {
            this.operation = operation;
            this.cancelledBeyond = cancelledBeyond;
        }

        @Override
        public Job job() {
            String parameters = new MeshOperation.Request(operation, "a.stl", false, Optional.empty(), 0.5)
                    .toJson()
                    .toString();
            return new Job(
                    "08fb2143-8f35-4c48-a903-509deef08364",
                    MeshOperation.KIND,
                    Optional.empty(),
                    Optional.empty(),
                    parameters,
                    Job.State.RUNNING,
                    "",
                    0,
                    "",
                    Optional.empty(),
                    Optional.empty(),
                    1,
                    Instant.EPOCH,
                    Optional.empty(),
                    Optional.empty(),
                    List.of(),
                    0);
        }

        @Override
        public Path folder() {
            return folder;
        }

        @Override
        public int attempt() {
            return 1;
        }

        @Override
        public Cancellation cancellation() {
            return cancellation;
        }

        @Override
        public void progress(String stage, double progress, String message) {
            told.add(progress);
            if (progress > cancelledBeyond) {
                cancellation.request();
            }
        }

        @Override
        public void artifact(String name, String mediaType, Path file) {}
    }

    /** A sheet of hills, with the same vertices at the same places. */
    private void upload() throws IOException {
        float[] positions = new float[3 * SIDE * SIDE];
        int[] corners = new int[6 * (SIDE - 1) * (SIDE - 1)];
        int at = 0;
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                int vertex = y * SIDE + x;
                positions[3 * vertex] = x;
                positions[3 * vertex + 1] = y;
                positions[3 * vertex + 2] = (float) Math.sin(x * 0.3 + y * 0.2);
                if (x + 1 < SIDE && y + 1 < SIDE) {
                    for (int corner : new int[] {0, 1, SIDE + 1, 0, SIDE + 1, SIDE}) {
                        corners[at++] = vertex + corner;
                    }
                }
            }
        }
        try (FileChannel channel = FileChannel.open(
                folder.resolve(MeshOperation.SOURCE), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            Stl.write(Mesh.of(positions, corners), channel);
        }
    }

    @ParameterizedTest
    @EnumSource(MeshOperation.Operation.class)
    void tellsOfNoStepBack(MeshOperation.Operation operation) throws IOException {
        upload();
        Run run = new Run(operation, 1);
        String result = operations.run(run);
        assertTrue(result.contains("\"success\":true"), result);
        for (int i = 1; i < run.told.size(); i++) {
            assertTrue(run.told.get(i) >= run.told.get(i - 1) - 1e-9, run.told::toString);
        }
    }

    /** Before the next thing that it would have told of: no other is told. */
    @ParameterizedTest
    @EnumSource(MeshOperation.Operation.class)
    void endsBeforeTheNextStepOnceItIsCancelled(MeshOperation.Operation operation) throws IOException {
        upload();
        for (double limit : new double[] {0.2, 0.35, 0.5}) {
            Run run = new Run(operation, limit);
            OspreyException end = assertThrows(OspreyException.class, () -> operations.run(run), operation::name);
            assertEquals(ErrorCode.CANCELLED, end.code());
            assertEquals(
                    1, run.told.stream().filter(progress -> progress > limit).count(), run.told::toString);
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(folder.resolve(MeshOperation.SOURCE)), files.toList());
        }
    }

    @Test
    void analysesInSmallSteps() throws IOException {
        upload();
        Run run = new Run(MeshOperation.Operation.ANALYZE, 1);
        operations.run(run);
        List<Double> work = run.told.subList(run.told.lastIndexOf(0.3), run.told.size());
        for (int i = 1; i < work.size(); i++) {
            assertTrue(work.get(i) - work.get(i - 1) < 0.12, work::toString);
        }
    }
}
