package dev.osprey.segmentation;

import dev.osprey.config.OspreyConfig;
import dev.osprey.config.TestConfig;
import dev.osprey.inference.Scheduler;
import dev.osprey.inference.TaskWork;
import dev.osprey.inference.Turnstile;
import dev.osprey.metrics.CountingMeters;
import dev.osprey.model.TestRepository;
import dev.osprey.runtime.WarmModels;
import dev.osprey.stream.FakePeer;
import dev.osprey.trace.RecordedTraces;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * The capability with real models, sessions and workers, and with clients in place of the container. The modes
 * {@code fast} and {@code balanced} are served by the model {@code a}, the others by {@code b}; both call the greatest
 * channel of a pixel its class. Opacity is 0: an answer shows its frame as it is.
 */
final class Stage implements AutoCloseable {

    static final String[] MODELS = {
        "segmentation.fast-model", "a",
        "segmentation.balanced-model", "a",
        "segmentation.accurate-model", "b",
        "segmentation.sota-model", "b"
    };

    private static final String[] SETTINGS = {
        "runtime.provider", "cpu",
        "segmentation.default-opacity", "0",
        "segmentation.jpeg-quality", "100"
    };

    private final ExecutorService workers = Executors.newCachedThreadPool();
    private final AtomicLong passed = new AtomicLong();
    private final Map<String, Turnstile> turnstiles = new HashMap<>();

    final TestRepository repository;
    final CountingMeters meters = new CountingMeters();
    final RecordedTraces tracing = new RecordedTraces(this::nanoTime);
    final Scheduler scheduler = new Scheduler(workers, TaskWork.ONE_RUN_PER_MODEL, this::nanoTime);
    final WarmModels models;

    /** Loads of models that were ordered and are to be run by the test. */
    final Deque<Runnable> loads = new ArrayDeque<>();

    private final String[] settings;

    final Segmentation segmentation;

    /** As the server finds it; may be put in the place of another. */
    volatile OspreyConfig config;

    /** @param changes of settings, key and value by turns */
    Stage(Path folder, String... changes) {
        repository = new TestRepository(folder).addTiny("a").addTiny("b", 1, patch -> patch.replace("/labels/1", "road")
                .add("/labels/-", "sky"));
        settings = Stream.of(SETTINGS, MODELS, new String[] {"model.repository", folder.toString()}, changes)
                .flatMap(Arrays::stream)
                .toArray(String[]::new);
        config = TestConfig.with(settings);
        models = WarmModels.open(config);
        models.loadAll();
        segmentation = new Segmentation(
                () -> config, models, scheduler, loads::add, meters, tracing.tracing(), this::nanoTime);
    }

    private long nanoTime() {
        return System.nanoTime() + passed.get();
    }

    /** Holds the workers of both models; from now on they work by {@link #turn}. */
    Stage byTurns() {
        turnstiles.put("a", new Turnstile(scheduler, "a"));
        turnstiles.put("b", new Turnstile(scheduler, "b"));
        return this;
    }

    /** Sets a setting while the streams go on. */
    void set(String... changes) {
        config = TestConfig.with(
                Stream.of(settings, changes).flatMap(Arrays::stream).toArray(String[]::new));
    }

    /** Lets time pass without waiting for it. */
    void pass(Duration time) {
        passed.addAndGet(time.toNanos());
    }

    /** Lets the model's worker do what waits for it: one frame of each stream at most. */
    void turn(String model) {
        Turnstile turnstile = turnstiles.get(model);
        if (turnstile == null) {
            throw new IllegalStateException("The workers are not held");
        }
        turnstile.turn();
    }

    /** A client that reads at once. */
    Client connect(Feature... features) {
        return connect(FakePeer.thatReadsAtOnce(), features);
    }

    Client connect(FakePeer peer, Feature... features) {
        return new Client(segmentation, peer, Set.of(features));
    }

    @Override
    public void close() {
        turnstiles.values().forEach(Turnstile::open);
        scheduler.close();
        workers.shutdown();
        models.close();
    }
}
