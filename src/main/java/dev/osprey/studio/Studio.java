package dev.osprey.studio;

import dev.osprey.access.Caller;
import dev.osprey.access.RateLimit;
import dev.osprey.config.OspreyConfig;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.jobs.Job;
import dev.osprey.jobs.Job.State;
import dev.osprey.jobs.JobEvent;
import dev.osprey.jobs.Jobs;
import dev.osprey.jobs.NewJob;
import dev.osprey.runtime.ModelStatus;
import dev.osprey.runtime.WarmModels;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What clients ask of the studio: everything that takes time is a job, of which the store knows. Any thread. */
public final class Studio {

    private static final Logger LOG = System.getLogger(Studio.class.getName());

    /** Of the newest solids of one picture that are looked at. */
    static final int MOST_RESULTS = 200;

    private static final long MOST_SEED = 1L << 32;

    private final Supplier<OspreyConfig> live;
    private final OspreyConfig.Studio settings;
    private final Jobs jobs;
    private final WarmModels models;
    private final Watchers watchers;
    private final RateLimit rate;
    private final int memoryBudgetMib;
    private final SecureRandom random = new SecureRandom();

    Studio(Supplier<OspreyConfig> live, Jobs jobs, WarmModels models, Watchers watchers, LongSupplier nanoClock) {
        this.live = live;
        OspreyConfig config = live.get();
        this.settings = config.studio();
        this.memoryBudgetMib = config.runtime().memoryBudgetMib();
        this.jobs = jobs;
        this.models = models;
        this.watchers = watchers;
        this.rate = new RateLimit(nanoClock);
        obstacles().forEach(why -> LOG.log(Level.WARNING, "The studio is not complete: {0}", why));
    }

    OspreyConfig.Studio settings() {
        return live.get().studio();
    }

    RateLimit rate() {
        return rate;
    }

    int memoryBudgetMib() {
        return memoryBudgetMib;
    }

    /** What cannot be made, and why; empty where everything can. */
    private List<String> obstacles() {
        return Stream.of(pictureObstacle(), meshObstacle(Optional.empty()))
                .flatMap(Optional::stream)
                .toList();
    }

    /** Why nothing can be made; for probes. */
    public Optional<String> obstacle() {
        return obstacles().stream().findFirst();
    }

    /** Clients that are connected over Socket.IO. */
    public int connectionCount() {
        return watchers.count();
    }

    Optional<String> pictureObstacle() {
        return PictureJob.obstacle(settings, models);
    }

    Optional<String> meshObstacle(Optional<MeshRequest> request) {
        return MeshJob.obstacle(settings, models, request.orElse(null));
    }

    /** Whether a model that the studio needs is still being loaded. */
    boolean isLoading() {
        List<String> needed = List.of(
                settings.depthModel(), settings.textEncoderModel(), settings.denoiserModel(), settings.decoderModel());
        return models.status().stream()
                .anyMatch(status -> needed.contains(status.name()) && status.state() == ModelStatus.State.LOADING);
    }

    List<ModelStatus> modelStatus() {
        return models.status();
    }

    /**
     * Keeps a picture.
     *
     * @param name as the client calls it
     * @throws OspreyException {@link ErrorCode#UPLOAD_INVALID}
     */
    Job upload(String name, byte[] bytes, Caller caller) throws IOException {
        UploadCheck checked = UploadCheck.of(name, bytes);
        String hash = Hash.of(checked.png());
        Optional<Path> same = stored(hash);
        return jobs.submit(
                new NewJob(
                        UploadJob.KIND,
                        caller.owner(),
                        Optional.of(hash),
                        Json.createObjectBuilder()
                                .add("original_filename", FileName.cleaned(name))
                                .add("image_info", checked.image().toJson())
                                .build()
                                .toString()),
                folder -> {
                    Path file = folder.resolve(UploadJob.PICTURE);
                    if (same.isPresent()) {
                        ResultCache.link(same.get(), file);
                    } else {
                        Files.write(file, checked.png());
                    }
                });
    }

    /** The file of a picture that was uploaded before, so that it lies on the disk once. */
    private Optional<Path> stored(String hash) {
        return jobs.named(UploadJob.KIND, hash, 1).stream()
                .filter(job -> job.state() != State.EXPIRED)
                .map(job -> jobs.folder(job).resolve(UploadJob.PICTURE))
                .filter(Files::isRegularFile)
                .findFirst();
    }

    /** @param address the client's */
    Job submit(PictureRequest request, String address, Caller caller) throws IOException {
        PictureRequest seeded = request.seed().isPresent() ? request : request.withSeed(random.nextLong(MOST_SEED));
        Job job = jobs.submit(new NewJob(
                PictureJob.KIND,
                caller.owner(),
                Optional.empty(),
                seeded.toJson().toString()));
        watchers.submitted(job, address, Optional.empty());
        return job;
    }

    /** Why a solid is not taken on. */
    static final class AlreadyUnderWay extends Exception {
        private static final long serialVersionUID = 1;
    }

    /**
     * Takes a solid on; whoever may hear of it is told by {@link #announce}.
     *
     * @throws AlreadyUnderWay where the same is being made, or its picture
     * @throws OspreyException {@link ErrorCode#JOB_UNKNOWN} where there is no such picture; {@link ErrorCode#JOB_UNFINISHED} where
     *     it could not be made
     */
    Job submit(MeshRequest request, Caller caller) throws IOException, AlreadyUnderWay {
        Job source = source(request.source(), caller).orElseThrow(Studio::unknown);
        // Two at once must not both find that none is under way.
        synchronized (this) {
            Path picture = picture(source);
            String parameters = request.toJson().toString();
            for (Job other : results(request.source(), MOST_RESULTS)) {
                if (!other.state().isFinished() && other.parameters().equals(parameters)) {
                    throw new AlreadyUnderWay();
                }
            }
            return jobs.submit(
                    new NewJob(MeshJob.KIND, caller.owner(), Optional.of(request.source()), parameters),
                    folder -> ResultCache.link(picture, folder.resolve(MeshJob.SOURCE)));
        }
    }

    /**
     * Tells who may hear of a solid, a moment after this: its client is answered first.
     *
     * @param address the client's
     * @param batch which it belongs to
     */
    void announce(Job job, String address, Optional<Batch> batch) {
        watchers.submitted(job, address, batch);
    }

    private Path picture(Job source) throws AlreadyUnderWay {
        if (source.kind().equals(UploadJob.KIND)) {
            return jobs.folder(source).resolve(UploadJob.PICTURE);
        }
        if (!source.state().isFinished()) {
            throw new AlreadyUnderWay();
        }
        return jobs.file(
                source,
                source.artifact(Status.pictureName(source.id()))
                        .orElseThrow(() -> new OspreyException(
                                ErrorCode.UPLOAD_INVALID,
                                "The picture of this job was not made: " + Status.reason(source))));
    }

    /** What work on an uploaded mesh is to be done; its end is in {@link #ended}. */
    Job submit(MeshOperation.Request request, byte[] mesh, Caller caller) throws IOException {
        return jobs.submit(
                new NewJob(
                        MeshOperation.KIND,
                        caller.owner(),
                        Optional.empty(),
                        request.toJson().toString()),
                folder -> Files.write(folder.resolve(MeshOperation.SOURCE), mesh));
    }

    static OspreyException unknown() {
        return new OspreyException(ErrorCode.JOB_UNKNOWN, "Job not found");
    }

    /** The picture of an id, uploaded or made, whose files are still there and the caller's to see. */
    Optional<Job> source(String id, Caller caller) {
        return find(id, caller)
                .filter(job -> job.kind().equals(UploadJob.KIND) || job.kind().equals(PictureJob.KIND));
    }

    private Optional<Job> find(String id, Caller caller) {
        return FileName.isId(id)
                ? jobs.find(id).filter(job -> job.state() != State.EXPIRED && caller.sees(job.owner()))
                : Optional.empty();
    }

    /** The solids of a picture, so many of the newest, the newest first. */
    private List<Job> results(String source, int most) {
        return jobs.named(MeshJob.KIND, source, most).stream()
                .filter(job -> job.state() != State.EXPIRED)
                .toList();
    }

    /**
     * The solids of a picture that are the caller's to see, because the picture is or because they are, the newest first. They stay
     * when the picture has expired, and when it is forgotten.
     */
    private List<Job> results(String source, Caller caller, int most) {
        if (!FileName.isId(source)) {
            return List.of();
        }
        boolean pictureIsTheirs =
                jobs.find(source).filter(job -> caller.sees(job.owner())).isPresent();
        return results(source, most).stream()
                .filter(solid -> pictureIsTheirs || caller.sees(solid.owner()))
                .toList();
    }

    /** What was asked for last under a protocol's id: the newest solid of a picture, or the picture. */
    Optional<Job> newest(String id, Caller caller) {
        return results(id, caller, MOST_RESULTS).stream().findFirst().or(() -> source(id, caller));
    }

    /** A file by the name of what is under way, or was made last, under the id. */
    sealed interface Found {
        /** It is there. */
        record File(Path path, String name) implements Found {}

        /** It is being made. */
        record Underway(Job job) implements Found {}
    }

    /**
     * Looks for a result: of a picture's solids the newest of that format, also as {@code model.<format>}.
     *
     * @throws OspreyException {@link ErrorCode#JOB_UNKNOWN}, {@link ErrorCode#ARTIFACT_UNKNOWN}
     */
    Found result(String id, String name, Caller caller) {
        Optional<Job> job = find(id, caller);
        List<Job> results = results(id, caller, MOST_RESULTS);
        if (job.isEmpty() && results.isEmpty()) {
            throw unknown();
        }
        if (!FileName.isSafe(name)) {
            throw new OspreyException(ErrorCode.ARTIFACT_UNKNOWN, "Invalid file path");
        }
        Optional<MeshFormat> format = MeshFormat.of(FileName.extension(name));
        for (Job result : results) {
            MeshRequest request = MeshRequest.ofJson(result.parameters());
            if (format.isPresent()) {
                boolean named = name.equals(request.fileName())
                        || name.equals("model." + format.get().wireName());
                if (named && request.format() == format.get()) {
                    if (!result.state().isFinished()) {
                        return new Found.Underway(result);
                    }
                    Optional<Path> file = file(result, request.fileName());
                    if (file.isPresent()) {
                        return new Found.File(file.get(), name);
                    }
                }
            } else {
                Optional<Path> file = file(result, name);
                if (file.isPresent()) {
                    return new Found.File(file.get(), name);
                }
            }
        }
        if (job.filter(source -> isMaking(source, name)).isPresent()) {
            return new Found.Underway(job.get());
        }
        return job.flatMap(source -> file(source, name))
                .map(path -> new Found.File(path, name))
                .orElseThrow(() -> new OspreyException(ErrorCode.ARTIFACT_UNKNOWN, "File not found"));
    }

    /** Whether a file is a picture of words that will be there when the job is done. */
    private static boolean isMaking(Job job, String name) {
        return job.kind().equals(PictureJob.KIND)
                && !job.state().isFinished()
                && name.equals(Status.pictureName(job.id()));
    }

    /** The picture of a name that {@link Status} has told. */
    Optional<Path> preview(String name, Caller caller) {
        return FileName.id(name).flatMap(id -> source(id, caller)).flatMap(source -> {
            if (source.kind().equals(UploadJob.KIND)) {
                return Optional.of(jobs.folder(source).resolve(UploadJob.PICTURE))
                        .filter(file -> name.equals(Status.uploadName(source)) && Files.isRegularFile(file));
            }
            return name.equals(Status.pictureName(source.id())) ? file(source, name) : Optional.empty();
        });
    }

    private Optional<Path> file(Job job, String name) {
        return job.artifact(name).map(artifact -> jobs.file(job, artifact));
    }

    /** The job once it has ended, for one of that account's followers; a failure where that takes longer. */
    CompletionStage<Job> ended(String id, String account, Duration patience) {
        CompletableFuture<Job> ended =
                new CompletableFuture<Job>().orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS);
        AutoCloseable following = jobs.follow(id, 0, account, event -> {
            if (event.type() == JobEvent.Type.STATE && event.state().isFinished()) {
                jobs.find(id).ifPresentOrElse(ended::complete, () -> ended.completeExceptionally(unknown()));
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

    /** Jobs of all kinds that wait or run; asks nobody, as whoever asks must be answered at once. */
    int active() {
        return jobs.unfinished();
    }

    /** A job whose answer nobody can be given any more. */
    void cancel(Job job) {
        jobs.cancel(job.id());
    }

    /** The result of work on a mesh that has ended. */
    JsonObject outcome(Job job) {
        if (job.state() != State.SUCCEEDED) {
            Job.Failure failure =
                    job.failure().orElseGet(() -> new Job.Failure(ErrorCode.CANCELLED, "It was cancelled"));
            throw new OspreyException(failure.code(), failure.detail());
        }
        return job.result().flatMap(Fields::object).orElseThrow();
    }
}
