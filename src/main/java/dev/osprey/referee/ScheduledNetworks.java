package dev.osprey.referee;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.inference.Priority;
import dev.osprey.inference.Scheduler;
import dev.osprey.inference.Ticket;
import dev.osprey.inference.Work;
import dev.osprey.model.ModelKind;
import dev.osprey.model.ModelManifest;
import dev.osprey.pose.PoseNetworks;
import dev.osprey.runtime.Cancellation;
import dev.osprey.runtime.Lease;
import dev.osprey.runtime.WarmModels;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The networks as they are served, each run a task behind the live streams': none of these ever waits for more than one. For one
 * analysis; one thread.
 */
final class ScheduledNetworks implements PoseNetworks {

    /** Nobody watches: the streams go first for as long as it takes. */
    private static final Duration PATIENCE = Duration.ofHours(24);

    private static final long CANCEL_CHECK_MILLIS = 100;

    private final WarmModels models;
    private final Scheduler scheduler;
    private final TurnWork detector;
    private final TurnWork pose;
    private final Cancellation cancellation;

    /**
     * @param detector names the model, as {@code pose}
     * @param cancellation of the analysis
     */
    ScheduledNetworks(WarmModels models, Scheduler scheduler, String detector, String pose, Cancellation cancellation) {
        this.models = models;
        this.scheduler = scheduler;
        this.detector = new TurnWork(detector);
        this.pose = new TurnWork(pose);
        this.cancellation = cancellation;
    }

    @Override
    public ModelKind detectorKind() {
        return kind(detector.model());
    }

    @Override
    public ModelKind poseKind() {
        return kind(pose.model());
    }

    private ModelKind kind(String model) {
        return models.served(model)
                .map(ModelManifest::kind)
                .orElseThrow(() -> new OspreyException(
                        ErrorCode.MODEL_NOT_READY, "The model \"%s\" is not loaded".formatted(model)));
    }

    @Override
    public <T> T onDetector(Run<T> run) {
        return turn(detector, run);
    }

    @Override
    public <T> T onPose(Run<T> run) {
        return turn(pose, run);
    }

    private <T> T turn(TurnWork work, Run<T> run) {
        Turn<T> turn = new Turn<>(run);
        Ticket ticket = scheduler.submit(work, turn, Priority.BATCH, PATIENCE);
        try {
            while (true) {
                try {
                    return turn.result.get(CANCEL_CHECK_MILLIS, TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    if (cancellation.isRequested()) {
                        throw new OspreyException(ErrorCode.CANCELLED, "The analysis was cancelled", e);
                    }
                }
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof OspreyException known
                    ? known
                    : new OspreyException(ErrorCode.MODEL_FAILED, "A frame could not be looked at", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OspreyException(ErrorCode.CANCELLED, "The analysis was interrupted", e);
        } finally {
            ticket.cancel();
            turn.release();
        }
    }

    /** One run of a network that waits for its turn. */
    private static final class Turn<T> {

        private final PoseNetworks.Run<T> run;
        private final CompletableFuture<T> result = new CompletableFuture<>();
        private final AtomicBoolean taken = new AtomicBoolean();

        Turn(PoseNetworks.Run<T> run) {
            this.run = run;
        }

        void take(Lease lease, Cancellation cancellation) {
            if (!taken.compareAndSet(false, true)) {
                return;
            }
            try {
                result.complete(run.on(lease, cancellation));
            } catch (RuntimeException | Error e) {
                // An Error as well, of a native library or for want of memory: the analysis would wait for ever.
                result.completeExceptionally(e);
            }
        }

        /** Fails where it has not been taken. */
        void refuse(RuntimeException why) {
            if (taken.compareAndSet(false, true)) {
                result.completeExceptionally(why);
            }
        }

        /** From now on nobody uses the picture: it will not be looked at any more, or that has ended. */
        void release() {
            if (!taken.compareAndSet(false, true)) {
                result.handle((value, failure) -> true).join();
            }
        }
    }

    /** The turns on one model, one at a time. */
    private final class TurnWork implements Work<Turn<?>> {

        private static final ModelManifest.Batch ONE = new ModelManifest.Batch(1, Duration.ZERO);

        private final String model;

        TurnWork(String model) {
            this.model = model;
        }

        @Override
        public String model() {
            return model;
        }

        @Override
        public ModelManifest.Batch batch() {
            return ONE;
        }

        @Override
        public void run(List<Turn<?>> turns, Cancellation cancellation) {
            for (Turn<?> turn : turns) {
                try (Lease lease = models.lease(model)) {
                    turn.take(lease, cancellation);
                } catch (OspreyException e) {
                    turn.refuse(e);
                }
            }
        }

        @Override
        public void refuse(Turn<?> turn, OspreyException why) {
            turn.refuse(why);
        }
    }
}
