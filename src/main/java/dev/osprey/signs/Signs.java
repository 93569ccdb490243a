package dev.osprey.signs;

import dev.osprey.config.OspreyConfig;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.imaging.Clip;
import dev.osprey.imaging.ImageLimits;
import dev.osprey.inference.Priority;
import dev.osprey.inference.Scheduler;
import dev.osprey.inference.Ticket;
import dev.osprey.inference.Work;
import dev.osprey.metrics.Meters;
import dev.osprey.model.ModelKind;
import dev.osprey.model.ModelManifest;
import dev.osprey.runtime.Cancellation;
import dev.osprey.runtime.Lease;
import dev.osprey.runtime.WarmModels;
import dev.osprey.stream.Connections;
import dev.osprey.trace.Trace;
import dev.osprey.trace.Tracing;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** What all clients of the capability share: settings, model, who may come in. Any thread. */
public final class Signs {

    private static final Logger LOG = System.getLogger(Signs.class.getName());

    private static final String CAPABILITY = "signs";

    private final Supplier<OspreyConfig> config;
    private final WarmModels models;
    private final Scheduler scheduler;
    private final Meters meters;
    private final Tracing tracing;
    private final LongSupplier nanoClock;
    private final Connections connections;
    private final ImageLimits limits;
    private final AtomicInteger clients = new AtomicInteger();
    private final ClipWork work = new ClipWork();

    Signs(
            Supplier<OspreyConfig> config,
            WarmModels models,
            Scheduler scheduler,
            Meters meters,
            Tracing tracing,
            LongSupplier nanoClock) {
        this.config = config;
        this.models = models;
        this.scheduler = scheduler;
        this.meters = meters;
        this.tracing = tracing;
        this.nanoClock = nanoClock;
        OspreyConfig.Imaging imaging = config.get().imaging();
        int maxMessageBytes = config.get().socketio().maxMessageBytes();
        this.connections =
                new Connections(() -> config.get().stream().withMaxMessageBytes(maxMessageBytes), meters, nanoClock);
        this.limits = new ImageLimits(maxMessageBytes, imaging.maxWidth(), imaging.maxHeight());
        meters.connections(CAPABILITY, clients::get);
        obstacle().ifPresent(why -> LOG.log(Level.WARNING, "Sign words are not available: {0}", why));
    }

    /** Clients that send frames now. */
    public int clientCount() {
        return clients.get();
    }

    /** Why no word can be recognised; nothing where one can. */
    public Optional<String> obstacle() {
        String name = settings().model();
        Optional<ModelManifest> served = models.served(name);
        if (served.isEmpty()) {
            return Optional.of("The model \"%s\" is not loaded; it lies in models/%s".formatted(name, name));
        }
        ModelKind kind = served.get().kind();
        return kind == ModelKind.SIGN_WORDS
                ? Optional.empty()
                : Optional.of("The model \"%s\" is of the kind %s, expected %s"
                        .formatted(name, kind.wireName(), ModelKind.SIGN_WORDS.wireName()));
    }

    /** Of the model that is served; nothing where none of the right kind is. */
    Optional<ModelManifest> manifest() {
        return models.served(settings().model()).filter(served -> served.kind() == ModelKind.SIGN_WORDS);
    }

    /** Of the clips that the model looks at; nothing where there is none. */
    Optional<Clip.Shape> clipShape() {
        return manifest().map(model -> model.clips().clip());
    }

    OspreyConfig.Signs settings() {
        return config.get().signs();
    }

    ImageLimits limits() {
        return limits;
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

    /** Counts one more client where the limit allows it; {@link #left} takes it back. */
    boolean tryEnter() {
        int most = settings().maxClients();
        // There may be more than now may come in.
        int before = clients.getAndUpdate(count -> count < most ? count + 1 : count);
        if (before >= most) {
            meters.refused("max-clients");
        }
        return before < most;
    }

    void left() {
        clients.decrementAndGet();
    }

    void failed(String code, String sentence) {
        meters.failed(CAPABILITY, code, sentence);
    }

    void frameDropped(String stream, long arrivedNanos) {
        meters.replaced(CAPABILITY);
        tracing.replaced(CAPABILITY, stream, arrivedNanos);
    }

    void recognised(String model, Duration inference, Duration age) {
        meters.answered(CAPABILITY, model, inference, age);
    }

    /** The newest frame of a clip that was looked at. */
    Trace trace(String stream, long arrivedNanos) {
        return tracing.frame(CAPABILITY, stream, arrivedNanos);
    }

    /** Has the stream's clip looked at when its turn comes. */
    Ticket submit(SignStream stream) {
        return scheduler.submit(
                work, stream, Priority.REALTIME, config.get().stream().maxQueueTime());
    }

    /** The clips of all streams. */
    private final class ClipWork implements Work<SignStream> {

        private static final ModelManifest.Batch ONE = new ModelManifest.Batch(1, Duration.ZERO);

        @Override
        public String model() {
            return settings().model();
        }

        @Override
        public ModelManifest.Batch batch() {
            return manifest().map(ModelManifest::batch).orElse(ONE);
        }

        @Override
        public void run(List<SignStream> streams, Cancellation cancellation) {
            try (Lease lease = models.lease(model())) {
                if (lease.manifest().kind() != ModelKind.SIGN_WORDS) {
                    throw new OspreyException(
                            ErrorCode.MODEL_NOT_READY, obstacle().orElse("Another model came"));
                }
                // Where another version was put in place meanwhile, it may take fewer.
                int most = lease.manifest().batch().max();
                for (int first = 0; first < streams.size(); first += most) {
                    look(lease, streams.subList(first, Math.min(streams.size(), first + most)), cancellation);
                }
            } catch (OspreyException e) {
                // The former results stay, and the next full clips try again.
                if (e.code() != ErrorCode.CANCELLED) {
                    LOG.log(Level.DEBUG, "Clips were not recognised", e);
                    failed(e.code().name(), e.detail());
                }
            } finally {
                streams.forEach(SignStream::turnIsOver);
            }
        }

        private void look(Lease lease, List<SignStream> streams, Cancellation cancellation) {
            ByteBuffer input = lease.input();
            int clipBytes = lease.inputBytes(1);
            List<SignStream> looked = new ArrayList<>();
            for (SignStream stream : streams) {
                if (stream.tryWriteClip(lease.manifest(), input.slice(looked.size() * clipBytes, clipBytes))) {
                    looked.add(stream);
                }
            }
            if (looked.isEmpty()) {
                return;
            }
            long startedNanos = nanoTime();
            lease.run(input, lease.output(), looked.size(), cancellation);
            for (int i = 0; i < looked.size(); i++) {
                try {
                    looked.get(i).recognised(lease, lease.probabilities(i), looked.size(), startedNanos);
                } catch (OspreyException e) {
                    // What the model makes of one clip says nothing about the others.
                    LOG.log(Level.DEBUG, "A clip was not recognised", e);
                    failed(e.code().name(), e.detail());
                }
            }
        }

        @Override
        public void refuse(SignStream stream, OspreyException why) {
            LOG.log(Level.DEBUG, "A clip was not looked at", why);
            failed(why.code().name(), why.detail());
            stream.turnIsOver();
        }
    }
}
