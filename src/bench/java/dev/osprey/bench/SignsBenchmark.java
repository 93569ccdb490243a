package dev.osprey.bench;

import dev.osprey.bench.load.LoadResult;
import java.io.IOException;
import java.util.List;

/**
 * What many clients of the sign words get from one processor: a prediction for every frame at once, recognitions as many as there
 * is time for, ages that do not grow; beside a loop that does nothing but recognise.
 */
final class SignsBenchmark {

    private static final int SECONDS = Integer.getInteger("osprey.benchmark.signs-seconds", 60);
    private static final int BARE = 200;

    /** Of clients and frames a second of each. */
    private record Crowd(int clients, int rate) {}

    private static final List<Crowd> CROWDS = List.of(new Crowd(1, 25), new Crowd(16, 10), new Crowd(16, 25));

    private final Benchmark benchmark;

    SignsBenchmark(Benchmark benchmark) {
        this.benchmark = benchmark;
    }

    void run() throws IOException, InterruptedException {
        StringBuilder table = new StringBuilder();
        Samples bare;
        try (PayaraServer server = benchmark.server();
                Worker loop = benchmark.signLoop();
                Worker cameras = benchmark.signCameras()) {
            cameras.ask("%d 4 10 %d".formatted(server.port(), SECONDS / 2));
            loop.ask(Integer.toString(BARE));
            bare = loop.ask(Integer.toString(BARE)).medians();
            table.append(Page.machine(benchmark.pinned()))
                    .append("- Frame: 640 × 480, JPEG, base64 in an event; %d s each, one start of the server\n"
                            .formatted(SECONDS))
                    .append(
                            "- Bare loop: %s ms for a frame from JPEG to its place in the clip, %s ms to look at the clip\n\n"
                                    .formatted(
                                            Page.decimals(2, bare.median(SignLoop.DECODE)),
                                            Page.decimals(2, bare.median(SignLoop.RUN))))
                    .append(
                            "| clients × frames a second | predictions lost | reply, p50 and p99 | recognitions a second"
                                    + " | × bare loop | Jain's index | age, p50 | p99, first and last fifth | frames dropped |\n")
                    .append("| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
            for (Crowd crowd : CROWDS) {
                Samples found =
                        cameras.ask("%d %d %d %d".formatted(server.port(), crowd.clients(), crowd.rate(), SECONDS));
                table.append(row(crowd, found, bare));
            }
        }
        Page.replace(Benchmark.PAGE, "signs", table.toString());
    }

    private static String row(Crowd crowd, Samples found, Samples bare) {
        double lost = sum(found, SignCameras.FRAMES) - sum(found, SignCameras.PREDICTIONS);
        double recognitions = sum(found, SignCameras.RECOGNITIONS) / SECONDS;
        Samples ages = new Samples();
        SignCameras.AGES.forEach(fifth -> found.of(fifth).forEach(age -> ages.add("all", age)));
        return "| %d × %d | %s | %s, %s ms | %s | %s | %s | %s ms | %s, %s ms | %s |\n"
                .formatted(
                        crowd.clients(),
                        crowd.rate(),
                        Page.decimals(0, lost),
                        Page.decimals(1, found.percentile(SignCameras.REPLY, 50)),
                        Page.decimals(1, found.percentile(SignCameras.REPLY, 99)),
                        Page.decimals(1, recognitions),
                        Page.decimals(2, recognitions / possible(crowd, recognitions, bare)),
                        Page.decimals(3, LoadResult.jain(found.of(SignCameras.RECOGNITIONS))),
                        Page.decimals(0, ages.percentile("all", 50)),
                        Page.decimals(0, found.percentile(SignCameras.AGES.get(0), 99)),
                        Page.decimals(0, found.percentile(SignCameras.AGES.get(4), 99)),
                        Page.decimals(0, sum(found, SignCameras.DROPPED)));
    }

    /** Recognitions that the bare loop would do in a second, with as many frames decoded for each; no more than frames come. */
    private static double possible(Crowd crowd, double recognitions, Samples bare) {
        double frames = crowd.clients() * crowd.rate();
        double millis = bare.median(SignLoop.RUN) + frames / recognitions * bare.median(SignLoop.DECODE);
        return Math.min(frames, 1_000 / millis);
    }

    private static double sum(Samples samples, String name) {
        return samples.of(name).stream().mapToDouble(Double::doubleValue).sum();
    }
}
