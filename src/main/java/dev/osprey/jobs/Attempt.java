package dev.osprey.jobs;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.jobs.JobStore.Claim;
import dev.osprey.metrics.Meters;
import dev.osprey.runtime.Cancellation;
import dev.osprey.trace.Trace;
import dev.osprey.trace.Tracing;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A run of a job on this node: it says what the run reports, and keeps how it ended until that is stored. Any thread; reports are
 * stored one after another.
 */
final class Attempt implements JobRun {

    private static final Logger LOG = System.getLogger(Attempt.class.getName());

    private static final int MAX_NAME_CHARACTERS = 100;

    private static final String OUTCOME = "osprey.job.outcome";

    private final Claim claim;
    private final JobFolders folders;
    private final Path folder;
    private final JobStore store;
    private final Consumer<String> changed;
    private final long progressMillis;
    private final InstantSource clock;
    private final Tracing tracing;
    private final Meters meters;
    private final Cancellation cancellation = new Cancellation();

    private @Nullable Report waiting;
    private String storedStage = "";
    private long storedAt;
    private long renewedAt;
    private volatile boolean lost;
    private volatile boolean stopping;
    private volatile @Nullable Ending ending;
    private volatile Trace trace = Trace.NONE;
    private String outcome = "succeeded";

    private record Report(String stage, double progress, String message) {}

    /** What is to be stored of how the run ended. */
    interface Ending {
        void store(JobStore store, Claim claim);
    }

    /** @param changed told the job's id after each stored report */
    Attempt(
            Claim claim,
            JobFolders folders,
            JobStore store,
            Consumer<String> changed,
            long progressMillis,
            InstantSource clock,
            Meters meters,
            Tracing tracing) {
        this.claim = claim;
        this.folders = folders;
        this.folder = folders.of(claim.id());
        this.store = store;
        this.changed = changed;
        this.progressMillis = progressMillis;
        this.clock = clock;
        this.meters = meters;
        this.tracing = tracing;
        this.renewedAt = clock.millis();
    }

    @Override
    public Job job() {
        return claim.job();
    }

    @Override
    public Path folder() {
        return folder;
    }

    @Override
    public int attempt() {
        return claim.job().attempt();
    }

    @Override
    public Cancellation cancellation() {
        return cancellation;
    }

    @Override
    public synchronized void progress(String stage, double progress, String message) {
        checkHeld();
        trace.stage(stage);
        if (!stage.equals(storedStage)) {
            // The last of the stage before.
            flush();
        }
        waiting = new Report(stage, progress, message);
        if (!stage.equals(storedStage) || clock.millis() - storedAt >= progressMillis) {
            flush();
        }
        checkHeld();
    }

    @Override
    public void artifact(String name, String mediaType, Path file) {
        checkHeld();
        if (name.isBlank()
                || name.length() > MAX_NAME_CHARACTERS
                || name.chars().anyMatch(c -> c < ' ' || c == 127 || c == '/' || c == '\\')) {
            throw new IllegalArgumentException("An artifact has a name of at most 100 characters without slashes");
        }
        if (mediaType.isBlank() || mediaType.length() > MAX_NAME_CHARACTERS) {
            throw new IllegalArgumentException("A media type has 1 to 100 characters");
        }
        Path inside = folder.resolve(file).toAbsolutePath().normalize();
        if (!inside.startsWith(folder) || !Files.isRegularFile(inside)) {
            throw new IllegalArgumentException("The artifact %s is no file of the job's folder".formatted(name));
        }
        String relative = folder.relativize(inside).toString().replace('\\', '/');
        synchronized (this) {
            flush();
            guarded(() -> store.artifact(
                    claim,
                    new Job.Artifact(name, relative, mediaType, inside.toFile().length())));
        }
        changed.accept(claim.id());
    }

    /** Does the job; afterwards there is an {@link #ending}. */
    void run(JobKind kind) {
        long begunAt = clock.millis();
        observed(() -> {
            meters.jobBegan(kind());
            trace = tracing.job(id(), kind(), attempt());
        });
        Ending end = tryRun(kind);
        // Before anybody may take the run for over, and the server for one that can end.
        observed(() -> {
            meters.jobEnded(kind(), outcome, Duration.ofMillis(Math.max(0, clock.millis() - begunAt)));
            trace.set(OUTCOME, outcome);
            trace.end();
        });
        ending = end;
    }

    /** That a run cannot be measured must not keep it from ending. */
    private void observed(Runnable observation) {
        try {
            observation.run();
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "A run of the job %s could not be measured".formatted(id()), e);
        }
    }

    private Ending tryRun(JobKind kind) {
        try {
            String result = kind.run(this);
            if (lost) {
                outcome = "lost";
            }
            return (records, held) -> records.succeed(held, result, folders.bytes(held.id()));
        } catch (OspreyException e) {
            return ending(e);
        } catch (Exception | Error e) {
            // An Error as well: what does the job may use native libraries and much memory, and must not take the
            // worker with it.
            if (!cancellation.isRequested()) {
                LOG.log(Level.ERROR, "The job %s of kind %s failed".formatted(id(), kind.name()), e);
            }
            return failure(new Job.Failure(ErrorCode.JOB_FAILED, "The job failed; the server's log says why"));
        }
    }

    private Ending ending(OspreyException e) {
        if (e.code() == ErrorCode.STORE_UNAVAILABLE) {
            outcome = "handed-back";
            return (records, held) -> records.handBack(held, true);
        }
        if (!cancellation.isRequested()) {
            // What the job was given is wrong: whoever gave it is told.
            Level level = e.code().httpStatus() < 500 ? Level.INFO : Level.WARNING;
            LOG.log(level, "The job {0} of kind {1} failed: {2}", id(), kind(), e.reason());
        }
        return failure(new Job.Failure(e.code(), e.detail()));
    }

    private Ending failure(Job.Failure failure) {
        ended(failure);
        // A run that was only asked to make way for the server's stop has not failed.
        return (records, held) -> {
            if (stopping) {
                records.handBack(held, false);
            } else {
                records.fail(held, failure, folders.bytes(held.id()));
            }
        };
    }

    private void ended(Job.Failure failure) {
        if (stopping || lost) {
            outcome = stopping ? "handed-back" : "lost";
        } else if (cancellation.isRequested()) {
            outcome = "cancelled";
        } else {
            outcome = "failed";
            trace.fail(failure.code().name(), failure.detail());
        }
    }

    boolean hasEnded() {
        return ending != null;
    }

    /**
     * Stores how the run ended, or that it has not.
     *
     * @throws OspreyException {@link ErrorCode#STORE_UNAVAILABLE}: to be tried again
     */
    void settle() {
        flush();
        Ending end = ending;
        try {
            if (end == null) {
                store.handBack(claim, false);
            } else {
                end.store(store, claim);
            }
        } catch (OspreyException e) {
            if (e.code() != ErrorCode.LEASE_LOST) {
                throw e;
            }
            lose();
        }
        changed.accept(claim.id());
    }

    /** The server stops: the run is to end, the job not. */
    void stop() {
        stopping = true;
        cancellation.request();
    }

    /** Keeps the job this node's, a few times within the lease, and stores what the run has reported meanwhile. */
    synchronized void attend(long leaseMillis) {
        if (lost) {
            return;
        }
        if (waiting != null && clock.millis() - storedAt >= progressMillis) {
            flush();
        }
        if (clock.millis() - renewedAt >= leaseMillis / 3) {
            guarded(() -> store.renew(claim));
            renewedAt = clock.millis();
        }
    }

    /** Stores the newest report, unless that has happened. */
    private synchronized void flush() {
        Report report = waiting;
        if (report == null || lost) {
            return;
        }
        try {
            store.progress(claim, report.stage(), report.progress(), report.message());
            waiting = null;
            storedStage = report.stage();
            storedAt = clock.millis();
        } catch (OspreyException e) {
            if (e.code() == ErrorCode.LEASE_LOST) {
                lose();
            }
            // Else it waits on, with whatever is reported next.
            return;
        }
        changed.accept(claim.id());
    }

    private void guarded(Runnable write) {
        try {
            write.run();
        } catch (OspreyException e) {
            if (e.code() == ErrorCode.LEASE_LOST) {
                lose();
            }
            throw e;
        }
    }

    private void lose() {
        lost = true;
        cancellation.request();
    }

    private void checkHeld() {
        if (lost) {
            throw new OspreyException(ErrorCode.LEASE_LOST, "The job is no longer this run's");
        }
    }

    String id() {
        return claim.id();
    }

    String kind() {
        return claim.job().kind();
    }
}
