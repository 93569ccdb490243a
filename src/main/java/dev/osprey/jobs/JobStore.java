package dev.osprey.jobs;

import dev.osprey.config.OspreyConfig;
import dev.osprey.database.Tables;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.jobs.Job.State;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.persistence.TypedQuery;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The records of jobs. Whatever changes a job locks its row, looks whether the change is still allowed, and writes the job together
 * with the event that tells of it: so the sequence numbers of a job have no gap when they are given, and who reads after a number
 * misses nothing. Any thread, any number of servers.
 *
 * <p>Every method fails with {@link ErrorCode#STORE_UNAVAILABLE} where the database does not answer.
 */
final class JobStore implements AutoCloseable {

    static final int MAX_DOCUMENT_CHARACTERS = 1_000_000;

    private static final int MAX_NAME_CHARACTERS = 200;
    private static final int MAX_STAGE_CHARACTERS = 100;
    private static final int MAX_MESSAGE_CHARACTERS = 1_000;
    /** Claiming takes no row that somebody else is about to take. */
    private static final String NEXT =
            "select id from job where state = 'QUEUED' and kind = ?1 order by submitted_at, id limit 1 for update skip locked";

    private final Tables tables;
    private final Supplier<OspreyConfig.Jobs> live;
    private final OspreyConfig.Jobs config;
    private final InstantSource clock;

    /**
     * A run's right to write.
     *
     * @param number of this claim among those of the job
     */
    record Claim(Job job, long number, String node) {

        String id() {
            return job.id();
        }
    }

    /** What of a job others may have changed. */
    record Glance(String id, boolean cancelRequested, long lastSequence) {}

    /** A job whose files take so many bytes. */
    record Kept(String id, long bytes) {}

    JobStore(Tables tables, Supplier<OspreyConfig.Jobs> live, InstantSource clock) {
        this.tables = tables;
        this.live = live;
        this.config = live.get();
        this.clock = clock;
    }

    /** Opens the database, which takes a second or, where it is far away, more. */
    static JobStore open(Supplier<OspreyConfig.Jobs> live, InstantSource clock) {
        return new JobStore(Tables.open(live.get(), "jobs"), live, clock);
    }

    Job submit(String id, NewJob wanted) {
        return write(manager -> {
            long waiting = manager.createQuery("select count(j) from StoredJob j where j.state = :state", Long.class)
                    .setParameter("state", State.QUEUED)
                    .getSingleResult();
            int most = live.get().maxWaiting();
            if (waiting >= most) {
                throw new OspreyException(
                        ErrorCode.CAPACITY_EXHAUSTED, "%d jobs wait already, at most %d may".formatted(waiting, most));
            }
            StoredJob job = new StoredJob();
            job.id = id;
            job.kind = wanted.kind();
            job.owner =
                    wanted.owner().map(owner -> cut(owner, MAX_NAME_CHARACTERS)).orElse(null);
            job.reference = wanted.reference()
                    .map(name -> cut(name, MAX_NAME_CHARACTERS))
                    .orElse(null);
            job.parameters = document("parameters", wanted.parameters());
            job.submittedAt = clock.millis();
            manager.persist(job);
            // Before its event, which refers to it.
            manager.flush();
            append(manager, job, JobEvent.Type.STATE, stateData(job));
            return job.job();
        });
    }

    Optional<Job> find(String id) {
        return read(manager ->
                Optional.ofNullable(manager.find(StoredJob.class, id)).map(StoredJob::job));
    }

    /** Newest first, of one kind or of all, of one owner or of all, in one state or in any. */
    List<Job> latest(Optional<String> kind, Optional<String> owner, Optional<State> state, int limit, int offset) {
        return read(manager -> {
            List<String> conditions = new ArrayList<>();
            kind.ifPresent(name -> conditions.add("j.kind = :kind"));
            owner.ifPresent(name -> conditions.add("j.owner = :owner"));
            state.ifPresent(wanted -> conditions.add("j.state = :state"));
            TypedQuery<StoredJob> query = manager.createQuery(
                    "select j from StoredJob j "
                            + (conditions.isEmpty() ? "" : "where " + String.join(" and ", conditions) + " ")
                            + "order by j.submittedAt desc, j.id",
                    StoredJob.class);
            kind.ifPresent(name -> query.setParameter("kind", name));
            owner.ifPresent(name -> query.setParameter("owner", name));
            state.ifPresent(wanted -> query.setParameter("state", wanted));
            return query.setFirstResult(offset)
                    .setMaxResults(limit)
                    // One query for the artifacts of all.
                    .setHint("eclipselink.batch.type", "IN")
                    .setHint("eclipselink.batch", "j.artifacts")
                    .getResultStream()
                    .map(StoredJob::job)
                    .toList();
        });
    }

    /** Newest first, those of a kind to which clients gave that name. */
    List<Job> named(String kind, String reference, int limit) {
        return read(manager -> manager.createQuery(
                        "select j from StoredJob j where j.kind = :kind and j.reference = :reference"
                                + " order by j.submittedAt desc, j.id",
                        StoredJob.class)
                .setParameter("kind", kind)
                .setParameter("reference", cut(reference, MAX_NAME_CHARACTERS))
                .setMaxResults(limit)
                .setHint("eclipselink.batch.type", "IN")
                .setHint("eclipselink.batch", "j.artifacts")
                .getResultStream()
                .map(StoredJob::job)
                .toList());
    }

    List<JobEvent> events(String id, long afterSequence, int limit) {
        return read(manager -> manager.createQuery(
                        "select e from StoredEvent e where e.jobId = :id and e.sequence > :after order by e.sequence",
                        StoredEvent.class)
                .setParameter("id", id)
                .setParameter("after", afterSequence)
                .setMaxResults(limit)
                .getResultStream()
                .map(StoredEvent::event)
                .toList());
    }

    Map<State, Long> counts() {
        return read(manager -> {
            Map<State, Long> counts = new EnumMap<>(State.class);
            Arrays.stream(State.values()).forEach(state -> counts.put(state, 0L));
            manager.createQuery("select j.state, count(j) from StoredJob j group by j.state", Object[].class)
                    .getResultStream()
                    .forEach(row -> counts.put((State) row[0], (Long) row[1]));
            return counts;
        });
    }

    /** The job of that kind that waits longest, which is then this node's for as long as it renews its lease. */
    Optional<Claim> claim(String kind, String node) {
        return write(manager -> {
            Optional<StoredJob> next =
                    ids(manager.createNativeQuery(NEXT).setParameter(1, kind).getResultList()).stream()
                            .findFirst()
                            .map(id -> locked(manager, id));
            next.ifPresent(job -> {
                job.state = State.RUNNING;
                job.attempt++;
                job.claims++;
                job.node = node;
                job.leaseUntil = leaseEnd();
                job.startedAt = clock.millis();
                append(manager, job, JobEvent.Type.STATE, stateData(job));
            });
            return next.map(job -> new Claim(job.job(), job.claims, node));
        });
    }

    /**
     * Keeps a job for the node that runs it.
     *
     * @throws OspreyException {@link ErrorCode#LEASE_LOST} where it has lost it
     */
    void renew(Claim claim) {
        change(claim, (manager, job) -> job.leaseUntil = leaseEnd());
    }

    /** @throws OspreyException {@link ErrorCode#LEASE_LOST} */
    void progress(Claim claim, String stage, double progress, String message) {
        change(claim, (manager, job) -> {
            job.stage = cut(stage, MAX_STAGE_CHARACTERS);
            job.progress = Math.max(0, Math.min(1, progress));
            job.message = cut(message, MAX_MESSAGE_CHARACTERS);
            append(manager, job, JobEvent.Type.PROGRESS, null);
            prune(manager, job);
        });
    }

    /**
     * Adds an artifact, or replaces the one of that name.
     *
     * @throws OspreyException {@link ErrorCode#LEASE_LOST}
     */
    void artifact(Claim claim, Job.Artifact artifact) {
        change(claim, (manager, job) -> {
            job.artifacts.removeIf(stored -> stored.name.equals(artifact.name()));
            // Before the one that replaces it, which has the same key.
            manager.flush();
            job.artifacts.add(StoredArtifact.of(artifact));
            append(
                    manager,
                    job,
                    JobEvent.Type.ARTIFACT,
                    Json.createObjectBuilder()
                            .add("name", artifact.name())
                            .add("media_type", artifact.mediaType())
                            .add("bytes", artifact.bytes())
                            .build()
                            .toString());
        });
    }

    /**
     * @param bytes of all files of the job
     * @throws OspreyException {@link ErrorCode#LEASE_LOST}
     */
    void succeed(Claim claim, String result, long bytes) {
        change(claim, (manager, job) -> {
            job.bytes = bytes;
            if (job.cancelRequested) {
                finish(manager, job, State.CANCELLED);
            } else if (result.length() > MAX_DOCUMENT_CHARACTERS) {
                job.failureCode = ErrorCode.JOB_FAILED;
                job.failureDetail = "The result has %d characters, at most %d may be kept"
                        .formatted(result.length(), MAX_DOCUMENT_CHARACTERS);
                finish(manager, job, State.FAILED);
            } else {
                job.result = document("result", result);
                job.progress = 1;
                finish(manager, job, State.SUCCEEDED);
            }
        });
    }

    /** As {@link #succeed}; a job that was to be cancelled is cancelled. */
    void fail(Claim claim, Job.Failure failure, long bytes) {
        change(claim, (manager, job) -> {
            job.bytes = bytes;
            fail(manager, job, failure);
        });
    }

    /**
     * Puts a job back to those that wait, where it is the first again.
     *
     * @param counted whether this was one of its attempts
     * @throws OspreyException {@link ErrorCode#LEASE_LOST}
     */
    void handBack(Claim claim, boolean counted) {
        change(claim, (manager, job) -> {
            if (!counted) {
                job.attempt--;
            }
            requeue(manager, job);
        });
    }

    /** Takes the jobs that a node had when it died. Only the node itself knows that it is not the one that had them. */
    List<String> takeBackFrom(String node) {
        return takeBack("select id from job where state = 'RUNNING' and node = ?1 for update skip locked", node);
    }

    /** Takes the jobs whose leases have not been renewed in time, but for those of the given node. */
    List<String> takeBackExpired(String exceptOf) {
        return takeBack(
                "select id from job where state = 'RUNNING' and node <> ?1 and lease_until < ?2 for update skip locked",
                exceptOf,
                clock.millis());
    }

    private List<String> takeBack(String select, Object... parameters) {
        return write(manager -> {
            jakarta.persistence.Query query = manager.createNativeQuery(select);
            for (int i = 0; i < parameters.length; i++) {
                query.setParameter(i + 1, parameters[i]);
            }
            List<String> ids = ids(query.getResultList());
            ids.forEach(id -> requeue(manager, locked(manager, id)));
            return ids;
        });
    }

    /**
     * Cancels a job that waits; asks the run of one that is being done.
     *
     * @throws OspreyException {@link ErrorCode#JOB_UNKNOWN}
     */
    Job cancel(String id) {
        return write(manager -> {
            StoredJob job = known(manager, id);
            if (job.state == State.QUEUED) {
                finish(manager, job, State.CANCELLED);
            } else if (job.state == State.RUNNING) {
                job.cancelRequested = true;
            }
            return job.job();
        });
    }

    /**
     * Forgets a job that has ended.
     *
     * @throws OspreyException {@link ErrorCode#JOB_UNKNOWN}, {@link ErrorCode#JOB_UNFINISHED}
     */
    void delete(String id) {
        write(manager -> {
            StoredJob job = known(manager, id);
            if (!job.state.isFinished()) {
                throw new OspreyException(
                        ErrorCode.JOB_UNFINISHED, "The job has not ended; it can be deleted once it is cancelled");
            }
            remove(manager, job);
            return id;
        });
    }

    /** Those of the given jobs that there are. */
    List<Glance> glance(Collection<String> ids) {
        if (ids.isEmpty()) {
            return List.of();
        }
        return read(manager -> manager.createQuery(
                        "select j.id, j.cancelRequested, j.lastSequence from StoredJob j where j.id in :ids",
                        Object[].class)
                .setParameter("ids", ids)
                .getResultStream()
                .map(row -> new Glance((String) row[0], (Boolean) row[1], (Long) row[2]))
                .toList());
    }

    /** Ended before, files not yet removed; the first that ended first. */
    List<Kept> keptSince() {
        return read(manager -> manager.createQuery(
                        "select j.id, j.bytes from StoredJob j where j.state in :ended order by j.finishedAt, j.id",
                        Object[].class)
                .setParameter("ended", List.of(State.SUCCEEDED, State.FAILED, State.CANCELLED))
                .getResultStream()
                .map(row -> new Kept((String) row[0], (Long) row[1]))
                .toList());
    }

    /** Marks those that ended longer ago as expired; their files are the caller's to remove. */
    List<String> expireOlderThan(Duration age) {
        List<String> old = read(manager -> manager.createQuery(
                        "select j.id from StoredJob j where j.state in :ended and j.finishedAt < :then", String.class)
                .setParameter("ended", List.of(State.SUCCEEDED, State.FAILED, State.CANCELLED))
                .setParameter("then", clock.millis() - age.toMillis())
                .getResultList());
        return old.stream().filter(this::expire).toList();
    }

    /** Marks a job that has ended as expired; false where it is none. */
    boolean expire(String id) {
        return write(manager -> {
            StoredJob job = locked(manager, id);
            if (job == null || !job.state.isFinished() || job.state == State.EXPIRED) {
                return false;
            }
            job.state = State.EXPIRED;
            job.artifacts.clear();
            job.bytes = 0;
            append(manager, job, JobEvent.Type.STATE, stateData(job));
            return true;
        });
    }

    /** Forgets expired jobs that ended longer ago. */
    void forgetOlderThan(Duration age) {
        List<String> old = read(manager -> manager.createQuery(
                        "select j.id from StoredJob j where j.state = :expired and j.finishedAt < :then", String.class)
                .setParameter("expired", State.EXPIRED)
                .setParameter("then", clock.millis() - age.toMillis())
                .getResultList());
        old.forEach(id -> write(manager -> {
            StoredJob job = locked(manager, id);
            if (job != null) {
                remove(manager, job);
            }
            return id;
        }));
    }

    /** Whether a job of that name still needs a folder. */
    boolean needsFolder(String id) {
        return find(id).filter(job -> job.state() != State.EXPIRED).isPresent();
    }

    @Override
    public void close() {
        tables.close();
    }

    private void requeue(EntityManager manager, @Nullable StoredJob job) {
        if (job == null) {
            return;
        }
        if (job.cancelRequested) {
            finish(manager, job, State.CANCELLED);
        } else if (job.attempt >= config.maxAttempts()) {
            fail(
                    manager,
                    job,
                    new Job.Failure(
                            ErrorCode.ATTEMPTS_EXHAUSTED,
                            "Begun %d times without coming to an end, at most %d times it may be"
                                    .formatted(job.attempt, config.maxAttempts())));
        } else {
            job.state = State.QUEUED;
            job.node = null;
            append(manager, job, JobEvent.Type.STATE, stateData(job));
        }
    }

    private void fail(EntityManager manager, StoredJob job, Job.Failure failure) {
        if (job.cancelRequested) {
            finish(manager, job, State.CANCELLED);
            return;
        }
        job.failureCode = failure.code();
        job.failureDetail = cut(failure.detail(), MAX_MESSAGE_CHARACTERS);
        finish(manager, job, State.FAILED);
    }

    private void finish(EntityManager manager, StoredJob job, State state) {
        job.state = state;
        job.node = null;
        job.finishedAt = clock.millis();
        append(manager, job, JobEvent.Type.STATE, stateData(job));
    }

    private static String stateData(StoredJob job) {
        JsonObjectBuilder data = Json.createObjectBuilder().add("attempt", job.attempt);
        ErrorCode code = job.failureCode;
        String detail = job.failureDetail;
        if (code != null && detail != null) {
            data.add("code", code.name()).add("detail", detail);
        }
        return data.build().toString();
    }

    private void append(EntityManager manager, StoredJob job, JobEvent.Type type, @Nullable String data) {
        manager.persist(job.event(type, clock.millis(), data));
    }

    /** Now and then takes the oldest progress out of a log that has too much of it. */
    private void prune(EntityManager manager, StoredJob job) {
        int step = Math.max(1, config.maxProgressEvents() / 10);
        if (job.lastSequence % step != 0) {
            return;
        }
        manager.flush();
        manager.createQuery(
                        "select e.sequence from StoredEvent e where e.jobId = :id and e.type = :type order by e.sequence desc",
                        Long.class)
                .setParameter("id", job.id)
                .setParameter("type", JobEvent.Type.PROGRESS)
                .setFirstResult(Math.max(1, config.maxProgressEvents() - step))
                .setMaxResults(1)
                .getResultStream()
                .findFirst()
                .ifPresent(newestToGo -> manager.createQuery(
                                "delete from StoredEvent e where e.jobId = :id and e.type = :type and e.sequence <= :last")
                        .setParameter("id", job.id)
                        .setParameter("type", JobEvent.Type.PROGRESS)
                        .setParameter("last", newestToGo)
                        .executeUpdate());
    }

    private static void remove(EntityManager manager, StoredJob job) {
        manager.createQuery("delete from StoredEvent e where e.jobId = :id")
                .setParameter("id", job.id)
                .executeUpdate();
        manager.remove(job);
    }

    private long leaseEnd() {
        return clock.millis() + config.lease().toMillis();
    }

    private interface Change {
        void apply(EntityManager manager, StoredJob job);
    }

    /** Changes a running job for the run that has it, and for no other. */
    private void change(Claim claim, Change change) {
        write(manager -> {
            StoredJob job = locked(manager, claim.id());
            if (job == null
                    || job.state != State.RUNNING
                    || job.claims != claim.number()
                    || !claim.node().equals(job.node)) {
                throw new OspreyException(ErrorCode.LEASE_LOST, "The job is no longer this run's");
            }
            change.apply(manager, job);
            return job;
        });
    }

    private static StoredJob known(EntityManager manager, String id) {
        StoredJob job = locked(manager, id);
        if (job == null) {
            throw new OspreyException(ErrorCode.JOB_UNKNOWN, "There is no job of that id");
        }
        return job;
    }

    /** The row, which nobody else changes until the transaction ends. */
    private static @Nullable StoredJob locked(EntityManager manager, String id) {
        return manager.find(StoredJob.class, id, LockModeType.PESSIMISTIC_WRITE);
    }

    private static List<String> ids(List<?> rows) {
        return rows.stream().map(String.class::cast).toList();
    }

    private static String cut(String text, int maxCharacters) {
        return clean(text.length() <= maxCharacters ? text : text.substring(0, maxCharacters));
    }

    private static String document(String what, String text) {
        if (text.length() > MAX_DOCUMENT_CHARACTERS) {
            throw new OspreyException(
                    ErrorCode.SETTING_INVALID,
                    "The %s have %d characters, at most %d may be kept"
                            .formatted(what, text.length(), MAX_DOCUMENT_CHARACTERS));
        }
        return clean(text);
    }

    /** PostgreSQL takes neither a character of code 0 nor one half of a surrogate pair. */
    private static String clean(String text) {
        return new String(text.replace('\0', '\uFFFD').getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    private <T> T read(Function<EntityManager, T> work) {
        return tables.read(work);
    }

    private <T> T write(Function<EntityManager, T> work) {
        return tables.write(work);
    }
}
