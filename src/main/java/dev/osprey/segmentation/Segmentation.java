package dev.osprey.segmentation;

import dev.osprey.config.OspreyConfig;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.imaging.ImageLimits;
import dev.osprey.imaging.Picture;
import dev.osprey.imaging.Rendering;
import dev.osprey.imaging.Visualization;
import dev.osprey.inference.Priority;
import dev.osprey.inference.Scheduler;
import dev.osprey.inference.Ticket;
import dev.osprey.inference.Work;
import dev.osprey.metrics.Meters;
import dev.osprey.model.ModelKind;
import dev.osprey.model.ModelManifest;
import dev.osprey.runtime.Cancellation;
import dev.osprey.runtime.WarmModels;
import dev.osprey.stream.Connections;
import dev.osprey.stream.Mailbox;
import dev.osprey.trace.Trace;
import dev.osprey.trace.Tracing;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** What all streams of the capability share: settings, modes, models, connections. Any thread. */
public final class Segmentation {

    private static final Logger LOG = System.getLogger(Segmentation.class.getName());

    private static final String CAPABILITY = "segmentation";

    private final Supplier<OspreyConfig> config;
    private final WarmModels models;
    private final Scheduler scheduler;
    private final Executor loader;
    private final Meters meters;
    private final Tracing tracing;
    private final Connections connections;
    private final LongSupplier nanoClock;
    private final Trials trials;
    private final Map<String, FrameWork> works = new ConcurrentHashMap<>();

    /**
     * @param loader runs what takes as long as loading a model
     * @throws OspreyException {@link ErrorCode#CONFIGURATION_INVALID} with every setting that fits nothing
     */
    Segmentation(
            Supplier<OspreyConfig> config,
            WarmModels models,
            Scheduler scheduler,
            Executor loader,
            Meters meters,
            Tracing tracing,
            LongSupplier nanoClock) {
        this.config = config;
        this.models = models;
        this.scheduler = scheduler;
        this.loader = loader;
        this.meters = meters;
        this.tracing = tracing;
        this.connections = new Connections(() -> config.get().stream(), meters, nanoClock);
        this.nanoClock = nanoClock;
        this.trials = new Trials(nanoClock.getAsLong());
        List<String> problems = new ArrayList<>();
        for (Mode mode : Mode.values()) {
            problemOf(mode).ifPresent(problems::add);
        }
        if (!problems.isEmpty()) {
            throw new OspreyException(ErrorCode.CONFIGURATION_INVALID, String.join("; ", problems));
        }
        meters.connections(CAPABILITY, connections::count);
    }

    /** Why the model that is configured for a mode cannot serve it. */
    private Optional<String> problemOf(Mode mode) {
        String model = modelOf(mode);
        Optional<ModelKind> kind = models.catalogue().find(model).map(ModelManifest::kind);
        if (kind.equals(Optional.of(ModelKind.SEGMENTATION))) {
            return Optional.empty();
        }
        String found = kind.map(other -> ", which is of the kind " + other.wireName() + "; for segmentation")
                .orElse(",");
        return Optional.of("osprey.segmentation.%s-model is \"%s\"%s the repository has: %s"
                .formatted(
                        mode.wireName(),
                        model,
                        found,
                        String.join(", ", models.catalogue().names(ModelKind.SEGMENTATION))));
    }

    /** The modes a client may choose from, in the protocol's order. */
    public static List<String> modes() {
        return Mode.WIRE_NAMES;
    }

    /** Connections that are open now. */
    public int connectionCount() {
        return connections.count();
    }

    /** Whether the next frame of a new connection would find its model loaded. */
    public boolean isReady() {
        return isReady(defaultMode());
    }

    OspreyConfig config() {
        return config.get();
    }

    Meters meters() {
        return meters;
    }

    /** A frame of a stream that came then and is looked at. */
    Trace trace(String stream, FrameAnswers.Frame frame) {
        return tracing.frame(CAPABILITY, stream, frame.arrivalNanos());
    }

    /** A newer frame takes the place of one. */
    void replaced(String stream, Mode mode, FrameAnswers.Frame frame) {
        meters.replaced(mode.wireName());
        tracing.replaced(CAPABILITY, stream, frame.arrivalNanos());
    }

    /** Of all clients on WebSockets. */
    public Connections connections() {
        return connections;
    }

    Mode defaultMode() {
        return Mode.ofWireName(config.get().segmentation().defaultMode()).orElseThrow();
    }

    Rendering defaultRendering() {
        OspreyConfig.Segmentation settings = config.get().segmentation();
        return new Rendering(
                Visualization.ofWireName(settings.defaultVisualization()).orElseThrow(),
                settings.defaultOpacity(),
                null);
    }

    <F> Mailbox<F> mailbox() {
        return new Mailbox<>(config.get().stream().maxFramesWaiting());
    }

    long nanoTime() {
        return nanoClock.getAsLong();
    }

    String modelOf(Mode mode) {
        return mode.model(config.get().segmentation());
    }

    boolean isReady(Mode mode) {
        return models.isReady(modelOf(mode));
    }

    /** The modes whose models are loaded, each with the nanoseconds that its model takes when nothing is in its way. */
    Map<Mode, Long> quickestRuns() {
        Map<Mode, Long> quickestRuns = new EnumMap<>(Mode.class);
        for (Mode mode : Mode.values()) {
            models.quickestRunNanos(modelOf(mode)).ifPresent(nanos -> quickestRuns.put(mode, nanos));
        }
        return quickestRuns;
    }

    Trials trials() {
        return trials;
    }

    /** The manifest of the version that is served, or of the one that would be. */
    ModelManifest manifest(Mode mode) {
        String model = modelOf(mode);
        return models.served(model).orElseGet(() -> models.catalogue().manifest(model));
    }

    private ImageLimits limits() {
        return new ImageLimits(
                config.get().stream().maxMessageBytes(),
                config.get().imaging().maxWidth(),
                config.get().imaging().maxHeight());
    }

    /** The picture as it came, as JPEG; nothing where it cannot be decoded. */
    Optional<byte[]> unchanged(ByteBuffer image) {
        try (Picture frame = Picture.decode(image, limits())) {
            return Optional.of(frame.jpeg(config.get().segmentation().jpegQuality()));
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "A failed frame cannot be sent back", e);
            return Optional.empty();
        }
    }

    /** Has the stream's next frame segmented when its turn comes. */
    Ticket submit(Mode mode, SegmentationStream stream) {
        FrameWork work = works.computeIfAbsent(modelOf(mode), FrameWork::new);
        return scheduler.submit(
                work, stream, Priority.REALTIME, config.get().stream().maxQueueTime());
    }

    /** The frames of all streams for one model. */
    private final class FrameWork implements Work<SegmentationStream> {

        private final String model;

        /** One for each worker that has been at work. */
        private final Deque<Segmenter> idle = new ConcurrentLinkedDeque<>();

        FrameWork(String model) {
            this.model = model;
        }

        @Override
        public String model() {
            return model;
        }

        @Override
        public ModelManifest.Batch batch() {
            return models.served(model).map(ModelManifest::batch).orElse(new ModelManifest.Batch(1, Duration.ZERO));
        }

        @Override
        public void run(List<SegmentationStream> streams, Cancellation cancellation) {
            Segmenter segmenter = Optional.ofNullable(idle.poll())
                    .orElseGet(() -> new Segmenter(model, models, limits(), () -> config.get()
                            .segmentation()
                            .jpegQuality()));
            List<Segmenter.Order> orders = new ArrayList<>(streams.size());
            streams.forEach(stream -> stream.take().ifPresent(orders::add));
            segmenter.segment(orders, cancellation);
            idle.push(segmenter);
        }

        @Override
        public void refuse(SegmentationStream stream, OspreyException why) {
            stream.take().ifPresent(order -> order.fail(why));
        }
    }

    /** Loads the mode's model beside everything else and tells one of the two how it went; the log says why it failed. */
    void load(Mode mode, Runnable loaded, Runnable failed) {
        try {
            loader.execute(() -> (tryLoad(mode) ? loaded : failed).run());
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "The server is stopping", e);
            failed.run();
        }
    }

    private boolean tryLoad(Mode mode) {
        try {
            models.load(modelOf(mode));
            return true;
        } catch (OspreyException e) {
            LOG.log(Level.WARNING, "The model of the mode {0} could not be loaded: {1}", mode.wireName(), e.reason());
        } catch (RuntimeException | Error e) {
            LOG.log(Level.WARNING, "The model of the mode " + mode.wireName() + " could not be loaded", e);
        }
        return false;
    }

    void failed(String code, String sentence) {
        meters.failed(CAPABILITY, code, sentence);
    }
}
