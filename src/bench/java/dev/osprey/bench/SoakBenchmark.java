package dev.osprey.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What memory does: under a long overload with clients that never read, and with a thousand clients connected. */
final class SoakBenchmark {

    private static final int MINUTES = Integer.getInteger("osprey.benchmark.soak-minutes", 10);

    /** What a server needs to have seen everything once: compiled code, pools, buffers. */
    private static final int WARM_UP_MINUTES = Math.min(3, MINUTES / 3);

    private static final int CAMERAS = 8;
    private static final int NEVER_READERS = 2;
    private static final int CONNECTED = 1000;
    private static final Pattern USED = Pattern.compile("used (\\d+)K");

    private final Benchmark benchmark;

    SoakBenchmark(Benchmark benchmark) {
        this.benchmark = benchmark;
    }

    /**
     * Memory of the server at a time: what Java's objects take after a full collection, and what the process holds. The heap
     * is touched from the start, so the second grows by what is outside the heap.
     */
    record Memory(double minutes, double heapMib, double residentMib) {}

    void run() throws IOException, InterruptedException {
        String[] settings = {"-Dosprey.segmentation.fast-model=person", "-Xms1g", "-XX:+AlwaysPreTouch"};
        StringBuilder report = new StringBuilder(Page.machine(benchmark.pinned()));
        try (PayaraServer server = benchmark.server(settings);
                Worker load = benchmark.load()) {
            double capacity = load.ask(question(server, 4, 0, 20)).median(LoadWorker.FRAMES_PER_SECOND);
            String overload = question(server, CAMERAS, 4 * capacity / CAMERAS, 60 * MINUTES)
                    + " --misbehaving never-reader=" + NEVER_READERS;
            List<Memory> course = new ArrayList<>();
            Samples samples = during(load, overload, server, course);
            overloaded(report, course, samples);
        }
        try (PayaraServer server = benchmark.server(settings);
                Worker load = benchmark.load()) {
            load.ask(question(server, 4, 0, 20));
            Memory before = memory(server.process(), 0);
            List<Memory> course = new ArrayList<>();
            Samples samples = during(load, question(server, CONNECTED, 0.1, 60), server, course);
            connected(report, before, course.get(course.size() - 1), samples);
        }
        Page.replace(Benchmark.PAGE, "soak", report.toString());
    }

    private static String question(PayaraServer server, int clients, double rate, int seconds) {
        return "--url ws://127.0.0.1:%d/ws --picture %s --clients %d --rate %s --seconds %d --warm-up 1 --mode fast"
                .formatted(server.port(), Benchmark.FOLDER.resolve("frame.jpg"), clients, rate, seconds);
    }

    /** Looks at the server's memory every half minute, or four times in a shorter run, while it is under load. */
    private static Samples during(Worker load, String question, PayaraServer server, List<Memory> course)
            throws IOException, InterruptedException {
        ExecutorService asking = Executors.newSingleThreadExecutor();
        try {
            Future<Samples> answer = asking.submit(() -> load.ask(question));
            long start = System.nanoTime();
            while (!answer.isDone()) {
                TimeUnit.SECONDS.sleep(MINUTES > 3 ? 30 : 15);
                if (!answer.isDone()) {
                    course.add(memory(server.process(), (System.nanoTime() - start) / 60e9));
                }
            }
            return answer.get();
        } catch (ExecutionException e) {
            throw new IOException("The load ended early", e);
        } finally {
            asking.shutdown();
        }
    }

    static Memory memory(Process server, double minutes) throws IOException, InterruptedException {
        jcmd(server, "GC.run");
        Matcher used = USED.matcher(jcmd(server, "GC.heap_info"));
        double heap = 0;
        // The last line is of the classes, which are not on the heap.
        List<Double> found = new ArrayList<>();
        while (used.find()) {
            found.add(Double.parseDouble(used.group(1)) / 1024);
        }
        for (double part : found.subList(0, Math.max(0, found.size() - 2))) {
            heap += part;
        }
        double resident = Files.readAllLines(Path.of("/proc/" + server.pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElse(Double.NaN);
        return new Memory(minutes, heap, resident);
    }

    private static String jcmd(Process server, String command) throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(server.pid()),
                        command)
                .redirectErrorStream(true)
                .start();
        String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (jcmd.waitFor() != 0) {
            throw new IOException("jcmd " + command + ": " + said);
        }
        return said;
    }

    private static void overloaded(StringBuilder report, List<Memory> course, Samples samples) {
        List<Memory> settled = course.stream()
                .filter(memory -> memory.minutes() >= WARM_UP_MINUTES)
                .toList();
        report.append("""

                | %d minutes at 4 × its capacity, %d cameras, %d clients that never read | begin | end | slope | target |
                | --- | --- | --- | --- | --- |
                | heap after a full collection | %s MiB | %s MiB | **%s** MiB a minute | under 1 |
                | resident memory, the whole heap included | %s MiB | %s MiB | **%s** MiB a minute | under 1 |

                The first %d minutes are not in the slope. Frames without an answer: %s, errors: %s, p99 of the age %s ms.
                """.formatted(
                        MINUTES,
                        CAMERAS,
                        NEVER_READERS,
                        Page.decimals(1, settled.get(0).heapMib()),
                        Page.decimals(1, settled.get(settled.size() - 1).heapMib()),
                        Page.decimals(2, slope(settled, Memory::heapMib)),
                        Page.decimals(0, settled.get(0).residentMib()),
                        Page.decimals(0, settled.get(settled.size() - 1).residentMib()),
                        Page.decimals(2, slope(settled, Memory::residentMib)),
                        WARM_UP_MINUTES,
                        Page.decimals(0, samples.median(LoadWorker.LOST)),
                        Page.decimals(0, samples.median(LoadWorker.ERRORS)),
                        Page.decimals(0, samples.median(LoadWorker.AGE_P99))));
    }

    private static void connected(StringBuilder report, Memory before, Memory with, Samples samples) {
        double heap = (with.heapMib() - before.heapMib()) * 1048.576 / CONNECTED;
        double outside = (with.residentMib() - before.residentMib()) * 1048.576 / CONNECTED;
        report.append("""

                | %d clients connected, each with a frame every 10 s | | target |
                | --- | --- | --- |
                | frames without an answer | **%s** | 0 |
                | errors | %s | 0 |
                | p99 of the age | %s ms | |
                | heap a client | %s KB | |
                | outside the heap a client | %s KB | |
                | together | **%s** KB | at most 100 KB |
                """.formatted(
                        CONNECTED,
                        Page.decimals(0, samples.median(LoadWorker.LOST)),
                        Page.decimals(0, samples.median(LoadWorker.ERRORS)),
                        Page.decimals(0, samples.median(LoadWorker.AGE_P99)),
                        Page.decimals(1, heap),
                        Page.decimals(1, outside),
                        Page.decimals(1, heap + outside)));
    }

    /** Of the straight line through the points with the least squares, MiB a minute. */
    private static double slope(List<Memory> course, ToDoubleFunction<Memory> value) {
        double meanTime = course.stream().mapToDouble(Memory::minutes).average().orElse(0);
        double meanValue = course.stream().mapToDouble(value).average().orElse(0);
        double covariance = 0;
        double variance = 0;
        for (Memory memory : course) {
            double time = memory.minutes() - meanTime;
            covariance += time * (value.applyAsDouble(memory) - meanValue);
            variance += time * time;
        }
        return covariance / variance;
    }
}
