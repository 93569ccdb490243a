package dev.osprey.fingerspelling;

import dev.osprey.config.OspreyConfig;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.inference.Priority;
import dev.osprey.inference.Scheduler;
import dev.osprey.inference.Ticket;
import dev.osprey.inference.Work;
import dev.osprey.metrics.Meters;
import dev.osprey.model.ModelManifest;
import dev.osprey.runtime.Cancellation;
import dev.osprey.stream.Connections;
import dev.osprey.trace.Trace;
import dev.osprey.trace.Tracing;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** What all sessions of the capability share: settings, recognition, connections, statistics. Any thread. */
public final class Fingerspelling {

    private static final Logger LOG = System.getLogger(Fingerspelling.class.getName());

    private static final String CAPABILITY = "fingerspelling";

    private final Supplier<OspreyConfig> config;
    private final Recognition recognition;
    private final Scheduler scheduler;
    private final Meters meters;
    private final Tracing tracing;
    private final LongSupplier nanoClock;
    private final Connections connections;
    private final Statistics statistics;
    private final FrameWork work = new FrameWork();

    /** @throws OspreyException {@link ErrorCode#CONFIGURATION_INVALID} where the path is none that the coach can have */
    Fingerspelling(
            Supplier<OspreyConfig> config,
            Recognition recognition,
            Scheduler scheduler,
            Meters meters,
            Tracing tracing,
            LongSupplier nanoClock) {
        this.config = config;
        this.recognition = recognition;
        this.scheduler = scheduler;
        this.meters = meters;
        this.tracing = tracing;
        this.nanoClock = nanoClock;
        String path = settings().path();
        if (!path.matches("/[A-Za-z0-9._~/-]+") || path.equals("/ws")) {
            throw new OspreyException(
                    ErrorCode.CONFIGURATION_INVALID,
                    "osprey.fingerspelling.path is \"%s\", expected a path such as /fingerspelling, and not /ws"
                            .formatted(path));
        }
        this.connections = new Connections(
                () -> config.get().stream().withMaxMessageBytes(settings().maxMessageBytes()), meters, nanoClock);
        this.statistics = new Statistics(nanoClock);
        statistics.publish(meters);
        meters.connections(CAPABILITY, connections::count);
        obstacle().ifPresent(why -> LOG.log(Level.WARNING, "The fingerspelling coach is not available: {0}", why));
    }

    /** Connections that are open now. */
    public int connectionCount() {
        return connections.count();
    }

    /** Why the coach cannot look at frames; nothing where it can. */
    public Optional<String> obstacle() {
        return recognition.obstacle(settings().model());
    }

    OspreyConfig.Fingerspelling settings() {
        return config.get().fingerspelling();
    }

    Recognition recognition() {
        return recognition;
    }

    /** Of all clients on WebSockets. */
    public Connections connections() {
        return connections;
    }

    Meters meters() {
        return meters;
    }

    Statistics statistics() {
        return statistics;
    }

    /** A frame that came then and is looked at. */
    Trace trace(String stream, long arrivedNanos) {
        return tracing.frame(CAPABILITY, stream, arrivedNanos);
    }

    /** A newer frame has taken the place of one. */
    void replaced(String stream, long arrivedNanos) {
        statistics.dropped();
        meters.replaced(CAPABILITY);
        tracing.replaced(CAPABILITY, stream, arrivedNanos);
    }

    long nanoTime() {
        return nanoClock.getAsLong();
    }

    void failed(String code, String sentence) {
        statistics.failed();
        meters.failed(CAPABILITY, code, sentence);
    }

    /**
     * A frame was looked at to its end.
     *
     * @param model that names the letters
     * @param took from the worker's taking it on
     */
    void answered(String model, Duration took, Duration age) {
        statistics.processed(took.toNanos());
        meters.answered(CAPABILITY, model, took, age);
    }

    /** Has the stream's next frame looked at when its turn comes. */
    Ticket submit(CoachStream stream) {
        return scheduler.submit(
                work, stream, Priority.REALTIME, config.get().stream().maxQueueTime());
    }

    /**
     * The frames of all streams. They take turns on the network that every frame with a hand runs; the others run in the same
     * turn.
     */
    private final class FrameWork implements Work<CoachStream> {

        private static final ModelManifest.Batch ONE = new ModelManifest.Batch(1, Duration.ZERO);

        @Override
        public String model() {
            return settings().handModel();
        }

        @Override
        public ModelManifest.Batch batch() {
            // One: what one stream waits for, no other's reset may cancel.
            return ONE;
        }

        @Override
        public void run(List<CoachStream> streams, Cancellation cancellation) {
            streams.forEach(stream -> stream.turn(cancellation));
        }

        @Override
        public void refuse(CoachStream stream, OspreyException why) {
            stream.refused(why);
        }
    }
}
