package dev.osprey.referee;

import dev.osprey.config.OspreyConfig;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.fencing.Bout;
import dev.osprey.fencing.Bout.Fencers;
import dev.osprey.fencing.Decision;
import dev.osprey.fencing.Rule;
import dev.osprey.fencing.Signal;
import dev.osprey.fencing.Weapon;
import dev.osprey.imaging.FisheyeCorrection;
import dev.osprey.imaging.ImageLimits;
import dev.osprey.imaging.Picture;
import dev.osprey.imaging.VideoFrame;
import dev.osprey.imaging.VideoLimits;
import dev.osprey.imaging.VideoReader;
import dev.osprey.inference.Scheduler;
import dev.osprey.inference.Turns;
import dev.osprey.jobs.JobKind;
import dev.osprey.jobs.JobRun;
import dev.osprey.model.ModelKind;
import dev.osprey.model.ModelManifest;
import dev.osprey.pose.FencerTracker;
import dev.osprey.pose.Person;
import dev.osprey.pose.PoseNetworks;
import dev.osprey.runtime.WarmModels;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The analysis of one bout, as a job: from frames or a video and the box's signal to a decision and a video that shows it.
 *
 * <p>Every finished part is moved to its place in one step, so that a later attempt goes on where an earlier one was ended: with
 * the video, if that was made.
 */
public final class BoutAnalysis implements JobKind {

    static final String KIND = "referee";

    /** In the job's folder: an upload. */
    static final String VIDEO = "video";

    static final String SIGNAL = "signal.txt";

    static final String STREAMED = "streamed_video.mp4";

    /** How many frames are not in that video, for a later attempt, which has no frames any more. */
    private static final String SKIPPED = "frames_skipped";

    static final String OVERLAY = "overlay.mp4";
    static final String RESULT = "analysis_result.json";

    /** Of a result in a job's record. */
    private static final int MOST_CHARACTERS = 1_000_000;

    /** Least confidence of a point that counts. */
    private static final float SEEN = 0.3f;

    private final OspreyConfig config;
    private final WarmModels models;
    private final Scheduler scheduler;
    private final Rule rule;
    private final Weapon weapon;

    BoutAnalysis(OspreyConfig config, WarmModels models, Scheduler scheduler) {
        this.config = config;
        this.models = models;
        this.scheduler = scheduler;
        this.rule = Rule.of(config.referee().rule());
        this.weapon = Weapon.of(config.referee().weapon());
    }

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public int concurrency() {
        return config.referee().concurrentAnalyses();
    }

    /** Why nobody's points can be found; nothing where they can. */
    Optional<String> obstacle() {
        return Optional.<String>empty()
                .or(() -> obstacle(config.referee().detectorModel(), ModelKind.PERSON_DETECTION, ModelKind.YOLO_POSE))
                .or(() -> obstacle(
                        config.referee().poseModel(),
                        ModelKind.POSE_LANDMARKS,
                        ModelKind.RTMPOSE,
                        ModelKind.YOLO_POSE));
    }

    private Optional<String> obstacle(String model, ModelKind... kinds) {
        Optional<ModelManifest> served = models.served(model);
        if (served.isEmpty()) {
            return Optional.of("The model \"%s\" is not loaded".formatted(model));
        }
        return List.of(kinds).contains(served.get().kind())
                ? Optional.empty()
                : Optional.of("The model \"%s\" is of the kind %s, which does not find people or their points"
                        .formatted(model, served.get().kind().wireName()));
    }

    @Override
    public List<String> inputs(Path folder) {
        if (Files.exists(folder.resolve(VIDEO))) {
            return List.of(VIDEO, SIGNAL);
        }
        List<String> streamed = new ArrayList<>(Spool.files(folder));
        streamed.add(SIGNAL);
        if (!Spool.hasFrames(folder)) {
            // The frames have become a video, and are gone.
            streamed.add(STREAMED);
            if (Files.exists(folder.resolve(SKIPPED))) {
                streamed.add(SKIPPED);
            }
        }
        return List.copyOf(streamed);
    }

    @Override
    public String run(JobRun run) throws IOException {
        return new Run(run).result();
    }

    private static Fencers seen(dev.osprey.pose.Fencers fencers) {
        return new Fencers(
                fencers.left().map(BoutAnalysis::measured).orElse(null),
                fencers.right().map(BoutAnalysis::measured).orElse(null));
    }

    private static Bout.Person measured(Person person) {
        float[] points = person.points(SEEN);
        double[] numbers = new double[points.length];
        for (int i = 0; i < points.length; i++) {
            numbers[i] = points[i];
        }
        Person.Box box = person.box();
        return new Bout.Person(box.left(), box.upper(), box.right(), box.lower(), numbers);
    }

    /** One bout. One thread. */
    private final class Run {

        private final JobRun run;
        private final AnalysisRequest request;
        private final Path folder;
        private final Instant begun = Instant.now();
        private int skippedFrames;

        Run(JobRun run) {
            this.run = run;
            this.request = AnalysisRequest.ofJson(run.job().parameters());
            this.folder = run.folder();
        }

        String result() throws IOException {
            Signal signal = signal();
            run.artifact(SIGNAL, "text/plain", folder.resolve(SIGNAL));
            if (!signal.bothHit()) {
                Spool.deleteFrames(folder);
                return publish(Result.skipped(run.job(), request, signal, begun));
            }
            obstacle().ifPresent(why -> {
                throw new OspreyException(ErrorCode.MODEL_NOT_READY, "YOLO model not loaded: " + why);
            });
            Path video = video();
            // As the protocol's first implementation tells; clients print it.
            tell(Stage.ANALYSIS, 0, "Starting YOLO analysis");
            Sighting sighting = watch(video);
            tell(Stage.DECISION, 0, "Deciding by the rule " + rule.ruleName());
            Bout bout = sighting.bout();
            double signalFps = config.referee().signalAtVideoRate() ? bout.fps() : Signal.FPS;
            Decision decision = rule.decide(signal, bout, weapon, signalFps);
            tell(Stage.DECISION, 1, decision.reason());
            if (request.overlay()) {
                draw(video, sighting, signal, decision);
            }
            return publish(
                    Result.of(run.job(), request, signal, bout, decision, sighting.frames(), skippedFrames, begun));
        }

        private Signal signal() throws IOException {
            // Whatever is no UTF-8 in it, in somebody's name, say, is replaced.
            String text = new String(Files.readAllBytes(folder.resolve(SIGNAL)), StandardCharsets.UTF_8);
            try {
                return Signal.parse(request.signalName(), text);
            } catch (OspreyException e) {
                // Nothing will be made of the frames, which would lie there as long as the job's files are kept.
                Spool.deleteFrames(folder);
                throw e;
            }
        }

        private void tell(Stage stage, double progress, String message) {
            run.progress(stage.wireName(), stage.ofWhole(progress), message);
        }

        private void checkCancelled() {
            if (run.cancellation().isRequested()) {
                throw new OspreyException(ErrorCode.CANCELLED, "The analysis was cancelled");
            }
        }

        /** The video that is analysed: an upload as it came, or one made of the frames. */
        private Path video() throws IOException {
            if (request.videoName().isPresent()) {
                return folder.resolve(VIDEO);
            }
            Path made = folder.resolve(STREAMED);
            if (Spool.hasFrames(folder)) {
                Footage footage = new Footage(folder, imageLimits(), 1);
                skippedFrames = footage.write(
                        made,
                        run.cancellation(),
                        progress -> tell(Stage.VIDEO_RECONSTRUCTION, progress, "Video reconstructed from frames"));
                Files.writeString(folder.resolve(SKIPPED), Integer.toString(skippedFrames));
                Spool.deleteFrames(folder);
            } else {
                Path skipped = folder.resolve(SKIPPED);
                skippedFrames = Files.exists(skipped) ? Integer.parseInt(Files.readString(skipped)) : 0;
                tell(Stage.VIDEO_RECONSTRUCTION, 1, "Video reconstructed from frames");
            }
            run.artifact(STREAMED, "video/mp4", made);
            return made;
        }

        private ImageLimits imageLimits() {
            return new ImageLimits(
                    config.referee().maxMessageBytes(),
                    config.imaging().maxWidth(),
                    config.imaging().maxHeight());
        }

        private VideoReader open(Path video) {
            int frames = config.referee().maxFrames();
            return new VideoReader(
                    video,
                    new VideoLimits(
                            config.imaging().maxWidth(),
                            config.imaging().maxHeight(),
                            config.referee().maxDuration(),
                            frames));
        }

        /** Goes through a video, its lens corrected where that is asked for. */
        private void each(VideoReader reader, Viewer viewer) {
            OspreyConfig.Referee settings = config.referee();
            try (@Nullable
                    FisheyeCorrection correction = settings.fisheyeEnabled()
                            ? new FisheyeCorrection(
                                    reader.width(),
                                    reader.height(),
                                    settings.fisheyeStrength(),
                                    settings.fisheyeBalance())
                            : null) {
                for (Optional<VideoFrame> next = reader.next(); next.isPresent(); next = reader.next()) {
                    checkCancelled();
                    try (VideoFrame frame = next.get()) {
                        if (correction == null) {
                            viewer.see(frame.seconds(), frame.picture());
                        } else {
                            try (Picture corrected = correction.correct(frame.picture())) {
                                viewer.see(frame.seconds(), corrected);
                            }
                        }
                    }
                }
            }
        }

        /** Looks for the fencers in every picture. */
        private Sighting watch(Path video) {
            try (VideoReader reader = open(video)) {
                Sighting sighting =
                        new Sighting(reader.frameRate(), config.referee().maxFrames());
                FencerTracker tracker = new FencerTracker();
                PoseNetworks networks = new ScheduledNetworks(
                        new Turns(models, scheduler, run.cancellation()),
                        config.referee().detectorModel(),
                        config.referee().poseModel());
                double expected = reader.frameCount().orElse(0);
                if (config.referee().fisheyeEnabled()) {
                    tell(Stage.FISHEYE, 1, "The lens is corrected");
                }
                each(reader, (seconds, picture) -> {
                    sighting.add(seconds, seen(tracker.track(picture, networks)));
                    tell(
                            Stage.YOLO,
                            expected > 0 ? sighting.frames() / expected : 0,
                            "Frame %d%s"
                                    .formatted(sighting.frames(), expected > 0 ? " of %.0f".formatted(expected) : ""));
                });
                tell(Stage.YOLO, 1, "%d frames".formatted(sighting.frames()));
                return sighting;
            }
        }

        /** The video once more, with what was seen in it and what it led to. */
        private void draw(Path video, Sighting sighting, Signal signal, Decision decision) {
            Path drawn = folder.resolve(OVERLAY);
            try (VideoReader reader = open(video);
                    OverlayVideo overlay = new OverlayVideo(drawn, reader.frameRate(), sighting, signal, decision)) {
                each(reader, (seconds, picture) -> {
                    overlay.draw(seconds, picture);
                    tell(
                            Stage.OVERLAY,
                            overlay.frames() / (double) sighting.frames(),
                            "Frame %d of %d".formatted(overlay.frames(), sighting.frames()));
                });
                overlay.finish();
            }
            run.artifact(OVERLAY, "video/mp4", drawn);
        }

        private String publish(JsonObject result) throws IOException {
            Path file = folder.resolve(RESULT);
            Path unfinished = folder.resolve(RESULT + ".unfinished");
            Files.writeString(unfinished, result.toString(), StandardCharsets.UTF_8);
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            run.artifact(RESULT, "application/json", file);
            return Result.brief(result, MOST_CHARACTERS).toString();
        }
    }

    /** Looks at the pictures of a video one by one. */
    private interface Viewer {
        void see(double seconds, Picture picture);
    }
}
