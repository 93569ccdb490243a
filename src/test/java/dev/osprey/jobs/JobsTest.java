package dev.osprey.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.access.Caller;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.jobs.Job.State;
import dev.osprey.trace.RecordedTraces;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a client of the package sees, on H2 in memory. */
class JobsTest {

    private final Path folder;
    private final Bench bench;

    JobsTest(@TempDir Path folder) {
        this.folder = folder;
        this.bench = new Bench(folder, "url", Bench.inMemory(), "max-waiting", "3", "max-followers", "2");
    }

    @AfterEach
    void close() throws InterruptedException {
        bench.close();
    }

    @Test
    void doesAJobAndKeepsItsResultAndItsLog() throws Exception {
        Jobs jobs = bench.node(new Kind("sum", 1, run -> {
            run.progress("adding", 0.5, "half of it");
            Files.writeString(run.folder().resolve("sum.txt"), "42");
            run.artifact("sum", "text/plain", run.folder().resolve("sum.txt"));
            return "{\"sum\":42}";
        }));
        Job job = jobs.submit(new NewJob("sum", Optional.of("me"), Optional.of("session 7"), "{\"n\":1}"));
        assertEquals(State.QUEUED, job.state());
        assertEquals(0, job.attempt());

        Job done = Bench.finished(jobs, job);
        assertEquals(State.SUCCEEDED, done.state());
        assertEquals(Optional.of("{\"sum\":42}"), done.result());
        assertEquals(Optional.of("session 7"), done.reference());
        assertEquals(Optional.of("me"), done.owner());
        assertEquals("{\"n\":1}", done.parameters());
        assertEquals(1, done.progress());
        assertEquals(1, done.attempt());
        assertEquals(2, done.bytes());
        assertEquals(List.of(new Job.Artifact("sum", "sum.txt", "text/plain", 2)), done.artifacts());
        assertEquals("42", Files.readString(jobs.file(done, done.artifact("sum").orElseThrow())));

        List<JobEvent> events = jobs.events(job.id(), 0, 100);
        assertEquals(
                List.of(
                        "1 STATE QUEUED",
                        "2 STATE RUNNING",
                        "3 PROGRESS RUNNING",
                        "4 ARTIFACT RUNNING",
                        "5 STATE SUCCEEDED"),
                events.stream()
                        .map(event -> event.sequence() + " " + event.type() + " " + event.state())
                        .toList());
        assertEquals("half of it", events.get(2).message());
        assertEquals(
                Optional.of("{\"name\":\"sum\",\"media_type\":\"text/plain\",\"bytes\":2}"),
                events.get(3).data());
    }

    @Test
    void tellsAFollowerWhatIsInTheLogAndThenWhatComes() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch under = new CountDownLatch(1);
        Jobs jobs = bench.node(new Kind("two", 1, run -> {
            run.progress("one", 0.1, "");
            under.countDown();
            goOn.await();
            run.progress("two", 0.6, "");
            return "{}";
        }));
        Job job = jobs.submit(NewJob.of("two", "{}"));
        assertTrue(under.await(Bench.PATIENCE_SECONDS, TimeUnit.SECONDS));
        BlockingQueue<JobEvent> all = Bench.follow(jobs, job.id(), 0);
        BlockingQueue<JobEvent> late = Bench.follow(jobs, job.id(), 2);
        assertEquals(1, Bench.next(all).sequence());
        assertEquals(3, Bench.next(late).sequence());
        goOn.countDown();
        assertEquals(4, Bench.next(late).sequence());
        assertEquals(State.SUCCEEDED, Bench.next(late).state());
        for (long sequence = 2; sequence <= 5; sequence++) {
            assertEquals(sequence, Bench.next(all).sequence());
        }
    }

    @Test
    void retriesAJobWithItsInputAndWithNothingElse() throws Exception {
        AtomicBoolean fails = new AtomicBoolean(true);
        Jobs jobs = bench.node(new Kind("copy", 1, List.of("input"), run -> {
            assertEquals(run.folder().resolve("input"), onlyFile(run.folder()));
            Files.writeString(run.folder().resolve("output"), "half");
            if (fails.getAndSet(false)) {
                throw new OspreyException(ErrorCode.MODEL_FAILED, "Not today");
            }
            return Files.readString(run.folder().resolve("input"));
        }));
        Job failed = Bench.finished(
                jobs,
                jobs.submit(
                        new NewJob("copy", Optional.of("me"), Optional.of("7"), "{\"n\":1}"),
                        fresh -> Files.writeString(fresh.resolve("input"), "42")));
        assertEquals(State.FAILED, failed.state());

        Job retried = jobs.retry(failed.id());
        assertNotEquals(failed.id(), retried.id());
        Job done = Bench.finished(jobs, retried);
        assertEquals(State.SUCCEEDED, done.state());
        assertEquals(Optional.of("42"), done.result());
        assertEquals(Optional.of("me"), done.owner());
        assertEquals(Optional.of("7"), done.reference());
        assertEquals("{\"n\":1}", done.parameters());
        assertEquals(State.FAILED, jobs.find(failed.id()).orElseThrow().state());

        jobs.delete(failed.id());
        assertEquals(
                State.SUCCEEDED,
                Bench.finished(jobs, jobs.retry(done.id())).state(),
                "The files of one job do not depend on another's");
    }

    private static Path onlyFile(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> all = files.toList();
            assertEquals(1, all.size(), all::toString);
            return all.get(0);
        }
    }

    @Test
    void retriesOnlyWhatHasEndedAndIsStillThere() throws Exception {
        Jobs jobs = bench.node(new Kind("copy", 1, List.of("input"), run -> "{}"));
        Job waiting = jobs.submit(NewJob.of("nobody's", "{}"));
        assertEquals(ErrorCode.JOB_UNFINISHED, refusalOfRetry(jobs, waiting.id()));
        jobs.cancel(waiting.id());
        assertEquals(ErrorCode.JOB_INPUT_GONE, refusalOfRetry(jobs, waiting.id()));
        Job done = Bench.finished(
                jobs, jobs.submit(NewJob.of("copy", "{}"), fresh -> Files.writeString(fresh.resolve("input"), "")));
        Files.delete(jobs.folder(done).resolve("input"));
        assertEquals(ErrorCode.JOB_INPUT_GONE, refusalOfRetry(jobs, done.id()));
        assertEquals(ErrorCode.JOB_UNKNOWN, refusalOfRetry(jobs, "no job's"));
        assertEquals(2, jobs.latest(Optional.empty(), Optional.empty(), 10, 0).size());
    }

    private static ErrorCode refusalOfRetry(Jobs jobs, String id) {
        return assertThrows(OspreyException.class, () -> jobs.retry(id)).code();
    }

    @Test
    void listsJobsByKindAndState() throws Exception {
        Jobs jobs = bench.node(new Kind("quick", 1, run -> "{}"));
        Job done = Bench.finished(jobs, jobs.submit(NewJob.of("quick", "{}")));
        Job waiting = jobs.submit(NewJob.of("nobody's", "{}"));
        assertEquals(List.of(waiting.id()), ids(jobs, Optional.empty(), Optional.of(State.QUEUED)));
        assertEquals(List.of(done.id()), ids(jobs, Optional.empty(), Optional.of(State.SUCCEEDED)));
        assertEquals(List.of(), ids(jobs, Optional.of("quick"), Optional.of(State.QUEUED)));
        assertEquals(List.of(done.id()), ids(jobs, Optional.of("quick"), Optional.empty()));
        assertEquals(2, ids(jobs, Optional.empty(), Optional.empty()).size());
    }

    private static List<String> ids(Jobs jobs, Optional<String> kind, Optional<State> state) {
        return jobs.latest(kind, Optional.empty(), state, 10, 0).stream()
                .map(Job::id)
                .toList();
    }

    @Test
    void goesByTheLimitsAsTheyAre() throws Exception {
        Jobs jobs = bench.node();
        Job job = jobs.submit(NewJob.of("nobody's", "{}"));
        jobs.follow(job.id(), 0, "somebody", event -> {});
        bench.set("url", "unused", "max-waiting", "1", "max-followers", "1");
        assertEquals(
                "1 jobs wait already, at most 1 may",
                assertThrows(OspreyException.class, () -> jobs.submit(NewJob.of("nobody's", "{}")))
                        .detail());
        assertEquals(
                "1 clients follow jobs already, the limit is 1 (osprey.jobs.max-followers)",
                assertThrows(OspreyException.class, () -> jobs.follow(job.id(), 0, "somebody", event -> {}))
                        .detail());
        bench.set("url", "unused", "max-waiting", "2", "max-followers", "2");
        jobs.submit(NewJob.of("nobody's", "{}"));
        jobs.follow(job.id(), 0, "somebody", event -> {});
    }

    @Test
    void tellsNobodyMoreWhoIsNotWelcome() throws Exception {
        Jobs jobs = bench.node();
        Job job = jobs.submit(NewJob.of("nobody's", "{}"));
        Client welcome = new Client(Caller.ANYBODY);
        Client other = new Client(Caller.NOBODY);
        jobs.watch(job.id(), 0, "somebody", welcome);
        jobs.watch(job.id(), 0, "somebody", other);
        JobEvent unused = Bench.next(other.events);
        jobs.dismissUnless(Caller.ANYBODY::equals);
        assertEquals(List.of(false, true), List.of(welcome.over, other.over));
        jobs.cancel(job.id());
        JobEvent event = Bench.next(welcome.events);
        while (!event.state().isFinished()) {
            event = Bench.next(welcome.events);
        }
        assertEquals(0, other.events.size());
    }

    private static final class Client implements Followers.Listener {

        private final BlockingQueue<JobEvent> events = new LinkedBlockingQueue<>();
        private final Caller caller;
        private boolean over;

        Client(Caller caller) {
            this.caller = caller;
        }

        @Override
        public void happened(JobEvent event) {
            events.add(event);
        }

        @Override
        public void over() {
            over = true;
        }

        @Override
        public Optional<Caller> caller() {
            return Optional.of(caller);
        }
    }

    @Test
    void refusesMoreFollowersThanMayUntilOneLeaves() throws Exception {
        Jobs jobs = bench.node();
        Job job = jobs.submit(NewJob.of("nobody's", "{}"));
        AutoCloseable first = jobs.follow(job.id(), 0, "somebody", event -> {});
        jobs.follow(job.id(), 0, "somebody", event -> {});
        OspreyException refusal =
                assertThrows(OspreyException.class, () -> jobs.follow(job.id(), 0, "somebody", event -> {}));
        assertEquals(ErrorCode.CAPACITY_EXHAUSTED, refusal.code());
        first.close();
        first.close();
        jobs.follow(job.id(), 0, "somebody", event -> {});
        assertThrows(OspreyException.class, () -> jobs.follow(job.id(), 0, "somebody", event -> {}));
    }

    @Test
    void leavesRoomForOthersWhereOneFollowsAllItMay() throws Exception {
        Jobs jobs = bench.node();
        Job job = jobs.submit(NewJob.of("nobody's", "{}"));
        bench.set("url", "unused", "max-followers", "4", "max-followers-per-caller", "2");
        AutoCloseable first = jobs.follow(job.id(), 0, "greedy", event -> {});
        jobs.follow(job.id(), 0, "greedy", event -> {});
        assertEquals(
                "You follow 2 jobs already, the limit for one caller is 2 (osprey.jobs.max-followers-per-caller)",
                assertThrows(OspreyException.class, () -> jobs.follow(job.id(), 0, "greedy", event -> {}))
                        .detail());
        jobs.follow(job.id(), 0, "modest", event -> {});
        first.close();
        first.close();
        jobs.follow(job.id(), 0, "greedy", event -> {});
        assertThrows(OspreyException.class, () -> jobs.follow(job.id(), 0, "greedy", event -> {}));
        jobs.follow(job.id(), 0, "late", event -> {});
        assertEquals(
                "4 clients follow jobs already, the limit is 4 (osprey.jobs.max-followers)",
                assertThrows(OspreyException.class, () -> jobs.follow(job.id(), 0, "later", event -> {}))
                        .detail());
        assertEquals(4, bench.meters.value("osprey_job_followers"));
    }

    @Test
    void preparesTheFolderBeforeAnybodyBegins() throws Exception {
        Jobs jobs = bench.node(
                new Kind("read", 1, run -> Files.readString(run.folder().resolve("input"))));
        Job job = jobs.submit(NewJob.of("read", "{}"), made -> Files.writeString(made.resolve("input"), "\"there\""));
        assertEquals(Optional.of("\"there\""), Bench.finished(jobs, job).result());
    }

    @Test
    void leavesNothingOfAJobThatCannotBePrepared() throws Exception {
        Jobs jobs = bench.node();
        assertThrows(
                IOException.class,
                () -> jobs.submit(NewJob.of("read", "{}"), made -> {
                    Files.writeString(made.resolve("input"), "half");
                    throw new IOException("disk full");
                }));
        assertEquals(List.of(), jobs.latest(Optional.empty(), Optional.empty(), 10, 0));
        try (var left = Files.list(folder.resolve("artifacts"))) {
            assertEquals(0, left.count());
        }
    }

    @Test
    void refusesTheJobThatFindsAsManyWaitingAsMay() throws Exception {
        Jobs jobs = bench.node();
        for (int i = 0; i < 3; i++) {
            jobs.submit(NewJob.of("nobody's", "{}"));
        }
        OspreyException refusal = assertThrows(OspreyException.class, () -> jobs.submit(NewJob.of("nobody's", "{}")));
        assertEquals(ErrorCode.CAPACITY_EXHAUSTED, refusal.code());
        assertEquals("3 jobs wait already, at most 3 may", refusal.detail());
    }

    @Test
    void refusesParametersThatAreTooLong() {
        Jobs jobs = bench.node();
        OspreyException refusal =
                assertThrows(OspreyException.class, () -> jobs.submit(NewJob.of("sum", "x".repeat(1_000_001))));
        assertEquals(ErrorCode.SETTING_INVALID, refusal.code());
    }

    @Test
    void takesTextThatADatabaseWouldRefuse() throws Exception {
        Jobs jobs = bench.node();
        String odd = "a\0b\ud800c" + "x".repeat(300);
        Job job = jobs.submit(new NewJob("nobody's", Optional.of(odd), Optional.of(odd), "{}"));
        Job kept = jobs.find(job.id()).orElseThrow();
        assertTrue(kept.reference().orElseThrow().startsWith("a\uFFFDb?c"), kept::toString);
        assertEquals(200, kept.reference().orElseThrow().length());
    }

    @Test
    void cancelsAJobThatWaitsAtOnce() throws Exception {
        Jobs jobs = bench.node();
        Job job = jobs.submit(NewJob.of("nobody's", "{}"));
        assertEquals(State.CANCELLED, jobs.cancel(job.id()).state());
        assertEquals(State.CANCELLED, jobs.cancel(job.id()).state());
        assertEquals(2, jobs.events(job.id(), 0, 10).size());
    }

    @Test
    void asksTheRunOfAJobToEnd() throws Exception {
        CountDownLatch under = new CountDownLatch(1);
        Jobs jobs = bench.node(new Kind("long", 1, run -> {
            under.countDown();
            awaitCancellation(run);
            throw new CancellationException();
        }));
        Job job = jobs.submit(NewJob.of("long", "{}"));
        assertTrue(under.await(Bench.PATIENCE_SECONDS, TimeUnit.SECONDS));
        assertEquals(State.RUNNING, jobs.cancel(job.id()).state());
        Job done = Bench.finished(jobs, job);
        assertEquals(State.CANCELLED, done.state());
        assertTrue(done.failure().isEmpty());
        assertTrue(done.finished().isPresent());
    }

    private static void awaitCancellation(JobRun run) {
        while (!run.cancellation().isRequested()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void saysWhyAJobFailed() throws Exception {
        Jobs jobs = bench.node(
                new Kind("known", 1, run -> {
                    throw new OspreyException(ErrorCode.IMAGE_UNREADABLE, "The picture is none");
                }),
                new Kind("unforeseen", 1, run -> {
                    throw new IllegalStateException("/home/somebody/secret");
                }));
        Job known = Bench.finished(jobs, jobs.submit(NewJob.of("known", "{}")));
        assertEquals(State.FAILED, known.state());
        assertEquals(Optional.of(new Job.Failure(ErrorCode.IMAGE_UNREADABLE, "The picture is none")), known.failure());
        Job unforeseen = Bench.finished(jobs, jobs.submit(NewJob.of("unforeseen", "{}")));
        assertEquals(ErrorCode.JOB_FAILED, unforeseen.failure().orElseThrow().code());
        assertFalse(unforeseen.failure().orElseThrow().detail().contains("secret"));
    }

    @Test
    void tracesARunByItsStagesAndMeasuresIt() throws Exception {
        Jobs jobs = bench.node(new Kind("film", 1, run -> {
            run.progress("reading", 0, "frame 1 of 2");
            run.progress("reading", 0.5, "frame 2 of 2");
            run.progress("drawing", 0.9, "frame 1 of 2");
            if (run.job().parameters().equals("{}")) {
                throw new OspreyException(ErrorCode.IMAGE_UNREADABLE, "No picture");
            }
            return "{}";
        }));
        Job failed = Bench.finished(jobs, jobs.submit(NewJob.of("film", "{}")));
        Job done = Bench.finished(jobs, jobs.submit(NewJob.of("film", "{\"n\":1}")));
        assertEquals(Map.of("began film", 2, "ended film failed", 1, "ended film succeeded", 1), bench.meters.counts());
        List<SpanData> runs = bench.tracing.roots();
        assertEquals(2, runs.size());
        for (SpanData run : runs) {
            assertEquals(List.of("reading", "drawing"), bench.tracing.steps(run));
            assertTrue(bench.tracing.isInOrder(run), () -> bench.tracing.spans().toString());
            assertEquals("film", RecordedTraces.attribute(run, "osprey.job.kind"));
            assertEquals("1", RecordedTraces.attribute(run, "osprey.job.attempt"));
        }
        assertEquals(failed.id(), RecordedTraces.attribute(runs.get(0), "osprey.job.id"));
        assertEquals("failed", RecordedTraces.attribute(runs.get(0), "osprey.job.outcome"));
        assertEquals("IMAGE_UNREADABLE", RecordedTraces.attribute(runs.get(0), "error.type"));
        assertEquals("No picture", runs.get(0).getStatus().getDescription());
        assertEquals(done.id(), RecordedTraces.attribute(runs.get(1), "osprey.job.id"));
        assertEquals("succeeded", RecordedTraces.attribute(runs.get(1), "osprey.job.outcome"));
    }

    @Test
    void listsTheNewestFirstOfOneKindOrOfAll() throws Exception {
        Jobs jobs = bench.node();
        List<String> ids = new ArrayList<>();
        for (String kind : List.of("a", "b", "a")) {
            bench.clock.advance(Duration.ofSeconds(1));
            ids.add(0, jobs.submit(NewJob.of(kind, "{}")).id());
        }
        assertEquals(
                ids,
                jobs.latest(Optional.empty(), Optional.empty(), 10, 0).stream()
                        .map(Job::id)
                        .toList());
        assertEquals(
                List.of(ids.get(1)),
                jobs.latest(Optional.empty(), Optional.empty(), 1, 1).stream()
                        .map(Job::id)
                        .toList());
        assertEquals(
                List.of(ids.get(0), ids.get(2)),
                jobs.latest(Optional.of("a"), Optional.empty(), 10, 0).stream()
                        .map(Job::id)
                        .toList());
    }

    @Test
    void deletesWhatHasEndedAndNothingElse() throws Exception {
        Jobs jobs = bench.node(new Kind("quick", 1, run -> {
            Files.writeString(run.folder().resolve("x"), "x");
            run.artifact("x", "text/plain", Path.of("x"));
            return "{}";
        }));
        Job done = Bench.finished(jobs, jobs.submit(NewJob.of("quick", "{}")));
        jobs.delete(done.id());
        assertTrue(jobs.find(done.id()).isEmpty());
        assertEquals(List.of(), jobs.events(done.id(), 0, 10));
        assertFalse(Files.exists(jobs.folder(done)));

        Job waiting = jobs.submit(NewJob.of("nobody's", "{}"));
        assertEquals(
                ErrorCode.JOB_UNFINISHED,
                assertThrows(OspreyException.class, () -> jobs.delete(waiting.id()))
                        .code());
        assertEquals(
                ErrorCode.JOB_UNKNOWN,
                assertThrows(OspreyException.class, () -> jobs.delete(done.id()))
                        .code());
        assertEquals(
                ErrorCode.JOB_UNKNOWN,
                assertThrows(OspreyException.class, () -> jobs.cancel("../..")).code());
    }

    @Test
    void publishesNoFileOutsideOfTheFolderAndNoPathAsName() throws Exception {
        Files.writeString(folder.resolve("secret"), "x");
        Jobs jobs = bench.node(new Kind("curious", 1, run -> {
            Files.writeString(run.folder().resolve("x"), "x");
            for (String file : List.of("../../secret", folder.resolve("secret").toString(), "missing", ".")) {
                assertThrows(
                        IllegalArgumentException.class, () -> run.artifact("x", "text/plain", Path.of(file)), file);
            }
            for (String name : List.of("a/b", "..\\x", "a\nb", "", "x".repeat(101))) {
                assertThrows(
                        IllegalArgumentException.class, () -> run.artifact(name, "text/plain", Path.of("x")), name);
            }
            return "{}";
        }));
        assertEquals(
                State.SUCCEEDED,
                Bench.finished(jobs, jobs.submit(NewJob.of("curious", "{}"))).state());
    }

    @Test
    void replacesAnArtifactOfTheSameName() throws Exception {
        Jobs jobs = bench.node(new Kind("twice", 1, run -> {
            for (String text : List.of("1", "22")) {
                Files.writeString(run.folder().resolve("x"), text);
                run.artifact("x", "text/plain", Path.of("x"));
            }
            return "{}";
        }));
        assertEquals(
                List.of(new Job.Artifact("x", "x", "text/plain", 2)),
                Bench.finished(jobs, jobs.submit(NewJob.of("twice", "{}"))).artifacts());
    }

    @Test
    void storesOnlySomeOfWhatIsReportedInQuickSuccessionButTheLastOfEveryStage() throws Exception {
        Jobs jobs = bench.node(new Kind("busy", 1, run -> {
            for (int i = 1; i <= 100; i++) {
                run.progress("first", i / 200.0, "frame " + i);
            }
            for (int i = 1; i <= 100; i++) {
                run.progress("second", 0.5 + i / 200.0, "frame " + i);
                if (i % 50 == 0) {
                    bench.clock.advance(Duration.ofMillis(250));
                }
            }
            return "{}";
        }));
        Job done = Bench.finished(jobs, jobs.submit(NewJob.of("busy", "{}")));
        assertEquals(
                List.of("first frame 1", "first frame 100", "second frame 1", "second frame 51", "second frame 100"),
                jobs.events(done.id(), 0, 1_000).stream()
                        .filter(event -> event.type() == JobEvent.Type.PROGRESS)
                        .map(event -> event.stage() + " " + event.message())
                        .toList());
    }
}
