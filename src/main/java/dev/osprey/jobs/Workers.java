package dev.osprey.jobs;

import dev.osprey.config.OspreyConfig;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.jobs.Job.State;
import dev.osprey.jobs.JobStore.Claim;
import dev.osprey.jobs.JobStore.Glance;
import dev.osprey.metrics.Meters;
import dev.osprey.trace.Tracing;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Does the jobs of this node. One thread goes round: it stores how runs ended, renews leases, passes on what other servers have
 * asked for, claims as many jobs of each kind as may run, and waits until somebody has news or the next look is due. The runs
 * themselves are on threads of the executor's. What fails in a round because the database does not answer is done in a later one.
 */
final class Workers {

    private static final Logger LOG = System.getLogger(Workers.class.getName());

    /** How often those that others may have news for are looked after. */
    private static final Duration ATTENTION = Duration.ofSeconds(1);

    private static final Duration CLEANING = Duration.ofMinutes(10);
    /** Longer than preparing a job takes, during which its folder has no record yet. */
    private static final Duration ORPHAN_AGE = Duration.ofHours(24);

    private final JobStore store;
    private final JobFolders folders;
    private final Node node;
    private final List<JobKind> kinds;
    private final Followers followers;
    private final OspreyConfig.Jobs config;
    private final Executor executor;
    private final InstantSource clock;
    private final Meters meters;
    private final Tracing tracing;

    private final Set<Attempt> attempts = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean cleaning = new AtomicBoolean();
    private final CountDownLatch over = new CountDownLatch(1);
    private final Object news = new Object();
    private boolean isNews = true;
    private volatile boolean stopping;
    private volatile Optional<String> trouble = Optional.empty();
    private volatile Map<State, Long> counts = new EnumMap<>(State.class);

    private boolean tookBack;
    private long attendedAt;
    private long lookedAt;
    private long cleanedAt;

    Workers(
            JobStore store,
            JobFolders folders,
            Node node,
            List<JobKind> kinds,
            Followers followers,
            OspreyConfig.Jobs config,
            Executor executor,
            InstantSource clock,
            Meters meters,
            Tracing tracing) {
        this.store = store;
        this.folders = folders;
        this.node = node;
        this.kinds = List.copyOf(kinds);
        this.followers = followers;
        this.config = config;
        this.executor = executor;
        this.clock = clock;
        this.meters = meters;
        this.tracing = tracing;
    }

    /** Goes round until {@link #stop}, on the caller's thread. */
    void work() {
        try {
            while (!stopping) {
                try {
                    round(takeNews());
                    recovered();
                } catch (OspreyException e) {
                    troubled(e);
                } catch (RuntimeException e) {
                    // Unforeseen, but without this thread no job would be done until the next start.
                    if (trouble.isEmpty()) {
                        LOG.log(Level.WARNING, "A round of the jobs failed", e);
                    }
                    troubled(new OspreyException(ErrorCode.JOB_FAILED, "The jobs cannot be looked after", e));
                }
                waitForNews();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            over.countDown();
        }
    }

    /** There is something to do: a job was submitted or cancelled, a run has ended. */
    void wake() {
        synchronized (news) {
            isNews = true;
            news.notifyAll();
        }
    }

    /** Why the database does not answer, where it does not. */
    Optional<String> trouble() {
        return trouble;
    }

    /** Jobs by state, as of the last round. */
    long count(State state) {
        return counts.getOrDefault(state, 0L);
    }

    /** Asks the runs of a job to end. */
    void cancel(String id) {
        attempts.stream().filter(attempt -> attempt.id().equals(id)).forEach(attempt -> attempt.cancellation()
                .request());
    }

    private void round(boolean newsCame) {
        long now = clock.millis();
        if (!tookBack) {
            tell(store.takeBackFrom(node.id()));
            tookBack = true;
        }
        OspreyException unsettled = settleEnded();
        if (now - attendedAt >= ATTENTION.toMillis()) {
            attendedAt = now;
            attend();
        }
        boolean lookDue = now - lookedAt >= config.pollInterval().toMillis();
        if (lookDue) {
            lookedAt = now;
            tell(store.takeBackExpired(node.id()));
        }
        if (lookDue || newsCame) {
            claim();
            counts = store.counts();
        }
        if (now - cleanedAt >= CLEANING.toMillis()) {
            cleanedAt = now;
            clean();
        }
        if (unsettled != null) {
            throw unsettled;
        }
    }

    /** One that cannot be stored does not hold up the others. */
    private @Nullable OspreyException settleEnded() {
        List<Attempt> ended = attempts.stream().filter(Attempt::hasEnded).toList();
        OspreyException failure = null;
        for (Attempt attempt : ended) {
            try {
                attempt.settle();
                attempts.remove(attempt);
            } catch (OspreyException e) {
                failure = e;
            }
        }
        return failure;
    }

    private void attend() {
        Set<String> ids = followers.ids();
        attempts.forEach(attempt -> ids.add(attempt.id()));
        Set<String> toCancel = new HashSet<>();
        for (Glance glance : store.glance(ids)) {
            followers.moved(glance.id(), glance.lastSequence());
            if (glance.cancelRequested()) {
                toCancel.add(glance.id());
            }
        }
        toCancel.forEach(this::cancel);
        followers.passed(clock.millis());
        for (Attempt attempt : attempts) {
            try {
                attempt.attend(config.lease().toMillis());
            } catch (OspreyException e) {
                if (e.code() != ErrorCode.LEASE_LOST) {
                    throw e;
                }
                LOG.log(
                        Level.WARNING,
                        "Another server has taken the job {0} of kind {1} that ran here",
                        attempt.id(),
                        attempt.kind());
            }
        }
    }

    private void claim() {
        for (JobKind kind : kinds) {
            while (!stopping && running(kind) < kind.concurrency()) {
                Optional<Claim> claim = store.claim(kind.name(), node.id());
                if (claim.isEmpty()) {
                    break;
                }
                begin(kind, claim.get());
            }
        }
    }

    private long running(JobKind kind) {
        return attempts.stream()
                .filter(attempt -> attempt.kind().equals(kind.name()))
                .count();
    }

    private void begin(JobKind kind, Claim claim) {
        Attempt attempt = new Attempt(
                claim,
                folders,
                store,
                followers::changed,
                config.progressInterval().toMillis(),
                clock,
                meters,
                tracing);
        attempts.add(attempt);
        followers.changed(claim.id());
        try {
            executor.execute(() -> {
                attempt.run(kind);
                wake();
            });
        } catch (RejectedExecutionException e) {
            // Only while the server stops, which hands it back.
            LOG.log(Level.DEBUG, "No thread for a job", e);
        }
    }

    private void clean() {
        if (!cleaning.compareAndSet(false, true)) {
            return;
        }
        try {
            executor.execute(() -> {
                try {
                    cleanUp();
                } catch (OspreyException e) {
                    LOG.log(Level.DEBUG, "Nothing was tidied up: {0}", e.reason());
                } catch (IOException e) {
                    LOG.log(Level.WARNING, "Files of old jobs cannot be removed: {0}", e.toString());
                } finally {
                    cleaning.set(false);
                }
            });
        } catch (RejectedExecutionException e) {
            cleaning.set(false);
        }
    }

    /** Expires what is too old or, from the oldest on, too much; forgets what expired long ago; removes folders nobody needs. */
    void cleanUp() throws IOException {
        Duration keepFiles = Duration.ofHours(config.keepFilesHours());
        for (String id : store.expireOlderThan(keepFiles)) {
            removeFiles(id);
        }
        List<JobStore.Kept> kept = store.keptSince();
        long excess = kept.stream().mapToLong(JobStore.Kept::bytes).sum() - ((long) config.maxFilesMib() << 20);
        for (JobStore.Kept job : kept) {
            if (excess <= 0) {
                break;
            }
            if (job.bytes() > 0 && store.expire(job.id())) {
                removeFiles(job.id());
                excess -= job.bytes();
            }
        }
        store.forgetOlderThan(keepFiles.plusHours(config.keepRecordHours()));
        for (String id : folders.untouchedSince(clock.instant().minus(ORPHAN_AGE))) {
            if (!store.needsFolder(id)) {
                folders.delete(id);
            }
        }
    }

    private void removeFiles(String id) throws IOException {
        folders.delete(id);
        followers.changed(id);
    }

    private void tell(List<String> changed) {
        changed.forEach(followers::changed);
    }

    private boolean takeNews() {
        synchronized (news) {
            boolean came = isNews;
            isNews = false;
            return came;
        }
    }

    private void waitForNews() throws InterruptedException {
        boolean attention = !attempts.isEmpty() || !followers.ids().isEmpty() || trouble.isPresent();
        long limitNanos = System.nanoTime()
                + (attention && ATTENTION.compareTo(config.pollInterval()) < 0 ? ATTENTION : config.pollInterval())
                        .toNanos();
        synchronized (news) {
            long left = limitNanos - System.nanoTime();
            while (!isNews && !stopping && left > 0) {
                TimeUnit.NANOSECONDS.timedWait(news, left);
                left = limitNanos - System.nanoTime();
            }
        }
    }

    private void troubled(OspreyException e) {
        if (trouble.isEmpty()) {
            LOG.log(Level.ERROR, "{0}; jobs wait until it does", e.reason().replaceAll("\\s+", " "));
            LOG.log(Level.DEBUG, "Where it was asked", e);
        }
        trouble = Optional.of(e.detail());
        // What this round did not get to, the next one has to.
        synchronized (news) {
            lookedAt = 0;
        }
    }

    private void recovered() {
        if (trouble.isPresent()) {
            LOG.log(Level.INFO, "The job store answers again");
            trouble = Optional.empty();
        }
    }

    /** Begins nothing new and asks all runs to end; does not wait. */
    void retire() {
        stopping = true;
        attempts.forEach(Attempt::stop);
        wake();
    }

    /** Asks all runs to end, waits for them, and hands back what is not done. */
    void stop(Duration patience) {
        retire();
        long limitNanos = System.nanoTime() + patience.toNanos();
        try {
            if (!over.await(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                LOG.log(Level.WARNING, "The job store does not answer while the server stops");
            }
            // Also those that were begun in the last round.
            attempts.forEach(Attempt::stop);
            synchronized (news) {
                long left = limitNanos - System.nanoTime();
                while (left > 0 && !attempts.stream().allMatch(Attempt::hasEnded)) {
                    TimeUnit.NANOSECONDS.timedWait(news, left);
                    left = limitNanos - System.nanoTime();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (Attempt attempt : attempts) {
            try {
                attempt.settle();
            } catch (OspreyException e) {
                LOG.log(
                        Level.WARNING,
                        "The job {0} is handed back only at the next start: {1}",
                        attempt.id(),
                        e.reason());
            }
        }
        attempts.clear();
    }
}
