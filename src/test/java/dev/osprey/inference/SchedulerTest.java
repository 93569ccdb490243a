package dev.osprey.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.model.ModelManifest;
import dev.osprey.runtime.Cancellation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** With real workers; what they do in which order is told by queues and latches. */
class SchedulerTest {

    private final ExecutorService workers = Executors.newCachedThreadPool();
    private final Scheduler scheduler = new Scheduler(workers, TaskWork.ONE_RUN_PER_MODEL, System::nanoTime);
    private final LinkedBlockingQueue<String> events = new LinkedBlockingQueue<>();

    @AfterEach
    void stop() throws InterruptedException {
        scheduler.close();
        workers.shutdown();
        assertTrue(workers.awaitTermination(10, TimeUnit.SECONDS), "every worker goes home");
    }

    @Test
    void runsTheTasksOfAModelInTheOrderTheyCame() throws Exception {
        Gate gate = new Gate();
        TaskWork.submit(scheduler, "person", gate);
        gate.awaitStart();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            TaskWork.submit(scheduler, "person", task(Integer.toString(i)));
            expected.add(Integer.toString(i));
        }
        assertEquals(100, scheduler.waiting());
        gate.open();
        assertEquals(expected, events(100));
        assertEquals(0, scheduler.waiting());
    }

    @Test
    void runsOneTaskOfAModelAtATime() throws Exception {
        Gate first = new Gate();
        Gate second = new Gate();
        TaskWork.submit(scheduler, "person", first);
        TaskWork.submit(scheduler, "person", second);
        first.awaitStart();
        assertEquals(1, scheduler.waiting());
        assertEquals(1, second.started.getCount());
        first.open();
        second.awaitStart();
        second.open();
    }

    @Test
    void letsNoModelWaitForAnother() throws Exception {
        Gate gate = new Gate();
        TaskWork.submit(scheduler, "slow", gate);
        gate.awaitStart();
        TaskWork.submit(scheduler, "slow", task("behind"));
        TaskWork.submit(scheduler, "quick", task("beside"));
        assertEquals(List.of("beside"), events(1));
        gate.open();
        assertEquals(List.of("behind"), events(1));
    }

    @Test
    void outlivesATaskThatThrows() throws Exception {
        TaskWork.submit(scheduler, "person", task(() -> {
            throw new IllegalStateException("a task that breaks its promise");
        }));
        TaskWork.submit(scheduler, "person", task(() -> {
            throw new OutOfMemoryError("a task whose frame is too large");
        }));
        TaskWork.submit(scheduler, "person", task("next"));
        assertEquals(List.of("next"), events(1));
    }

    @Test
    void refusesWhatWaitsWhenItIsClosedAndFinishesWhatRuns() throws Exception {
        Gate gate = new Gate();
        TaskWork.submit(scheduler, "person", gate);
        gate.awaitStart();
        TaskWork.submit(scheduler, "person", task("first"));
        TaskWork.submit(scheduler, "person", task("second"));
        scheduler.close();
        assertEquals(List.of("first refused: SERVER_STOPPING", "second refused: SERVER_STOPPING"), events(2));
        gate.open();
        assertTrue(gate.finished.await(10, TimeUnit.SECONDS));
    }

    @Test
    void refusesWhatComesAfterItWasClosed() throws Exception {
        TaskWork.submit(scheduler, "person", task("first"));
        assertEquals(List.of("first"), events(1));
        scheduler.close();
        TaskWork.submit(scheduler, "person", task("second"));
        TaskWork.submit(scheduler, "street", task("third"));
        scheduler.close();
        assertEquals(List.of("second refused: SERVER_STOPPING", "third refused: SERVER_STOPPING"), events(2));
        assertEquals(0, scheduler.waiting());
    }

    @Test
    void refusesATaskForWhichThereIsNoWorker() throws Exception {
        Scheduler without = new Scheduler(
                worker -> {
                    throw new RejectedExecutionException("no worker is left");
                },
                TaskWork.ONE_RUN_PER_MODEL,
                System::nanoTime);
        TaskWork.submit(without, "person", task("first"));
        assertEquals(List.of("first refused: SERVER_STOPPING"), events(1));
    }

    @Test
    void refusesATaskWhoseTurnCameTooLate() throws Exception {
        AtomicLong clock = new AtomicLong();
        try (Scheduler timed = new Scheduler(workers, TaskWork.ONE_RUN_PER_MODEL, clock::get)) {
            Gate gate = new Gate();
            TaskWork.submit(timed, "person", gate);
            gate.awaitStart();
            timed.submit(new TaskWork("person"), task("late"), Priority.REALTIME, Duration.ofMillis(10));
            timed.submit(new TaskWork("person"), task("in time"), Priority.REALTIME, Duration.ofMillis(11));
            clock.set(10_000_000);
            gate.open();
            assertEquals(List.of("late refused: DEADLINE_EXCEEDED", "in time"), events(2));
        }
    }

    @Test
    void forgetsATaskThatNobodyWants() throws Exception {
        Gate gate = new Gate();
        TaskWork.submit(scheduler, "person", gate);
        gate.awaitStart();
        Ticket unwanted = TaskWork.submit(scheduler, "person", task("unwanted"));
        TaskWork.submit(scheduler, "person", task("wanted"));
        unwanted.cancel();
        unwanted.cancel();
        assertEquals(1, scheduler.waiting());
        gate.open();
        assertEquals(List.of("wanted"), events(1));
    }

    /** The run learns of it while it runs, and not before the last one of its tasks is unwanted. */
    @Test
    void tellsARunThatNobodyWantsIt() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch told = new CountDownLatch(1);
        Work<String> work = new Work<>() {
            @Override
            public String model() {
                return "person";
            }

            @Override
            public ModelManifest.Batch batch() {
                return new ModelManifest.Batch(2, Duration.ZERO);
            }

            @Override
            public void run(List<String> tasks, Cancellation cancellation) {
                events.add(tasks + (cancellation.isRequested() ? " unwanted" : " wanted"));
                started.countDown();
                try {
                    assertTrue(told.await(10, TimeUnit.SECONDS));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                events.add(cancellation.isRequested() ? "unwanted" : "wanted");
            }

            @Override
            public void refuse(String task, OspreyException why) {
                throw why;
            }
        };
        Gate gate = new Gate();
        TaskWork.submit(scheduler, "person", gate);
        gate.awaitStart();
        Ticket one = scheduler.submit(work, "one", Priority.REALTIME, Duration.ofHours(1));
        Ticket other = scheduler.submit(work, "other", Priority.REALTIME, Duration.ofHours(1));
        gate.open();
        assertTrue(started.await(10, TimeUnit.SECONDS));
        one.cancel();
        other.cancel();
        told.countDown();
        assertEquals(List.of("[one, other] wanted", "unwanted"), events(2));
    }

    private List<String> events(int count) throws InterruptedException {
        List<String> found = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            found.add(String.valueOf(events.poll(10, TimeUnit.SECONDS)));
        }
        return found;
    }

    private TaskWork.Task task(String name) {
        return new TaskWork.Task() {
            @Override
            public void run() {
                events.add(name);
            }

            @Override
            public void refuse(OspreyException why) {
                events.add(name + " refused: " + why.code());
            }
        };
    }

    private static TaskWork.Task task(Runnable work) {
        return new TaskWork.Task() {
            @Override
            public void run() {
                work.run();
            }

            @Override
            public void refuse(OspreyException why) {
                throw why;
            }
        };
    }

    /** A task that runs until it is let go. */
    private static final class Gate implements TaskWork.Task {

        private final CountDownLatch started = new CountDownLatch(1);
        private final CountDownLatch opened = new CountDownLatch(1);
        private final CountDownLatch finished = new CountDownLatch(1);

        @Override
        public void run() {
            started.countDown();
            try {
                assertTrue(opened.await(10, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            finished.countDown();
        }

        @Override
        public void refuse(OspreyException why) {
            throw new OspreyException(ErrorCode.MODEL_FAILED, "A gate is never refused", why);
        }

        void awaitStart() throws InterruptedException {
            assertTrue(started.await(10, TimeUnit.SECONDS));
        }

        void open() {
            opened.countDown();
        }
    }
}
