package dev.osprey.jobs;

import dev.osprey.access.Caller;
import dev.osprey.config.OspreyConfig;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.jobs.Job.Artifact;
import dev.osprey.jobs.Job.State;
import dev.osprey.metrics.Meters;
import dev.osprey.trace.Tracing;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Jobs: submitting, looking, following, cancelling. Any thread.
 *
 * <p>The store is opened on a thread of its own after {@link #start}; whoever comes before that is done waits for it. Where it cannot
 * be opened, or does not answer, every method fails with {@link ErrorCode#STORE_UNAVAILABLE} until it does, and the rest of the
 * server goes on.
 */
public final class Jobs implements AutoCloseable {

    private static final Logger LOG = System.getLogger(Jobs.class.getName());

    private static final long BYTES_PER_MIB = 1_048_576;

    private static final Duration OPENING = Duration.ofSeconds(30);
    private static final Duration RETRY = Duration.ofSeconds(5);
    private static final Duration FAREWELL = Duration.ofSeconds(10);

    private final Supplier<OspreyConfig.Jobs> live;
    private final OspreyConfig.Jobs config;
    private final Executor executor;
    private final InstantSource clock;
    private final Meters meters;
    private final Tracing tracing;
    private final JobFolders folders;
    private final Followers followers;
    private final CountDownLatch tried = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile Map<String, JobKind> kinds = Map.of();
    private volatile @Nullable JobStore store;
    private volatile @Nullable Node node;
    private volatile @Nullable Workers workers;
    private volatile @Nullable OspreyException obstacle;

    /** Puts files into a new job's folder before anybody may begin the job. */
    @FunctionalInterface
    public interface Preparation {
        void prepare(Path folder) throws IOException;
    }

    /**
     * @param live the settings, asked again for those that may change
     * @param executor for as many threads as there are runs, followers and a few more; it stays the caller's
     */
    public Jobs(
            Supplier<OspreyConfig.Jobs> live, Executor executor, InstantSource clock, Meters meters, Tracing tracing) {
        this.live = live;
        this.config = live.get();
        this.executor = executor;
        this.clock = clock;
        this.meters = meters;
        this.tracing = tracing;
        this.folders = new JobFolders(config.folder().resolve("artifacts"));
        this.followers =
                new Followers(executor, live, (id, afterSequence, limit) -> store().events(id, afterSequence, limit));
        for (State state : State.values()) {
            meters.jobs(JobJson.wireName(state), () -> count(state));
        }
        meters.measured("osprey_job_followers", "Clients that follow the events of jobs.", followers::count);
    }

    /**
     * Opens the store and does the jobs of these kinds, on threads of the executor's.
     *
     * @param kinds asked once, on one of those threads; may take its time
     */
    public void start(Supplier<List<JobKind>> kinds) {
        executor.execute(() -> work(kinds));
    }

    private void work(Supplier<List<JobKind>> known) {
        try {
            JobStore opened = open();
            while (opened == null && !closed.await(RETRY.toMillis(), TimeUnit.MILLISECONDS)) {
                opened = open();
            }
            Node held = node;
            if (opened == null || held == null) {
                return;
            }
            store = opened;
            tried.countDown();
            List<JobKind> all = known.get();
            kinds = all.stream().collect(Collectors.toUnmodifiableMap(JobKind::name, Function.identity()));
            Workers begun =
                    new Workers(opened, folders, held, all, followers, config, executor, clock, meters, tracing);
            workers = begun;
            if (closed.getCount() == 0) {
                begun.stop(Duration.ZERO);
            }
            begun.work();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (OspreyException e) {
            // What does the jobs could not be put together, for want of a model, say.
            obstruct(e);
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "What does the jobs could not be put together", e);
            obstruct(new OspreyException(
                    ErrorCode.JOB_FAILED, "What does the jobs could not be put together: the log says why", e));
        } finally {
            tried.countDown();
        }
    }

    private @Nullable JobStore open() {
        try {
            Node held = node;
            if (held == null) {
                node = Node.of(config.folder());
            }
            JobStore opened = JobStore.open(live, clock);
            if (obstacle != null) {
                LOG.log(Level.INFO, "The job store is open");
                obstacle = null;
            }
            return opened;
        } catch (OspreyException e) {
            obstruct(e);
        } catch (IOException e) {
            obstruct(new OspreyException(
                    ErrorCode.STORE_UNAVAILABLE, "The folder of the job store cannot be written to", e));
        } catch (RuntimeException | LinkageError e) {
            // Libraries of the database's; whatever is wrong with them, the streams go on.
            obstruct(new OspreyException(
                    ErrorCode.STORE_UNAVAILABLE, "The job store cannot be opened: the log says why", e));
        }
        tried.countDown();
        return null;
    }

    /** One line for one obstacle, however often it is met. */
    private void obstruct(OspreyException met) {
        OspreyException before = obstacle;
        if (before == null || !before.reason().equals(met.reason())) {
            LOG.log(
                    Level.ERROR,
                    "{0}. There are no jobs until it can be opened, which is tried every {1} s",
                    met.reason(),
                    RETRY.toSeconds());
        }
        obstacle = met;
    }

    /** Why there are no jobs at present; empty where there are. */
    public Optional<String> obstacle() {
        OspreyException met = obstacle;
        if (met != null) {
            return Optional.of(met.detail());
        }
        Workers begun = workers;
        return begun == null ? Optional.of("The job store is being opened") : begun.trouble();
    }

    private JobStore store() {
        JobStore opened = store;
        if (opened == null) {
            try {
                if (!tried.await(OPENING.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new OspreyException(ErrorCode.STORE_UNAVAILABLE, "The job store is still being opened");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            opened = store;
        }
        if (opened == null) {
            OspreyException met = obstacle;
            throw new OspreyException(
                    ErrorCode.STORE_UNAVAILABLE, met == null ? "The job store is closed" : met.detail(), met);
        }
        return opened;
    }

    /** As {@link #submit(NewJob, Preparation)}, with an empty folder. */
    public Job submit(NewJob job) throws IOException {
        return submit(job, folder -> {});
    }

    /**
     * Submits a job; when this returns, it is done sooner or later, whatever happens to this server.
     *
     * @throws OspreyException {@link ErrorCode#CAPACITY_EXHAUSTED} where too many wait or the disk is nearly full, {@link
     *     ErrorCode#STORE_UNAVAILABLE},
     *     {@link ErrorCode#SETTING_INVALID} for too long parameters
     * @throws IOException as the preparation does, or where the folder cannot be made; there is no job then
     */
    public Job submit(NewJob job, Preparation preparation) throws IOException {
        JobStore records = store();
        requireRoom();
        String id = UUID.randomUUID().toString();
        boolean submitted = false;
        try {
            preparation.prepare(folders.create(id));
            Job accepted = records.submit(id, job);
            submitted = true;
            wake();
            return accepted;
        } finally {
            if (!submitted) {
                folders.delete(id);
            }
        }
    }

    private void requireRoom() throws IOException {
        Files.createDirectories(config.folder());
        long freeMib = Files.getFileStore(config.folder()).getUsableSpace() / BYTES_PER_MIB;
        if (freeMib < config.minFreeMib()) {
            throw new OspreyException(
                    ErrorCode.CAPACITY_EXHAUSTED,
                    "%d MiB are free on the disk of the jobs, which keeps %d MiB"
                            .formatted(freeMib, config.minFreeMib()));
        }
    }

    /** The job of that id, which may be any text. */
    public Optional<Job> find(String id) {
        return store().find(id);
    }

    /** Newest first, of one kind or of all, of one owner or of all. */
    public List<Job> latest(Optional<String> kind, Optional<String> owner, int limit, int offset) {
        return latest(kind, owner, Optional.empty(), limit, offset);
    }

    /** Newest first, of one kind or of all, of one owner or of all, in one state or in any. */
    public List<Job> latest(
            Optional<String> kind, Optional<String> owner, Optional<State> state, int limit, int offset) {
        return store().latest(kind, owner, state, limit, offset);
    }

    /** Newest first, those of a kind that have this {@link NewJob#reference}. */
    public List<Job> named(String kind, String reference, int limit) {
        return store().named(kind, reference, limit);
    }

    /**
     * Cancels a job: at once where it waits; where it is done, on whatever server, its run is asked to end and the job is cancelled
     * when it has. One that has ended stays as it is.
     *
     * @return the job as it is now
     * @throws OspreyException {@link ErrorCode#JOB_UNKNOWN}
     */
    public Job cancel(String id) {
        Job job = store().cancel(id);
        Workers begun = workers;
        if (begun != null && job.state() == State.RUNNING) {
            begun.cancel(id);
        }
        followers.changed(id);
        wake();
        return job;
    }

    /**
     * Submits a new job of the kind, parameters, owner and reference of one that has ended, with the same input.
     *
     * @throws OspreyException {@link ErrorCode#JOB_UNKNOWN}, {@link ErrorCode#JOB_UNFINISHED}, {@link ErrorCode#JOB_INPUT_GONE}, and
     *     as {@link #submit(NewJob)}
     */
    public Job retry(String id) throws IOException {
        Job job = find(id).orElseThrow(() -> new OspreyException(ErrorCode.JOB_UNKNOWN, "There is no job of that id"));
        if (!job.state().isFinished()) {
            throw new OspreyException(ErrorCode.JOB_UNFINISHED, "The job has not ended; it can be retried once it has");
        }
        JobKind kind = kinds.get(job.kind());
        if (kind == null) {
            throw new OspreyException(
                    ErrorCode.JOB_INPUT_GONE, "This server does no jobs of the kind \"%s\"".formatted(job.kind()));
        }
        Path folder = folder(job);
        return submit(
                new NewJob(job.kind(), job.owner(), job.reference(), job.parameters()),
                fresh -> folders.share(folder, kind.inputs(folder), fresh));
    }

    /**
     * Forgets a job that has ended, with its files and events.
     *
     * @throws OspreyException {@link ErrorCode#JOB_UNKNOWN}, {@link ErrorCode#JOB_UNFINISHED}
     */
    public void delete(String id) {
        store().delete(id);
        try {
            folders.delete(id);
        } catch (IOException e) {
            // They are nobody's now, and go when the next tidying-up finds them.
            LOG.log(Level.WARNING, "Files of the deleted job {0} cannot be removed yet: {1}", id, e.toString());
        }
        wake();
    }

    /** At most so many events of a job after that number, in order; none of a job that there is not. */
    public List<JobEvent> events(String id, long afterSequence, int limit) {
        return store().events(id, afterSequence, limit);
    }

    /**
     * Tells the listener of every event of a job after that number: those in the log, then each that comes, in order, each once. It
     * is told on threads of the executor's, one event at a time, until the returned handle is closed; it may be told of one event
     * more while that happens. It may block, at the cost of a thread; when it throws, it is told no more.
     *
     * @param account whose share it is of what may be followed: {@code Caller.account}
     * @throws OspreyException {@link ErrorCode#CAPACITY_EXHAUSTED} where as many follow as may, or that one does
     */
    public AutoCloseable follow(String id, long afterSequence, String account, Consumer<JobEvent> listener) {
        return watch(id, afterSequence, account, listener::accept);
    }

    /** As {@link #follow}, for a listener that also wants to hear when nothing happens. */
    AutoCloseable watch(String id, long afterSequence, String account, Followers.Listener listener) {
        AutoCloseable handle = followers.follow(id, afterSequence, account, listener);
        // There is somebody to look after now.
        wake();
        return handle;
    }

    /** Ends what clients follow over HTTP where they are not welcome any more. */
    public void dismissUnless(Predicate<Caller> welcome) {
        followers.dismissUnless(welcome);
    }

    /** Threads for what takes as long as a client likes. */
    Executor threads() {
        return executor;
    }

    /** The job's folder, which is there until the job expires or is deleted. */
    public Path folder(Job job) {
        return folders.of(job.id());
    }

    /** @throws OspreyException {@link ErrorCode#ARTIFACT_UNKNOWN} */
    public Path file(Job job, Artifact artifact) {
        Path folder = folder(job);
        Path file = folder.resolve(artifact.file()).normalize();
        if (!file.startsWith(folder) || !Files.isRegularFile(file)) {
            throw new OspreyException(ErrorCode.ARTIFACT_UNKNOWN, "The job's artifact is gone");
        }
        return file;
    }

    /** That wait or run, as of the last look at them. */
    public int unfinished() {
        return count(State.QUEUED) + count(State.RUNNING);
    }

    /** In that state, as of the last look at them. */
    public int count(State state) {
        Workers begun = workers;
        return begun == null ? 0 : (int) begun.count(state);
    }

    /** For tests with a clock of their own: what has become due is done. */
    void wake() {
        Workers begun = workers;
        if (begun != null) {
            begun.wake();
        }
    }

    /** As happens by itself now and then. */
    void cleanUp() throws IOException {
        Workers begun = workers;
        if (begun != null) {
            begun.cleanUp();
        }
    }

    /** Begins no more jobs here and asks all runs to end, as they will go on elsewhere or later; does not wait. */
    public void retire() {
        closed.countDown();
        Workers begun = workers;
        if (begun != null) {
            begun.retire();
        }
    }

    /** As {@link #close(Duration)}, with a few seconds. */
    @Override
    public void close() {
        close(FAREWELL);
    }

    /**
     * Asks all runs to end, hands back the jobs that are not done, and closes the store.
     *
     * @param patience with runs that do not end; their jobs are handed back all the same
     */
    public void close(Duration patience) {
        closed.countDown();
        followers.close();
        Workers begun = workers;
        if (begun != null) {
            begun.stop(patience);
        }
        JobStore opened = store;
        store = null;
        if (opened != null) {
            opened.close();
        }
        Node held = node;
        node = null;
        if (held != null) {
            try {
                held.close();
            } catch (IOException e) {
                LOG.log(Level.DEBUG, "The node's file stays open until the process ends", e);
            }
        }
    }
}
