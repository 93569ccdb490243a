package dev.osprey.referee;

import dev.osprey.access.Caller;
import dev.osprey.config.OspreyConfig;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.imaging.ImageHeader;
import dev.osprey.imaging.ImageHeader.Format;
import dev.osprey.imaging.ImageLimits;
import dev.osprey.imaging.Picture;
import dev.osprey.imaging.RawFrame;
import dev.osprey.jobs.Job;
import dev.osprey.jobs.JobEvent;
import dev.osprey.jobs.Jobs;
import dev.osprey.jobs.NewJob;
import dev.osprey.metrics.Meters;
import dev.osprey.stream.Connections;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What all clients of the capability share: settings, connections, sessions, and the way from a session to its job. Any thread. */
public final class Referee {

    private static final Logger LOG = System.getLogger(Referee.class.getName());

    /** Jobs of a session's name that are looked through, as uploads may have the same. */
    private static final int JOBS_LOOKED_AT = 10;

    /** Those that are not done are among the newest. */
    private static final int JOBS_COUNTED = 100;

    private final Supplier<OspreyConfig> config;
    private final Jobs jobs;
    private final BoutAnalysis analysis;
    private final Executor errands;
    private final Meters meters;
    private final LongSupplier nanoClock;
    private final Clock clock;
    private final Connections connections;
    private final OwnFolder folder;
    private final Sessions sessions;
    private final ImageLimits limits;
    private final Map<Session, Consumer<Session>> timeouts = new ConcurrentHashMap<>();

    /** Is told what became of a session that was to become a job: a job or a failure. */
    interface Submitted {
        /** @param before how many analyses come first */
        void submitted(Session session, @Nullable Job job, int before, @Nullable OspreyException failure);
    }

    /** Is told of the job of a session's name, if there is one, or why that is not known. */
    interface Found {
        void found(Optional<Job> job, @Nullable OspreyException failure);
    }

    /** @param errands what waits for the disk or the store runs there */
    Referee(
            Supplier<OspreyConfig> config,
            Jobs jobs,
            BoutAnalysis analysis,
            Executor errands,
            Meters meters,
            LongSupplier nanoClock,
            Clock clock) {
        this.config = config;
        OspreyConfig initial = config.get();
        this.jobs = jobs;
        this.analysis = analysis;
        this.errands = errands;
        this.meters = meters;
        this.nanoClock = nanoClock;
        this.clock = clock;
        int maxMessageBytes = initial.referee().maxMessageBytes();
        this.connections =
                new Connections(() -> config.get().stream().withMaxMessageBytes(maxMessageBytes), meters, nanoClock);
        this.folder = OwnFolder.of(initial.jobs().folder(), "referee");
        this.sessions = new Sessions(() -> config.get().referee(), folder.path(), nanoClock);
        sessions.recover();
        this.limits = new ImageLimits(
                maxMessageBytes, initial.imaging().maxWidth(), initial.imaging().maxHeight());
        meters.connections("referee", connections::count);
        analysis.obstacle().ifPresent(why -> LOG.log(Level.WARNING, "Bouts cannot be analysed: {0}", why));
    }

    /** Connections that are open now. */
    public int connectionCount() {
        return connections.count();
    }

    /** Why no bout can be analysed; nothing where it can. */
    public Optional<String> obstacle() {
        return analysis.obstacle();
    }

    /** The pose model's name. */
    public String model() {
        return settings().poseModel();
    }

    OspreyConfig.Referee settings() {
        return config.get().referee();
    }

    /** Of all clients on WebSockets. */
    public Connections connections() {
        return connections;
    }

    Meters meters() {
        return meters;
    }

    long nanoTime() {
        return nanoClock.getAsLong();
    }

    /** {@code protocols/referee.md}, section 2.2. */
    public JsonObject stats(Caller caller) {
        return settings().streamingEnabled()
                ? sessions.stats(caller)
                : Json.createObjectBuilder()
                        .add("streaming_enabled", false)
                        .add("message", "Streaming disabled. Use POST /analyze uploads.")
                        .build();
    }

    /**
     * Begins a session, or goes on with one.
     *
     * @param timedOut is told once, on any thread, when nothing has come for too long
     */
    Session start(SessionStart start, boolean resume, Consumer<Session> timedOut) {
        checkSize(start);
        Session session = sessions.start(start, resume);
        timeouts.put(session, timedOut);
        return session;
    }

    private void checkSize(SessionStart start) {
        try {
            limits.check(new ImageHeader(Format.JPEG, start.width(), start.height()));
        } catch (OspreyException e) {
            throw new Sessions.Refused(
                    "width and height are %dx%d, the limit is %dx%d"
                            .formatted(start.width(), start.height(), limits.maxWidth(), limits.maxHeight()),
                    false);
        }
    }

    /**
     * Looks at a frame without decoding it.
     *
     * @throws OspreyException where it certainly cannot be decoded
     */
    void check(Encoding encoding, ByteBuffer frame) {
        if (encoding == Encoding.RAW) {
            RawFrame.read(frame, limits);
            return;
        }
        ImageHeader header = Picture.inspect(frame, limits);
        if (header.format() != Format.JPEG && header.format() != Format.PNG) {
            throw new OspreyException(
                    ErrorCode.IMAGE_UNREADABLE, "%s, expected JPEG or PNG".formatted(header.format()));
        }
    }

    /** Keeps a frame; where a limit forbids it, says so in the protocol's words. */
    Optional<String> tryAdd(Session session, int number, Encoding encoding, ByteBuffer frame) {
        if (session.frames() >= settings().maxFrames()) {
            meters.refused("max-frames");
            return Optional.of(
                    "Maximum number of frames reached (%d)".formatted(settings().maxFrames()));
        }
        long bytes = frame.remaining() + (long) Session.FRAME_OVERHEAD_BYTES;
        if (!sessions.tryAdd(bytes)) {
            meters.refused("max-spool-mib");
            return Optional.of(String.format(Locale.ROOT, "Maximum memory limit reached (%.1f MB)", (double)
                    settings().maxSpoolMib()));
        }
        boolean kept = false;
        try {
            session.add(number, encoding, frame);
            kept = true;
            return Optional.empty();
        } finally {
            if (!kept) {
                sessions.tryAdd(-bytes);
            }
        }
    }

    /** The session's client has gone. */
    void leave(Session session) {
        timeouts.remove(session);
        sessions.leave(session);
    }

    /** The session is not wanted any more. */
    void drop(Session session) {
        timeouts.remove(session);
        sessions.drop(session);
    }

    /** Makes a job of a session, which is not the client's any more from now on. */
    void submit(Session session, String signalName, byte[] signal, Submitted done) {
        timeouts.remove(session);
        try {
            errands.execute(() -> submitNow(session, signalName, signal, done));
        } catch (RejectedExecutionException e) {
            refused(session, new OspreyException(ErrorCode.SERVER_STOPPING, "The server is stopping", e), done);
        }
    }

    private void submitNow(Session session, String signalName, byte[] signal, Submitted done) {
        Job job;
        try {
            session.complete(signal);
            session.close();
            AnalysisRequest request = new AnalysisRequest(
                    Optional.of(session.id()), signalName, Optional.empty(), false, true, Optional.of(session.stats()));
            job = submit(
                    session.id(), request, session.start().owner(), folder -> Spool.link(session.folder(), folder));
        } catch (OspreyException e) {
            refused(session, e, done);
            return;
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.WARNING, "A session could not be kept", e);
            refused(
                    session,
                    new OspreyException(
                            ErrorCode.STORE_UNAVAILABLE, "The signal could not be kept on disk; send it again", e),
                    done);
            return;
        }
        sessions.drop(session);
        int before = 0;
        try {
            before = before(job);
        } catch (OspreyException e) {
            LOG.log(Level.DEBUG, "The place of a job is not known", e);
        }
        done.submitted(session, job, before, null);
    }

    private void refused(Session session, OspreyException why, Submitted done) {
        sessions.leave(session);
        done.submitted(session, null, 0, why);
    }

    /**
     * @param reference the client's name for the bout
     * @param files puts them into the job's folder
     */
    Job submit(String reference, AnalysisRequest request, Optional<String> owner, Jobs.Preparation files)
            throws IOException {
        return jobs.submit(
                new NewJob(
                        BoutAnalysis.KIND,
                        owner,
                        Optional.of(reference),
                        request.toJson().toString()),
                files);
    }

    /** A job whose result nobody can be told. */
    void cancel(Job job) {
        jobs.cancel(job.id());
    }

    Optional<Job> job(String id) {
        return jobs.find(id);
    }

    /**
     * The whole result of a job that has ended, in JSON.
     *
     * @throws OspreyException as the job failed
     */
    String result(Job job) {
        if (job.state() == Job.State.SUCCEEDED) {
            // The record has no room for keypoints.
            Optional<Job.Artifact> whole = job.artifact(BoutAnalysis.RESULT);
            if (whole.isPresent()) {
                try {
                    return Files.readString(jobs.file(job, whole.get()));
                } catch (IOException e) {
                    throw new OspreyException(ErrorCode.STORE_UNAVAILABLE, "The result could not be read", e);
                }
            }
        }
        Job.Failure failure =
                job.failure().orElseGet(() -> new Job.Failure(ErrorCode.CANCELLED, "The analysis was cancelled"));
        throw new OspreyException(failure.code(), failure.detail());
    }

    /** Looks for {@link #currentJob} where that may wait for the store. */
    void lookUp(String sessionId, Optional<String> owner, Found found) {
        try {
            errands.execute(() -> {
                Optional<Job> job = Optional.empty();
                OspreyException failure = null;
                try {
                    job = currentJob(sessionId, owner);
                } catch (OspreyException e) {
                    failure = e;
                }
                found.found(job, failure);
            });
        } catch (RejectedExecutionException e) {
            found.found(Optional.empty(), new OspreyException(ErrorCode.SERVER_STOPPING, "The server is stopping", e));
        }
    }

    /** How many analyses are to be done, or being done, before that one. */
    private int before(Job job) {
        return (int) jobs.latest(Optional.of(BoutAnalysis.KIND), Optional.empty(), JOBS_COUNTED, 0).stream()
                .filter(other ->
                        !other.state().isFinished() && other.submitted().isBefore(job.submitted()))
                .count();
    }

    /** The newest job of a session of that name that is under way, or ended no longer ago than a session is kept. */
    Optional<Job> currentJob(String sessionId, Optional<String> owner) {
        Instant since = clock.instant().minus(settings().sessionTimeout());
        return jobs.named(BoutAnalysis.KIND, sessionId, JOBS_LOOKED_AT).stream()
                .filter(job -> job.owner().equals(owner))
                // An upload's reference is the name of its signal.
                .filter(job ->
                        AnalysisRequest.ofJson(job.parameters()).sessionId().isPresent())
                .filter(job -> job.finished().map(since::isBefore).orElse(true))
                .findFirst();
    }

    /** Tells the listener of everything that has happened to the job and will, as one of that account's followers. */
    AutoCloseable follow(String job, String account, Consumer<JobEvent> listener) {
        return jobs.follow(job, 0, account, listener);
    }

    /** The job once it has ended, for one of that account's followers. */
    CompletionStage<Job> ended(String id, String account) {
        CompletableFuture<Job> ended = new CompletableFuture<>();
        AutoCloseable following = follow(id, account, event -> {
            if (event.type() == JobEvent.Type.STATE && event.state().isFinished()) {
                job(id).ifPresentOrElse(
                                ended::complete,
                                () -> ended.completeExceptionally(
                                        new OspreyException(ErrorCode.JOB_UNKNOWN, "The analysis was deleted")));
            }
        });
        return ended.whenComplete((job, failure) -> {
            try {
                following.close();
            } catch (Exception e) {
                LOG.log(Level.DEBUG, "A job could not be let go", e);
            }
        });
    }

    /**
     * Ends what has been silent for too long; to be called every second or so, by one thread at a time. That has more to look after:
     * what removes files, or waits for a stream that writes some, is an errand.
     */
    void sweep() {
        try {
            double limit = settings().sessionTimeout().toNanos() / 1e9;
            List.copyOf(timeouts.keySet()).forEach(session -> {
                if (session.idleSeconds() > limit) {
                    Consumer<Session> timedOut = timeouts.remove(session);
                    if (timedOut != null) {
                        errands.execute(() -> timedOut.accept(session));
                    }
                }
            });
            if (sessions.hasExpired()) {
                errands.execute(sessions::sweep);
            }
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "Sessions could not be looked after", e);
        }
    }

    /** When nothing comes any more: the sessions' folder may be another server's. */
    void close() {
        folder.close();
    }
}
