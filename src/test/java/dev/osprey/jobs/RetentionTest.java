package dev.osprey.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.jobs.Job.State;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of jobs that have ended, and of their logs. */
class RetentionTest {

    private static final int MIB = 1 << 20;

    private final Bench bench;
    private final Path folder;
    private final Jobs jobs;

    RetentionTest(@TempDir Path folder) {
        this.folder = folder;
        this.bench = new Bench(
                folder,
                "url",
                Bench.inMemory(),
                "keep-files-hours",
                "10",
                "keep-record-hours",
                "5",
                "max-files-mib",
                "3",
                "max-progress-events",
                "20");
        this.jobs = bench.node(
                new Kind("file", 1, run -> {
                    Files.write(run.folder().resolve("file"), new byte[MIB]);
                    run.artifact("file", "application/octet-stream", Path.of("file"));
                    return "{}";
                }),
                new Kind("talkative", 1, run -> {
                    for (int i = 1; i <= 200; i++) {
                        bench.clock.advance(Duration.ofSeconds(1));
                        run.progress("talking", i / 200.0, "word " + i);
                    }
                    return "{}";
                }));
    }

    @AfterEach
    void close() throws InterruptedException {
        bench.close();
    }

    private Job done(String kind) throws Exception {
        bench.clock.advance(Duration.ofMinutes(1));
        return Bench.finished(jobs, jobs.submit(NewJob.of(kind, "{}")));
    }

    @Test
    void expiresByAgeAndForgetsAWhileLater() throws Exception {
        Job old = done("file");
        bench.clock.advance(Duration.ofHours(9));
        Job young = done("file");
        jobs.cleanUp();
        assertEquals(State.SUCCEEDED, jobs.find(old.id()).orElseThrow().state());
        bench.clock.advance(Duration.ofHours(1));
        jobs.cleanUp();
        Job expired = jobs.find(old.id()).orElseThrow();
        assertEquals(State.EXPIRED, expired.state());
        assertEquals(List.of(), expired.artifacts());
        assertFalse(Files.exists(jobs.folder(old)));
        assertTrue(Files.exists(jobs.folder(young)));
        List<JobEvent> events = jobs.events(old.id(), 0, 100);
        assertEquals(State.EXPIRED, events.get(events.size() - 1).state());
        bench.clock.advance(Duration.ofHours(5));
        jobs.cleanUp();
        assertTrue(jobs.find(old.id()).isEmpty());
        assertEquals(State.SUCCEEDED, jobs.find(young.id()).orElseThrow().state());
    }

    @Test
    void expiresTheOldestWhereFilesTakeTooMuch() throws Exception {
        List<Job> all = List.of(done("file"), done("file"), done("file"), done("file"), done("file"));
        Job waiting =
                jobs.submit(NewJob.of("nobody's", "{}"), made -> Files.write(made.resolve("input"), new byte[4 * MIB]));
        jobs.cleanUp();
        assertEquals(
                List.of(State.EXPIRED, State.EXPIRED, State.SUCCEEDED, State.SUCCEEDED, State.SUCCEEDED),
                all.stream()
                        .map(job -> jobs.find(job.id()).orElseThrow().state())
                        .toList());
        assertTrue(Files.exists(jobs.folder(waiting).resolve("input")));
    }

    @Test
    void removesFoldersOfNobodyAndNothingElse() throws Exception {
        Path artifacts = folder.resolve("artifacts");
        Path orphan =
                Files.createDirectories(artifacts.resolve(UUID.randomUUID().toString()));
        Files.writeString(orphan.resolve("left"), "x");
        Path recent =
                Files.createDirectories(artifacts.resolve(UUID.randomUUID().toString()));
        Path operators = Files.createDirectories(artifacts.resolve("notes"));
        Job kept = done("file");
        FileTime old = FileTime.from(bench.clock.instant().minus(Duration.ofDays(2)));
        for (Path each : List.of(orphan, operators, jobs.folder(kept))) {
            Files.setLastModifiedTime(each, old);
        }
        Files.setLastModifiedTime(recent, FileTime.from(bench.clock.instant()));
        jobs.cleanUp();
        assertFalse(Files.exists(orphan));
        assertTrue(Files.exists(recent));
        assertTrue(Files.exists(operators));
        assertTrue(Files.exists(jobs.folder(kept)));
    }

    @Test
    void keepsTheLogOfATalkativeJobShort() throws Exception {
        Job job = done("talkative");
        List<JobEvent> events = jobs.events(job.id(), 0, 1_000);
        List<JobEvent> progress = events.stream()
                .filter(event -> event.type() == JobEvent.Type.PROGRESS)
                .toList();
        assertTrue(progress.size() <= 20 && progress.size() >= 10, () -> progress.size() + " events");
        assertEquals("word 200", progress.get(progress.size() - 1).message());
        assertEquals(
                List.of(State.QUEUED, State.RUNNING, State.SUCCEEDED),
                events.stream()
                        .filter(event -> event.type() == JobEvent.Type.STATE)
                        .map(JobEvent::state)
                        .toList());
        assertEquals(203, events.get(events.size() - 1).sequence());
    }
}
