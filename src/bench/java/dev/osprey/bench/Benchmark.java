package dev.osprey.bench;

import dev.osprey.hands.HandLoop;
import dev.osprey.segmentation.BareLoop;
import dev.osprey.segmentation.BesideBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The benchmark's parts, and what they have in common: their processors, their picture, the server they start. */
public final class Benchmark {

    /** Where the benchmark leaves its picture and the processes their logs. */
    static final Path FOLDER = Path.of("target/benchmark");

    static final Path PAGE = Path.of("docs/benchmarks.md");

    private final @Nullable Core work;
    private final @Nullable Core wait;
    private final Path picture = FOLDER.resolve("frame.jpg");

    private Benchmark() throws IOException {
        Files.createDirectories(FOLDER);
        SamplePicture.write(picture);
        List<Core> cores = Core.available();
        work = cores.size() < 2 ? null : cores.get(0);
        wait = cores.size() < 2 ? null : cores.get(1);
    }

    /**
     * Run by {@code mvn -Pbench}, from the project's folder. {@code parts}: {@code round-trip}, {@code load}, {@code soak},
     * {@code start}, {@code modes}, {@code hands}, {@code signs}, {@code bouts}, {@code referee},
     * {@code mesh}, {@code traces}, {@code refusals}.
     */
    public static void main(String[] parts) throws IOException, InterruptedException {
        Benchmark benchmark = new Benchmark();
        for (String part : parts) {
            switch (part) {
                case "round-trip" -> new RoundTripBenchmark(benchmark).run();
                case "load" -> new LoadBenchmark(benchmark).run();
                case "soak" -> new SoakBenchmark(benchmark).run();
                case "start" -> new StartBenchmark(benchmark).run();
                case "modes" -> new ModesBenchmark(benchmark).run();
                case "hands" -> new HandsBenchmark(benchmark).run();
                case "signs" -> new SignsBenchmark(benchmark).run();
                case "bouts" -> new BoutsBenchmark(benchmark).run();
                case "referee" -> RefereeBenchmark.run();
                case "mesh" -> new MeshBenchmark(benchmark).run();
                case "traces" -> new TracesBenchmark(benchmark).run();
                case "refusals" -> new RefusalBenchmark(benchmark).run();
                default ->
                    throw new IllegalArgumentException(
                            "No part \"" + part
                                    + "\": round-trip, load, soak, start, modes, hands, signs, bouts, referee, mesh, traces, refusals");
            }
        }
    }

    /** Whether what is measured has a processor of its own, and what waits for it another. */
    boolean pinned() {
        return work != null;
    }

    Path picture() {
        return picture;
    }

    /** The processor of what is measured; none where processes cannot be held to one. */
    @Nullable
    Core work() {
        return work;
    }

    PayaraServer server(String... settings) throws IOException, InterruptedException {
        return server(List.of(PayaraServer.OSPREY), settings);
    }

    /** @param wars as {@link PayaraServer#start} takes them */
    PayaraServer server(List<Path> wars, String... settings) throws IOException, InterruptedException {
        List<String> options = new ArrayList<>(options(settings));
        Arrays.stream(System.getProperty("osprey.benchmark.server-options", "").split(" ", -1))
                .filter(option -> !option.isEmpty())
                .forEach(options::add);
        return PayaraServer.start(work, options, wars);
    }

    /** Picture after picture through the model, on the server's processor. */
    Worker bareLoop(String model, String... settings) throws IOException {
        return Worker.start("bare", work, options(settings), BareLoop.class, picture.toString(), model);
    }

    /** Live streams, with and without a job, on the server's processor. */
    Worker besideBatch(String model) throws IOException {
        return Worker.start("beside", work, options(), BesideBatch.class, picture.toString(), model);
    }

    /** From pictures of a hand to letters, on the server's processor. */
    Worker handLoop(Path picture) throws IOException {
        return Worker.start("hands", work, options(), HandLoop.class, picture.toString());
    }

    /** Clips to words, on the server's processor. */
    Worker signLoop() throws IOException {
        return Worker.start("signs", work, options(), SignLoop.class, picture.toString());
    }

    /** Clients of the sign words, on the client's processor. */
    Worker signCameras() throws IOException {
        return Worker.start("sign-cameras", wait, List.of(), SignCameras.class, picture.toString());
    }

    /** Clients that stream bouts, on the client's processor. */
    Worker boutCameras() throws IOException {
        return Worker.start("bout-cameras", wait, List.of(), BoutCameras.class, picture.toString());
    }

    Worker client() throws IOException {
        return Worker.start("client", wait, List.of(), StreamClient.class, picture.toString());
    }

    /** Cameras, on the client's processor. */
    Worker load() throws IOException {
        return Worker.start("load", wait, List.of(), LoadWorker.class);
    }

    /** What server and bare loop have in common: one thread for the model, on the CPU. */
    private static List<String> options(String... settings) {
        List<String> options = new ArrayList<>(List.of(
                "@server-config/jvm.options",
                "-Donnxruntime.native.path=" + System.getProperty("onnxruntime.native.path"),
                "-Dosprey.runtime.provider=cpu",
                "-Dosprey.runtime.intra-op-threads=1"));
        options.addAll(List.of(settings));
        return options;
    }
}
