package dev.osprey.studio;

import dev.osprey.config.OspreyConfig;
import dev.osprey.diffusion.DiffusionModel;
import dev.osprey.diffusion.DiffusionModel.Network;
import dev.osprey.diffusion.ServedNetworks;
import dev.osprey.diffusion.TextToImage;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.imaging.Picture;
import dev.osprey.inference.Scheduler;
import dev.osprey.inference.Turns;
import dev.osprey.jobs.JobKind;
import dev.osprey.jobs.JobRun;
import dev.osprey.runtime.Lease;
import dev.osprey.runtime.WarmModels;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A picture of words. */
final class PictureJob implements JobKind {

    static final String KIND = "text-to-image";

    /** An artifact that changes while the picture is made. */
    private static final String PREVIEW = "preview.png";

    private static final int PREVIEWS = 5;

    /** The part of the work that comes before the first step, and up to where the last one is. */
    private static final double READ = 0.05;

    private static final double STEPPED = 0.95;

    /** What the protocol's clients offer as styles, in words that models of an open vocabulary know. */
    private static final Map<String, String> STYLES = Map.of(
            "artistic", "in the style of an oil painting",
            "anime", "anime style, cel shading",
            "cartoon", "cartoon style, bold outlines",
            "sketch", "pencil sketch",
            "watercolor", "watercolour painting",
            "digital_art", "digital art",
            "cyberpunk", "cyberpunk, neon lights",
            "fantasy", "fantasy art");

    private final OspreyConfig.Studio settings;
    private final WarmModels models;
    private final Scheduler scheduler;

    /** What was read for the models that were served last. */
    private volatile @Nullable TextToImage painter;

    PictureJob(OspreyConfig.Studio settings, WarmModels models, Scheduler scheduler) {
        this.settings = settings;
        this.models = models;
        this.scheduler = scheduler;
    }

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public int concurrency() {
        return settings.concurrentPictures();
    }

    @Override
    public String run(JobRun run) throws IOException {
        PictureRequest request = PictureRequest.ofJson(run.job().parameters());
        tell(run, 0, "Reading the prompt...");
        TextToImage model = painter();
        boolean open = !model.model().textEncoder().manifest().tokens().closed();
        Optional<String> style = Optional.ofNullable(STYLES.get(request.style().toLowerCase(Locale.ROOT)))
                .filter(words -> open);
        int steps = request.steps().orElse(model.sampling().defaultSteps());
        TextToImage.Request wanted = new TextToImage.Request(
                style.map(words -> request.prompt() + ", " + words).orElse(request.prompt()),
                request.negativePrompt(),
                request.seed().orElseThrow(),
                steps,
                (float) request.guidance().orElse(model.sampling().defaultGuidance()),
                Math.max(1, Math.min(steps, model.sampling().maxSteps()) / PREVIEWS));
        Turns turns = new Turns(models, scheduler, run.cancellation());
        TextToImage.Painted painted = model.paint(
                wanted,
                new ServedNetworks(
                        model.model(),
                        (name, task) -> turns.on(name, (lease, cancellation) -> {
                            task.on(lease, cancellation);
                            return true;
                        })),
                new Progress(run, model));
        tell(run, STEPPED, "Saving the picture...");
        save(run, painted, request);
        return result(
                painted,
                request,
                style.isPresent(),
                model.model().denoiser().manifest().name());
    }

    private static void tell(JobRun run, double progress, String message) {
        // An attempt that is begun anew does not go back.
        run.progress(KIND, Math.max(progress, run.job().progress()), message);
    }

    private TextToImage painter() {
        DiffusionModel served = new DiffusionModel(
                network(settings.textEncoderModel()),
                network(settings.denoiserModel()),
                network(settings.decoderModel()));
        TextToImage read = painter;
        if (read == null || !read.model().equals(served)) {
            read = TextToImage.read(served, models.catalogue());
            painter = read;
        }
        return read;
    }

    private Network network(String model) {
        try (Lease lease = models.lease(model)) {
            return new Network(lease.manifest(), lease.version());
        }
    }

    /** Tells how far it is, and shows it. */
    private record Progress(JobRun run, TextToImage model) implements TextToImage.Watcher {

        @Override
        public void stepped(int done, int steps) {
            if (run.cancellation().isRequested()) {
                throw new OspreyException(ErrorCode.CANCELLED, "The picture was cancelled");
            }
            tell(run, READ + (STEPPED - READ) * done / steps, "Step %d of %d".formatted(done, steps));
        }

        @Override
        public void previewed(byte[] rgb, int done, int steps) {
            try (Picture picture = Picture.ofRgb(model.width(), model.height(), rgb)) {
                publish(run, PREVIEW, PREVIEW, picture);
            } catch (OspreyException e) {
                // The picture itself can do without, while the store is away.
                if (e.code() != ErrorCode.STORE_UNAVAILABLE) {
                    throw e;
                }
            }
        }
    }

    private static void publish(JobRun run, String name, String file, Picture picture) {
        try {
            Path unfinished = run.folder().resolve("unfinished.png");
            Files.write(unfinished, picture.png());
            Path finished = run.folder().resolve(file);
            Files.move(unfinished, finished, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            run.artifact(name, "image/png", finished);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void save(JobRun run, TextToImage.Painted painted, PictureRequest request) {
        try (Picture made = Picture.ofRgb(painted.width(), painted.height(), painted.rgb());
                Picture picture = made.covering(request.width(), request.height())) {
            publish(run, Status.pictureName(run.job().id()), "generated.png", picture);
        }
    }

    private static String result(TextToImage.Painted painted, PictureRequest request, boolean styled, String model) {
        JsonArrayBuilder unknown = Json.createArrayBuilder();
        painted.unknownWords().forEach(unknown::add);
        return Json.createObjectBuilder()
                .add("width", request.width())
                .add("height", request.height())
                .add("seed", painted.seed())
                .add("steps", painted.steps())
                .add("guidance_scale", painted.guidance())
                .add("unknown_words", unknown)
                .add("cut", painted.cut())
                .add("style_applied", styled)
                .add("model", model)
                .add("native_width", painted.width())
                .add("native_height", painted.height())
                .build()
                .toString();
    }

    /** Why no picture can be made; nothing where it can. */
    static Optional<String> obstacle(OspreyConfig.Studio settings, WarmModels models) {
        return Stream.of(settings.textEncoderModel(), settings.denoiserModel(), settings.decoderModel())
                .filter(model -> models.served(model).isEmpty())
                .map("The model \"%s\" is not loaded"::formatted)
                .findFirst();
    }
}
