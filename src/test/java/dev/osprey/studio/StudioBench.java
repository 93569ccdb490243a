package dev.osprey.studio;

import dev.osprey.access.Caller;
import dev.osprey.access.Credential;
import dev.osprey.access.Scope;
import dev.osprey.config.OspreyConfig;
import dev.osprey.config.TestConfig;
import dev.osprey.inference.Capacity;
import dev.osprey.inference.Scheduler;
import dev.osprey.jobs.Bench;
import dev.osprey.jobs.Job;
import dev.osprey.jobs.JobKind;
import dev.osprey.jobs.Jobs;
import dev.osprey.metrics.CountingMeters;
import dev.osprey.model.TestRepository;
import dev.osprey.runtime.WarmModels;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The studio in one process, on a depth network that sees the same in every picture, with jobs whose clock stands still. */
final class StudioBench {

    static final Caller ONE = caller("one");
    static final Caller OTHER = caller("other");

    final TestRepository repository;
    final CountingMeters meters = new CountingMeters();
    final WarmModels models;
    final Path cacheFolder;
    final ResultCache cache;
    final Bench bench;
    final Jobs jobs;
    final Watchers watchers;
    final Studio studio;
    private final ExecutorService workers = Executors.newCachedThreadPool();
    private final Scheduler scheduler;

    /** @param more kinds of jobs; one in place of the studio's own where it has its name */
    StudioBench(Path folder, JobKind... more) {
        repository = new TestRepository(folder.resolve("models"));
        see("depth", 1, 2, 3, 4);
        OspreyConfig config = TestConfig.with(
                "model.repository",
                repository.folder().toString(),
                "runtime.provider",
                "cpu",
                "studio.concurrent-meshes",
                "4");
        models = WarmModels.open(config);
        models.loadAll();
        scheduler = new Scheduler(
                workers, new Capacity(1, 1, Duration.ofSeconds(1), Duration.ofSeconds(1)), System::nanoTime, meters);
        bench = new Bench(
                folder.resolve("jobs"), "url", Bench.inMemory(), "keep-files-hours", "10", "keep-record-hours", "5");
        cacheFolder = folder.resolve("cache");
        cache = new ResultCache(cacheFolder, 100, Long.MAX_VALUE, Duration.ofDays(1000), bench.clock);
        List<JobKind> kinds = new ArrayList<>(Arrays.asList(more));
        for (JobKind own : List.of(
                new UploadJob(),
                new MeshJob(config.studio(), models, scheduler, cache),
                new MeshOperation(config.studio()))) {
            if (kinds.stream().noneMatch(kind -> kind.name().equals(own.name()))) {
                kinds.add(own);
            }
        }
        jobs = bench.node(kinds.toArray(JobKind[]::new));
        watchers = new Watchers(jobs, models, config, bench.threads);
        studio = new Studio(() -> config, jobs, models, watchers, System::nanoTime);
    }

    static Caller caller(String id) {
        return new Caller(id, id, false, Set.of(Scope.STUDIO), Caller.Allowance.UNLIMITED, new Credential.Endless());
    }

    /** Gives the depth network another manifest or other weights; it is served from the next {@link WarmModels#swap} on. */
    void see(String decoder, float... depths) {
        repository.addDepth("depth", decoder, depths, 2, 2);
    }

    /** How often the depth network has run. */
    int runs() {
        return meters.counts().getOrDefault("ran depth 1", 0);
    }

    Job upload(int seed, Caller caller) throws IOException, InterruptedException {
        return Bench.finished(jobs, studio.upload("a.png", StudioClient.picture(seed, 64, 48), caller));
    }

    /** A solid that was asked for and has been made. */
    Job solid(Job picture, String format, Caller caller) throws Exception {
        return Bench.finished(jobs, studio.submit(request(picture, format), caller));
    }

    static MeshRequest request(Job picture, String format) {
        return MeshRequest.ofJson(
                "{\"job_id\":\"%s\",\"format\":\"%s\",\"quality\":3}".formatted(picture.id(), format));
    }

    void close() throws InterruptedException {
        bench.close();
        scheduler.close();
        models.close();
        workers.shutdown();
    }
}
