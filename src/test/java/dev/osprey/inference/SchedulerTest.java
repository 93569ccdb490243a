package dev.osprey.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** With real workers; what they do in which order is told by queues and latches. */
class SchedulerTest {

    private final ExecutorService workers = Executors.newCachedThreadPool();
    private final Scheduler scheduler = new Scheduler(workers);
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
        scheduler.submit("person", gate);
        gate.awaitStart();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            scheduler.submit("person", task(Integer.toString(i)));
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
        scheduler.submit("person", first);
        scheduler.submit("person", second);
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
        scheduler.submit("slow", gate);
        gate.awaitStart();
        scheduler.submit("slow", task("behind"));
        scheduler.submit("quick", task("beside"));
        assertEquals(List.of("beside"), events(1));
        gate.open();
        assertEquals(List.of("behind"), events(1));
    }

    @Test
    void outlivesATaskThatThrows() throws Exception {
        scheduler.submit("person", task(() -> {
            throw new IllegalStateException("a task that breaks its promise");
        }));
        scheduler.submit("person", task(() -> {
            throw new OutOfMemoryError("a task whose frame is too large");
        }));
        scheduler.submit("person", task("next"));
        assertEquals(List.of("next"), events(1));
    }

    @Test
    void refusesWhatWaitsWhenItIsClosedAndFinishesWhatRuns() throws Exception {
        Gate gate = new Gate();
        scheduler.submit("person", gate);
        gate.awaitStart();
        scheduler.submit("person", task("first"));
        scheduler.submit("person", task("second"));
        scheduler.close();
        assertEquals(List.of("first refused: SERVER_STOPPING", "second refused: SERVER_STOPPING"), events(2));
        gate.open();
        assertTrue(gate.finished.await(10, TimeUnit.SECONDS));
    }

    @Test
    void refusesWhatComesAfterItWasClosed() throws Exception {
        scheduler.submit("person", task("first"));
        assertEquals(List.of("first"), events(1));
        scheduler.close();
        scheduler.submit("person", task("second"));
        scheduler.submit("street", task("third"));
        scheduler.close();
        assertEquals(List.of("second refused: SERVER_STOPPING", "third refused: SERVER_STOPPING"), events(2));
        assertEquals(0, scheduler.waiting());
    }

    @Test
    void refusesATaskForWhichThereIsNoWorker() throws Exception {
        Scheduler without = new Scheduler(worker -> {
            throw new RejectedExecutionException("no worker is left");
        });
        without.submit("person", task("first"));
        assertEquals(List.of("first refused: SERVER_STOPPING"), events(1));
    }

    private List<String> events(int count) throws InterruptedException {
        List<String> found = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            found.add(String.valueOf(events.poll(10, TimeUnit.SECONDS)));
        }
        return found;
    }

    private Task task(String name) {
        return new Task() {
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

    private static Task task(Runnable work) {
        return new Task() {
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
    private static final class Gate implements Task {

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
