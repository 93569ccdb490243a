package dev.osprey.jobs;

import dev.osprey.config.TestConfig;
import dev.osprey.metrics.Meters;
import dev.osprey.trace.Tracing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A process to be killed: does a job that never ends, and submits others as long as it lives. Prints the id of each job when it is
 * accepted, the one that is being done first.
 */
final class DoomedServer {

    private DoomedServer() {}

    /** @param arguments the folder */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        ExecutorService threads = Executors.newCachedThreadPool();
        CountDownLatch under = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        Jobs jobs = new Jobs(
                TestConfig.with("jobs.folder", arguments[0])::jobs,
                threads,
                InstantSource.system(),
                Meters.NONE,
                Tracing.OFF);
        jobs.start(() -> List.of(new Kind("endless", 1, run -> {
            run.progress("half", 0.5, "half way");
            Files.writeString(run.folder().resolve("half"), "kept");
            under.countDown();
            never.await();
            return "{}";
        })));
        Job job = jobs.submit(NewJob.of("endless", "{}"));
        under.await();
        System.out.println(job.id());
        while (never.getCount() > 0) {
            System.out.println(jobs.submit(NewJob.of("later", "{}")).id());
        }
    }

    static Process start(Path folder) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        DoomedServer.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }
}
