package dev.osprey.bench.load;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Cameras, and clients that misbehave, for a segmentation stream; prints what the cameras got. */
@Command(
        name = "load",
        sortOptions = false,
        usageHelpWidth = 100,
        description =
                "Puts a segmentation stream under the load of cameras that do not wait, and prints how old the pictures"
                        + " were that came back, each client's share, bytes and errors.")
public final class LoadGenerator implements Callable<Integer> {

    /** Of a client's threads, which do little; a thousand clients have two thousand. */
    private static final long STACK_BYTES = 256 << 10;

    private static final long PAUSE_MILLIS = 500;

    @Option(
            names = "--url",
            defaultValue = "ws://127.0.0.1:8080/ws",
            description = "The stream (default: ${DEFAULT-VALUE}).")
    private URI url = URI.create("");

    @Option(names = "--clients", defaultValue = "4", description = "Cameras (default: ${DEFAULT-VALUE}).")
    private int clients;

    @Option(
            names = "--rate",
            split = ",",
            defaultValue = "0",
            description =
                    "Frames a second that each camera takes; several, as in 25,5, are dealt out in turn. 0: as fast as"
                            + " frames are answered (default: ${DEFAULT-VALUE}).")
    private double[] rates = {};

    @Option(
            names = "--outstanding",
            defaultValue = "1",
            description =
                    "With --rate 0: frames of a camera that may wait for their answers (default: ${DEFAULT-VALUE}).")
    private int outstanding;

    @Option(names = "--seconds", defaultValue = "30", description = "Measured time (default: ${DEFAULT-VALUE}).")
    private double seconds;

    @Option(
            names = "--warm-up",
            defaultValue = "5",
            description = "Seconds before it that do not count (default: ${DEFAULT-VALUE}).")
    private double warmUp;

    @Option(names = "--mode", defaultValue = "", description = "Mode of the stream (default: the one it begins with).")
    private String mode = "";

    @Option(names = "--text", description = "JSON with base64 instead of binary messages.")
    private boolean text;

    @Option(names = "--picture", required = true, description = "What the cameras see, sent at its own size.")
    private Path picture = Path.of("");

    @Option(
            names = "--misbehaving",
            split = ",",
            paramLabel = "KIND=N",
            description = "Clients beside the cameras that do as they should not: ${COMPLETION-CANDIDATES}.")
    private Map<Misbehaviour, Integer> misbehaving = new EnumMap<>(Misbehaviour.class);

    // Read by picocli.
    @SuppressWarnings("UnusedVariable")
    @Option(names = "--help", usageHelp = true, description = "Prints this.")
    private boolean help;

    private LoadGenerator() {}

    /** The arguments are those of {@code --help}. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new LoadGenerator()).execute(arguments));
    }

    /** @param arguments as on the command line, without {@code --help} */
    public static LoadResult run(List<String> arguments) throws IOException, InterruptedException {
        LoadGenerator generator = new LoadGenerator();
        new CommandLine(generator).parseArgs(arguments.toArray(String[]::new));
        return generator.measured();
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        LoadResult result = measured();
        System.out.print(result);
        return result.lost() == 0 && result.errors().isEmpty() ? 0 : 1;
    }

    private LoadResult measured() throws IOException, InterruptedException {
        FrameMessages messages = new FrameMessages(new NumberedPictures(picture), !text);
        URI address = text ? url : URI.create(url + (url.getRawQuery() == null ? "?" : "&") + "features=binary");
        // The same phases every time: runs are compared.
        Random phases = new Random(1);
        List<PlainWebSocket> sockets = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            sockets.add(new PlainWebSocket(address, 0));
        }
        long begin = System.nanoTime() + (long) (warmUp * 1e9);
        Ages ages = new Ages(begin, begin + (long) (seconds * 1e9));
        List<Camera> cameras = new ArrayList<>();
        for (PlainWebSocket socket : sockets) {
            double rate = rates[cameras.size() % rates.length];
            cameras.add(new Camera(socket, messages, mode, rate, outstanding, phases.nextDouble(), ages));
        }
        Map<String, Long> misbehaved = new ConcurrentHashMap<>();
        List<Thread> others = new ArrayList<>();
        misbehaving.forEach((kind, count) -> {
            for (int i = 0; i < count; i++) {
                others.add(
                        thread(kind.toString(), () -> misbehave(kind, address, messages, ages.endNanos(), misbehaved)));
            }
        });
        cameras.forEach(Camera::start);
        others.forEach(Thread::start);
        TimeUnit.NANOSECONDS.sleep(ages.endNanos() - System.nanoTime());
        long deadline = Camera.deadlineNanos(ages.endNanos());
        List<LoadResult.Client> results = new ArrayList<>();
        for (Camera camera : cameras) {
            results.add(camera.finish(deadline));
        }
        return new LoadResult(ages.seconds(), ages.all(), ages.percentiles(99), results, Map.copyOf(misbehaved));
    }

    /** Connection after connection. */
    private static void misbehave(
            Misbehaviour kind, URI address, FrameMessages messages, long endNanos, Map<String, Long> times) {
        try {
            while (System.nanoTime() < endNanos) {
                times.merge(kind.toString(), 1L, Long::sum);
                try {
                    kind.once(address, messages, endNanos);
                } catch (IOException e) {
                    // What it deserves.
                }
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A daemon, so that a client that hangs does not keep the process. */
    static Thread thread(String name, Runnable work) {
        Thread thread = new Thread(null, work, name, STACK_BYTES);
        thread.setDaemon(true);
        return thread;
    }
}
