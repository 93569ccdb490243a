package dev.osprey.segmentation;

import dev.osprey.bench.Samples;
import dev.osprey.config.DefaultConfig;
import dev.osprey.config.OspreyConfig;
import dev.osprey.fault.OspreyException;
import dev.osprey.imaging.ImageLimits;
import dev.osprey.imaging.Rendering;
import dev.osprey.inference.Capacity;
import dev.osprey.inference.Priority;
import dev.osprey.inference.Scheduler;
import dev.osprey.inference.Work;
import dev.osprey.model.ModelManifest;
import dev.osprey.runtime.Cancellation;
import dev.osprey.runtime.WarmModels;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Live streams with and without a job that would take the whole processor: the server's own scheduler, workers and models,
 * without the network. The job segments one picture after the other on the same model.
 */
public final class BesideBatch {

    /** How often the job got through, in the time that was asked for. */
    public static final String JOB = "job";

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Scheduler scheduler;
    private final Segmenting work;
    private volatile boolean over;

    private BesideBatch(Scheduler scheduler, Segmenting work) {
        this.scheduler = scheduler;
        this.work = work;
    }

    /** A picture that is waiting, and what happens when it has its answer. */
    private record Task(Runnable done) {}

    private record Segmenting(String model, Segmenter segmenter, ByteBuffer image) implements Work<Task> {

        @Override
        public ModelManifest.Batch batch() {
            return new ModelManifest.Batch(1, Duration.ZERO);
        }

        @Override
        public void run(List<Task> tasks, Cancellation cancellation) {
            tasks.forEach(task -> {
                OneFrame.segment(segmenter, image, Rendering.DEFAULT);
                task.done().run();
            });
        }

        @Override
        public void refuse(Task task, OspreyException why) {
            throw why;
        }
    }

    /**
     * {@code arguments}: the picture, the model. Asked {@code 4 25.0 10 beside} on standard input: four streams of 25 frames a
     * second, or with 0 as fast as they are answered, for ten seconds, {@code beside} a job or {@code alone}.
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        byte[] jpeg = Files.readAllBytes(Path.of(arguments[0]));
        ByteBuffer image = ByteBuffer.allocateDirect(jpeg.length).put(jpeg).flip();
        OspreyConfig config = DefaultConfig.read();
        ImageLimits limits = new ImageLimits(
                config.stream().maxMessageBytes(),
                config.imaging().maxWidth(),
                config.imaging().maxHeight());
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        ExecutorService workers = Executors.newCachedThreadPool();
        try (WarmModels models = WarmModels.open(config);
                Scheduler scheduler =
                        new Scheduler(workers, new Capacity(1, 1, PATIENCE, PATIENCE), System::nanoTime)) {
            models.load(arguments[1]);
            Segmenter segmenter = new Segmenter(arguments[1], models, limits, config.segmentation()::jpegQuality);
            for (String line = questions.readLine(); line != null; line = questions.readLine()) {
                String[] words = line.split(" ", -1);
                Segmenting work = new Segmenting(arguments[1], segmenter, image);
                System.out.println(new BesideBatch(scheduler, work)
                        .measured(
                                Integer.parseInt(words[0]),
                                Double.parseDouble(words[1]),
                                Integer.parseInt(words[2]),
                                words[3].equals("beside"))
                        .inOneLine());
            }
        }
        workers.shutdown();
    }

    private Samples measured(int streams, double framesPerSecond, int seconds, boolean beside)
            throws InterruptedException {
        Samples samples = new Samples();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < streams; i++) {
            double phase = (double) i / streams;
            threads.add(new Thread(() -> stream(framesPerSecond, phase, end, samples), "stream"));
        }
        threads.forEach(Thread::start);
        long[] jobs = {0};
        if (beside) {
            Thread job = new Thread(() -> jobs[0] = job(), "job");
            job.start();
            threads.add(job);
        }
        TimeUnit.NANOSECONDS.sleep(end - System.nanoTime());
        over = true;
        for (Thread thread : threads) {
            thread.join();
        }
        samples.add(JOB, (double) jobs[0]);
        return samples;
    }

    /** One frame outstanding; its age is from the time it was due. */
    private void stream(double framesPerSecond, double phase, long end, Samples samples) {
        long period = framesPerSecond > 0 ? (long) (1e9 / framesPerSecond) : 0;
        long due = System.nanoTime() + (long) (phase * period);
        try {
            while (due < end) {
                TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
                long since = due;
                once(Priority.REALTIME);
                long now = System.nanoTime();
                synchronized (samples) {
                    samples.addNanos(Samples.ROUND_TRIP, now - since);
                }
                // A camera that was answered late goes on with its next picture.
                due = period == 0 ? now : due + period * Math.max(1, (now - due + period - 1) / period);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private long job() {
        long times = 0;
        try {
            for (; !over; times++) {
                once(Priority.BATCH);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return times;
    }

    private void once(Priority priority) throws InterruptedException {
        Semaphore answered = new Semaphore(0);
        scheduler.submit(work, new Task(answered::release), priority, Duration.ofMinutes(5));
        answered.acquire();
    }
}
