package dev.osprey.inference;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.model.ModelManifest;
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
 * Networks for work that nobody watches: every run is a task of its own behind the live streams', none of which ever waits for more
 * than one. For one piece of work; one thread, which waits for each run.
 */
public final class Turns {

    /** The streams go first for as long as it takes. */
    private static final Duration PATIENCE = Duration.ofHours(24);

    private static final long CANCEL_CHECK_MILLIS = 100;

    private final WarmModels models;
    private final Scheduler scheduler;
    private final Cancellation cancellation;

    /** What is done with a network while it is one's own, on a thread of the scheduler's. */
    @FunctionalInterface
    public interface Run<T> {
        T on(Lease lease, Cancellation cancellation);
    }

    /** @param cancellation of the whole work */
    public Turns(WarmModels models, Scheduler scheduler, Cancellation cancellation) {
        this.models = models;
        this.scheduler = scheduler;
        this.cancellation = cancellation;
    }

    /**
     * The manifest of a model as it is served now.
     *
     * @throws OspreyException {@link ErrorCode#MODEL_NOT_READY}
     */
    public ModelManifest manifest(String model) {
        return models.served(model)
                .orElseThrow(() -> new OspreyException(
                        ErrorCode.MODEL_NOT_READY, "The model \"%s\" is not loaded".formatted(model)));
    }

    /**
     * Waits for the model and runs on it.
     *
     * @throws OspreyException as the run does; {@link ErrorCode#CANCELLED}, {@link ErrorCode#MODEL_NOT_READY}, {@link
     *     ErrorCode#MODEL_FAILED}
     */
    public <T> T on(String model, Run<T> run) {
        return on(model, PATIENCE, run);
    }

    /**
     * As {@link #on(String, Run)}, for who does not wait that long for the run to begin.
     *
     * @throws OspreyException also {@link ErrorCode#DEADLINE_EXCEEDED}
     */
    public <T> T on(String model, Duration patience, Run<T> run) {
        Turn<T> turn = new Turn<>(run);
        Ticket ticket = scheduler.submit(new TurnWork(model), turn, Priority.BATCH, patience);
        try {
            while (true) {
                try {
                    return turn.result.get(CANCEL_CHECK_MILLIS, TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    if (cancellation.isRequested()) {
                        throw new OspreyException(ErrorCode.CANCELLED, "The work was cancelled", e);
                    }
                }
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof OspreyException known
                    ? known
                    : new OspreyException(
                            ErrorCode.MODEL_FAILED, "The model \"%s\" could not be run".formatted(model), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OspreyException(ErrorCode.CANCELLED, "The work was interrupted", e);
        } finally {
            ticket.cancel();
            turn.release();
        }
    }

    /** One run of a network that waits for its turn. */
    private static final class Turn<T> {

        private final Run<T> run;
        private final CompletableFuture<T> result = new CompletableFuture<>();
        private final AtomicBoolean taken = new AtomicBoolean();

        Turn(Run<T> run) {
            this.run = run;
        }

        void take(Lease lease, Cancellation cancellation) {
            if (!taken.compareAndSet(false, true)) {
                return;
            }
            try {
                result.complete(run.on(lease, cancellation));
            } catch (RuntimeException | Error e) {
                // An Error as well, of a native library or for want of memory: the work would wait for ever.
                result.completeExceptionally(e);
            }
        }

        /** Fails where it has not been taken. */
        void refuse(RuntimeException why) {
            if (taken.compareAndSet(false, true)) {
                result.completeExceptionally(why);
            }
        }

        /** From now on nobody uses what the run looks at: it will not be begun any more, or it has ended. */
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
                } catch (RuntimeException e) {
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
