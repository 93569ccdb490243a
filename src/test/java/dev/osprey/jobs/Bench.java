package dev.osprey.jobs;

import dev.osprey.config.OspreyConfig;
import dev.osprey.config.TestConfig;
import dev.osprey.metrics.CountingMeters;
import dev.osprey.trace.RecordedTraces;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/** One or more servers' jobs over one database, with a clock that stands still until it is put on. */
public final class Bench {

    public static final int PATIENCE_SECONDS = 60;

    public final TestClock clock = new TestClock();
    public final CountingMeters meters = new CountingMeters();
    final RecordedTraces tracing = new RecordedTraces(System::nanoTime);
    public final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Jobs> nodes = new ArrayList<>();
    private final Path folder;
    private volatile String[] settings;

    public static final class TestClock implements InstantSource {

        private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));

        @Override
        public Instant instant() {
            return Objects.requireNonNull(now.get());
        }

        public void advance(Duration duration) {
            now.updateAndGet(then -> then.plus(duration));
        }
    }

    /** @param settings key and value by turns, the keys without {@code osprey.jobs.} */
    public Bench(Path folder, String... settings) {
        this.folder = folder;
        this.settings = settings;
    }

    /** Sets settings while the servers run, all of them but the folder's and the poll's. */
    public void set(String... now) {
        settings = now;
    }

    /** H2 that lives as long as this process, each time another one. */
    public static String inMemory() {
        return "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
    }

    public OspreyConfig.Jobs config() {
        String[] all = new String[settings.length + 4];
        all[0] = "jobs.folder";
        all[1] = folder.toString();
        // Far less often than in this test: what wakes the workers must be the test.
        all[2] = "jobs.poll-interval";
        all[3] = "PT1H";
        for (int i = 0; i < settings.length; i += 2) {
            all[i + 4] = "jobs." + settings[i];
            all[i + 5] = settings[i + 1];
        }
        return TestConfig.with(all).jobs();
    }

    /** One more server; the first one holds the folder's name. */
    public Jobs node(JobKind... kinds) {
        Jobs jobs = new Jobs(this::config, threads, clock, meters, tracing.tracing());
        jobs.start(() -> List.of(kinds));
        nodes.add(jobs);
        return jobs;
    }

    /** Puts the clock on by a second, and has every server do what is then due. */
    void attend() {
        clock.advance(Duration.ofSeconds(1));
        nodes.forEach(Jobs::wake);
    }

    /** The events of a job from now on as they come. */
    public static BlockingQueue<JobEvent> follow(Jobs jobs, String id, long after) {
        BlockingQueue<JobEvent> events = new LinkedBlockingQueue<>();
        jobs.follow(id, after, "a test", events::add);
        return events;
    }

    /** Waits for the job's end. */
    public static Job finished(Jobs jobs, Job job) throws InterruptedException {
        BlockingQueue<JobEvent> events = new LinkedBlockingQueue<>();
        AutoCloseable following = jobs.follow(job.id(), 0, "a test", events::add);
        JobEvent event;
        do {
            event = events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (event == null) {
                throw new AssertionError("The job did not end within %d s: %s, after the events %s, while %s"
                        .formatted(PATIENCE_SECONDS, jobs.find(job.id()), jobs.events(job.id(), 0, 100), busy()));
            }
        } while (!event.state().isFinished());
        try {
            // It would count as a follower a little longer.
            following.close();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        return jobs.find(job.id()).orElseThrow();
    }

    /** What the threads do that do something of Osprey's. */
    private static String busy() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> Arrays.stream(thread.getValue())
                        .anyMatch(frame -> frame.getClassName().startsWith("dev.osprey.")))
                .map(thread -> thread.getKey() + " " + Arrays.toString(thread.getValue()))
                .collect(Collectors.joining("\n"));
    }

    public static JobEvent next(BlockingQueue<JobEvent> events) throws InterruptedException {
        JobEvent event = events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (event == null) {
            throw new AssertionError("No event came within %d s".formatted(PATIENCE_SECONDS));
        }
        return event;
    }

    static Job submit(Jobs jobs, NewJob job) {
        try {
            return jobs.submit(job);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Expires and forgets what has become old, as happens by itself now and then. */
    public static void cleanUp(Jobs jobs) throws IOException {
        jobs.cleanUp();
    }

    public void close() throws InterruptedException {
        nodes.forEach(Jobs::close);
        threads.shutdownNow();
        if (!threads.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("Threads of the test are left");
        }
    }
}
