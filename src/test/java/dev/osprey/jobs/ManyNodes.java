package dev.osprey.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.jobs.Job.State;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several servers over one database: nothing is lost, nothing is done twice, and who has lost a job writes no more of it. */
abstract class ManyNodes {

    private final Bench bench;

    ManyNodes(Path folder, String url) {
        this.bench = new Bench(folder, "url", url, "max-attempts", "2");
    }

    @AfterEach
    void close() throws InterruptedException {
        bench.close();
    }

    @Test
    void doesEveryJobOnceHoweverManyTryToClaimIt() throws Exception {
        int clients = 10;
        int jobsPerClient = 5;
        ConcurrentMap<String, Integer> runs = new ConcurrentHashMap<>();
        JobKind echo = new Kind("echo", 4, run -> {
            runs.merge(run.job().id(), 1, Integer::sum);
            run.progress("echoing", 0.5, run.job().parameters());
            return run.job().parameters();
        });
        List<Jobs> nodes = List.of(bench.node(echo), bench.node(echo));
        List<Future<Map<String, String>>> submitted = new ArrayList<>();
        for (int client = 0; client < clients; client++) {
            Jobs node = nodes.get(client % 2);
            String name = "client " + client;
            submitted.add(bench.threads.submit(() -> {
                Map<String, String> mine = new ConcurrentHashMap<>();
                for (int i = 0; i < jobsPerClient; i++) {
                    String parameters = "\"%s, job %d\"".formatted(name, i);
                    mine.put(node.submit(NewJob.of("echo", parameters)).id(), parameters);
                }
                return mine;
            }));
        }
        int done = 0;
        for (Future<Map<String, String>> client : submitted) {
            for (Map.Entry<String, String> job :
                    client.get(Bench.PATIENCE_SECONDS, TimeUnit.SECONDS).entrySet()) {
                // Followed on one node, done on either.
                BlockingQueue<JobEvent> events = Bench.follow(nodes.get(0), job.getKey(), 0);
                long sequence = 0;
                JobEvent event;
                do {
                    event = poll(events);
                    assertEquals(++sequence, event.sequence());
                } while (!event.state().isFinished());
                Job finished = nodes.get(1).find(job.getKey()).orElseThrow();
                assertEquals(State.SUCCEEDED, finished.state());
                assertEquals(job.getValue(), finished.result().orElseThrow());
                assertEquals(1, finished.attempt());
                done++;
            }
        }
        assertEquals(clients * jobsPerClient, done);
        assertEquals(clients * jobsPerClient, runs.size());
        assertEquals(Set.of(1), Set.copyOf(runs.values()));
    }

    /** The clock of the nodes stands still, so that looking at each other's news has to be due. */
    private JobEvent poll(BlockingQueue<JobEvent> events) throws InterruptedException {
        JobEvent event = events.poll();
        for (int i = 0; event == null && i < Bench.PATIENCE_SECONDS * 50; i++) {
            bench.attend();
            event = events.poll(20, TimeUnit.MILLISECONDS);
        }
        return Objects.requireNonNull(event, "No event came");
    }

    @Test
    void cancelsARunOnAnotherNode() throws Exception {
        CountDownLatch under = new CountDownLatch(1);
        Jobs worker = bench.node(new Kind("long", 1, run -> {
            under.countDown();
            while (!run.cancellation().isRequested()) {
                Thread.onSpinWait();
            }
            return "{}";
        }));
        Jobs other = bench.node();
        Job job = worker.submit(NewJob.of("long", "{}"));
        assertTrue(under.await(Bench.PATIENCE_SECONDS, TimeUnit.SECONDS));
        BlockingQueue<JobEvent> events = Bench.follow(other, job.id(), 2);
        other.cancel(job.id());
        assertEquals(State.CANCELLED, poll(events).state());
    }

    /** A node that hangs for longer than its lease: its run is still going, but the job is another's. */
    @Test
    void keepsARunThatHasLostItsJobFromWriting() throws Exception {
        Semaphore goOn = new Semaphore(0);
        BlockingQueue<JobRun> runs = new LinkedBlockingQueue<>();
        JobKind kind = new Kind("slow", 1, run -> {
            runs.add(run);
            goOn.acquire();
            return "\"attempt %d\"".formatted(run.attempt());
        });
        Jobs first = bench.node(kind);
        Job job = first.submit(NewJob.of("slow", "{}"));
        JobRun lost = Objects.requireNonNull(runs.poll(Bench.PATIENCE_SECONDS, TimeUnit.SECONDS));
        // The node that has hung up to now does not hear of the time that has passed.
        JobStore store = JobStore.open(bench::config, bench.clock);
        bench.clock.advance(Duration.ofSeconds(31));
        assertEquals(List.of(job.id()), store.takeBackExpired("another"));
        JobStore.Claim claim = store.claim("slow", "another").orElseThrow();

        assertEquals(
                ErrorCode.LEASE_LOST,
                assertThrows(OspreyException.class, () -> lost.progress("late", 0.9, ""))
                        .code());
        assertTrue(lost.cancellation().isRequested());
        assertThrows(OspreyException.class, () -> lost.progress("later", 0.9, ""));
        goOn.release(2);
        store.succeed(claim, "\"the other's\"", 0);
        Job done = Bench.finished(first, job);
        assertEquals("\"the other's\"", done.result().orElseThrow());
        assertEquals(2, done.attempt());
        assertEquals(
                List.of("QUEUED", "RUNNING", "QUEUED", "RUNNING", "SUCCEEDED"),
                first.events(job.id(), 0, 100).stream()
                        .map(event -> event.state().name())
                        .toList());
        store.close();
    }

    @Test
    void givesUpAJobWhoseServersAllDie() throws Exception {
        JobStore store = JobStore.open(bench::config, bench.clock);
        Jobs jobs = bench.node();
        Job job = jobs.submit(NewJob.of("deadly", "{}"));
        for (int attempt = 1; attempt <= 2; attempt++) {
            assertEquals(
                    attempt, store.claim("deadly", "dead").orElseThrow().job().attempt());
            assertEquals(List.of(), store.takeBackExpired("another"));
            assertEquals(List.of(job.id()), store.takeBackFrom("dead"));
        }
        assertTrue(store.claim("deadly", "dead").isEmpty());
        Job failed = jobs.find(job.id()).orElseThrow();
        assertEquals(State.FAILED, failed.state());
        assertEquals(
                ErrorCode.ATTEMPTS_EXHAUSTED, failed.failure().orElseThrow().code());
        store.close();
    }

    @Test
    void handsBackWhatIsNotDoneWhenTheServerStopsWithoutCountingIt() throws Exception {
        CountDownLatch under = new CountDownLatch(1);
        Jobs first = bench.node(new Kind("long", 1, run -> {
            under.countDown();
            while (!run.cancellation().isRequested()) {
                Thread.onSpinWait();
            }
            throw new IOException("interrupted");
        }));
        Job job = first.submit(NewJob.of("long", "{}"));
        assertTrue(under.await(Bench.PATIENCE_SECONDS, TimeUnit.SECONDS));
        first.close();
        Jobs second = bench.node(new Kind("long", 1, run -> "\"done\""));
        Job done = Bench.finished(second, job);
        assertEquals(State.SUCCEEDED, done.state());
        assertEquals(1, done.attempt());
        assertEquals(
                ErrorCode.STORE_UNAVAILABLE,
                assertThrows(OspreyException.class, () -> first.find(job.id())).code());
    }
}
