package dev.osprey.segmentation;

import dev.osprey.config.OspreyConfig;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.imaging.ImageLimits;
import dev.osprey.imaging.Rendering;
import dev.osprey.imaging.Visualization;
import dev.osprey.inference.Scheduler;
import dev.osprey.inference.Task;
import dev.osprey.metrics.Meters;
import dev.osprey.model.ModelManifest;
import dev.osprey.runtime.WarmModels;
import dev.osprey.stream.Connections;
import dev.osprey.stream.Mailbox;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** What all streams of the capability share: settings, modes, models, connections. Any thread. */
public final class Segmentation {

    private static final Logger LOG = System.getLogger(Segmentation.class.getName());

    private final OspreyConfig config;
    private final WarmModels models;
    private final Scheduler scheduler;
    private final Executor loader;
    private final Meters meters;
    private final Connections connections;
    private final Mode defaultMode;
    private final Rendering defaultRendering;
    private final Map<String, Segmenter> segmenters = new ConcurrentHashMap<>();

    /**
     * @param loader runs what takes as long as loading a model
     * @throws OspreyException {@link ErrorCode#CONFIGURATION_INVALID} with every setting that fits nothing
     */
    Segmentation(OspreyConfig config, WarmModels models, Scheduler scheduler, Executor loader, Meters meters) {
        this.config = config;
        this.models = models;
        this.scheduler = scheduler;
        this.loader = loader;
        this.meters = meters;
        this.connections = new Connections(config.stream(), meters, System::nanoTime);
        OspreyConfig.Segmentation settings = config.segmentation();
        List<String> problems = new ArrayList<>();
        for (Mode mode : Mode.values()) {
            if (models.catalogue().find(mode.model(settings)).isEmpty()) {
                problems.add("osprey.segmentation.%s-model is \"%s\", the repository has: %s"
                        .formatted(
                                mode.wireName(),
                                mode.model(settings),
                                String.join(", ", models.catalogue().names())));
            }
        }
        Optional<Mode> mode = Mode.ofWireName(settings.defaultMode());
        if (mode.isEmpty()) {
            problems.add("osprey.segmentation.default-mode is \"%s\", expected one of %s"
                    .formatted(settings.defaultMode(), String.join(", ", Mode.WIRE_NAMES)));
        }
        Optional<Visualization> visualization = Visualization.ofWireName(settings.defaultVisualization());
        if (visualization.isEmpty()) {
            problems.add("osprey.segmentation.default-visualization is \"%s\", a rendering was expected"
                    .formatted(settings.defaultVisualization()));
        }
        if (!problems.isEmpty()) {
            throw new OspreyException(ErrorCode.CONFIGURATION_INVALID, String.join("; ", problems));
        }
        this.defaultMode = mode.orElseThrow();
        this.defaultRendering = new Rendering(visualization.orElseThrow(), settings.defaultOpacity(), null);
        meters.connections("segmentation", connections::count);
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
        return isReady(defaultMode);
    }

    OspreyConfig config() {
        return config;
    }

    Meters meters() {
        return meters;
    }

    Connections connections() {
        return connections;
    }

    Mode defaultMode() {
        return defaultMode;
    }

    Rendering defaultRendering() {
        return defaultRendering;
    }

    <F> Mailbox<F> mailbox() {
        return new Mailbox<>(config.stream().maxFramesWaiting());
    }

    long nanoTime() {
        return System.nanoTime();
    }

    String modelOf(Mode mode) {
        return mode.model(config.segmentation());
    }

    boolean isReady(Mode mode) {
        return models.isReady(modelOf(mode));
    }

    /** The manifest of the version that is served, or of the one that would be. */
    ModelManifest manifest(Mode mode) {
        String model = modelOf(mode);
        return models.served(model).orElseGet(() -> models.catalogue().manifest(model));
    }

    /** The mode's segmenter, for that model's worker alone. */
    Segmenter segmenter(Mode mode) {
        return segmenters.computeIfAbsent(
                modelOf(mode),
                model -> new Segmenter(
                        model, models, limits(), config.segmentation().jpegQuality()));
    }

    private ImageLimits limits() {
        return new ImageLimits(
                config.stream().maxMessageBytes(),
                config.imaging().maxWidth(),
                config.imaging().maxHeight());
    }

    /** The picture as it came, as JPEG; nothing where it cannot be decoded. On the model's worker. */
    Optional<byte[]> unchanged(Mode mode, ByteBuffer image) {
        try {
            return Optional.of(segmenter(mode).unchanged(image));
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "A failed frame cannot be sent back", e);
            return Optional.empty();
        }
    }

    void submit(Mode mode, Task task) {
        scheduler.submit(modelOf(mode), task);
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

    void failed(String code) {
        meters.failed("segmentation", code);
    }
}
