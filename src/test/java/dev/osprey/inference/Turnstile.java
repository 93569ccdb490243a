package dev.osprey.inference;

import dev.osprey.fault.OspreyException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Holds the worker of a model, and lets through what waits for it turn by turn, so that a test knows what has been done. */
public final class Turnstile {

    private final Scheduler scheduler;
    private final String model;
    private Gate current = new Gate();

    /** Returns when the worker is held. */
    public Turnstile(Scheduler scheduler, String model) {
        this.scheduler = scheduler;
        this.model = model;
        TaskWork.submit(scheduler, model, current);
        await(current.reached);
    }

    /** Lets the worker do every task that waits now, and returns when it is held again. */
    public void turn() {
        Gate next = new Gate();
        TaskWork.submit(scheduler, model, next);
        current.opened.countDown();
        await(next.reached);
        current = next;
    }

    /** Lets the worker go for good. */
    public void open() {
        current.opened.countDown();
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(10, TimeUnit.SECONDS)) {
                throw new AssertionError("The worker does not come by");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static final class Gate implements TaskWork.Task {

        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch opened = new CountDownLatch(1);

        @Override
        public void run() {
            reached.countDown();
            await(opened);
        }

        @Override
        public void refuse(OspreyException why) {
            reached.countDown();
        }
    }
}
