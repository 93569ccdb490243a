package dev.osprey.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What streamed bouts cost while they come, and how long their analysis takes. */
final class BoutsBenchmark {

    private static final int SECONDS = Integer.getInteger("osprey.benchmark.bouts-seconds", 60);
    private static final List<Integer> SESSIONS = List.of(1, 4);
    private static final Path BOUTS = Path.of("src/main/webapp/samples/bouts");
    private static final Pattern FRAMES = Pattern.compile("\"frames_processed\":(\\d+)");
    private static final Pattern SECONDS_TAKEN = Pattern.compile("\"processing_time_seconds\":([\\d.]+)");

    private final Benchmark benchmark;

    BoutsBenchmark(Benchmark benchmark) {
        this.benchmark = benchmark;
    }

    void run() throws IOException, InterruptedException {
        StringBuilder report = new StringBuilder(Page.machine(benchmark.pinned()));
        Path data = Files.createTempDirectory(Benchmark.FOLDER, "bouts");
        try (PayaraServer server =
                        benchmark.server("-Dosprey.jobs.folder=" + data, "-Dosprey.referee.max-spool-mib=16384");
                Worker cameras = benchmark.boutCameras()) {
            double kilobytes =
                    cameras.ask("%d 2 5 warm".formatted(server.port())).median(BoutCameras.KILOBYTES);
            report.append(
                            "- Frame: 1920 × 1080, JPEG of %s kB, 30 a second; %d s each, one start of the server, its disk that of the machine\n\n"
                                    .formatted(Page.decimals(0, kilobytes), SECONDS))
                    .append(
                            "| sessions | Mbit/s | frames without an acknowledgement | acknowledged after, p50 and p99, first half"
                                    + " | second half | processor time a frame | heap a session | resident a session | target |\n")
                    .append("| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
            for (int sessions : SESSIONS) {
                report.append(row(server, cameras, sessions, kilobytes));
            }
            analyses(report, server);
        }
        Page.replace(Benchmark.PAGE, "bouts", report.toString());
    }

    private static String row(PayaraServer server, Worker cameras, int sessions, double kilobytes)
            throws IOException, InterruptedException {
        SoakBenchmark.Memory before = SoakBenchmark.memory(server.process(), 0);
        Duration busyBefore = busy(server);
        CompletableFuture<Samples> streaming = CompletableFuture.supplyAsync(() -> {
            try {
                return cameras.ask("%d %d %d of%d-".formatted(server.port(), sessions, SECONDS, sessions));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        TimeUnit.SECONDS.sleep(SECONDS * 3L / 4);
        SoakBenchmark.Memory during = SoakBenchmark.memory(server.process(), 0);
        Samples found;
        try {
            found = streaming.get();
        } catch (ExecutionException e) {
            throw new IOException("The cameras ended early", e);
        }
        double busyMillis = busy(server).minus(busyBefore).toNanos() / 1e6;
        double frames = sum(found, BoutCameras.FRAMES);
        return "| %d | %s | %s | %s, %s ms | %s, %s ms | %s ms | %s MiB | **%s** MiB | at most 20 MB |\n"
                .formatted(
                        sessions,
                        Page.decimals(0, sessions * 30 * kilobytes * 8 / 1e3),
                        Page.decimals(0, frames - sum(found, BoutCameras.RECEIVED)),
                        Page.decimals(1, found.percentile(BoutCameras.ACKS.get(0), 50)),
                        Page.decimals(1, found.percentile(BoutCameras.ACKS.get(0), 99)),
                        Page.decimals(1, found.percentile(BoutCameras.ACKS.get(1), 50)),
                        Page.decimals(1, found.percentile(BoutCameras.ACKS.get(1), 99)),
                        Page.decimals(2, busyMillis / frames),
                        Page.decimals(1, (during.heapMib() - before.heapMib()) / sessions),
                        Page.decimals(1, (during.residentMib() - before.residentMib()) / sessions));
    }

    private static double sum(Samples found, String name) {
        return found.of(name).stream().mapToDouble(Double::doubleValue).sum();
    }

    private static Duration busy(PayaraServer server) {
        return server.process().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    private static void analyses(StringBuilder report, PayaraServer server) throws IOException, InterruptedException {
        report.append("\n| analysis of a bout | frames | seconds | frames a second |\n| --- | --- | --- | --- |\n");
        List<Path> videos;
        try (var files = Files.list(BOUTS)) {
            videos = files.filter(file -> file.toString().endsWith(".mp4"))
                    .sorted()
                    .collect(Collectors.toList());
        }
        // The first of all runs on code that is not compiled yet.
        analysed(server, videos.get(0));
        for (Path video : videos) {
            String result = analysed(server, video);
            double frames = number(FRAMES, result);
            double seconds = number(SECONDS_TAKEN, result);
            report.append("| `%s` | %s | %s | %s |\n"
                    .formatted(
                            video.getFileName(),
                            Page.decimals(0, frames),
                            Page.decimals(1, seconds),
                            Page.decimals(1, frames / seconds)));
        }
    }

    private static String analysed(PayaraServer server, Path video) throws IOException, InterruptedException {
        Path signal = video.resolveSibling(video.getFileName().toString().replace(".mp4", ".txt"));
        List<byte[]> body = new ArrayList<>();
        part(body, "video", video);
        part(body, "signal", signal);
        body.add("--b--\r\n".getBytes(StandardCharsets.US_ASCII));
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/analyze".formatted(server.port())))
                                .header("Content-Type", "multipart/form-data; boundary=b")
                                .POST(BodyPublishers.ofByteArrays(body))
                                .build(),
                        BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException("The bout was not analysed: " + answer.body());
        }
        return answer.body();
    }

    private static void part(List<byte[]> body, String name, Path file) throws IOException {
        body.add("--b\r\nContent-Disposition: form-data; name=\"%s\"; filename=\"%s\"\r\n\r\n"
                .formatted(name, file.getFileName())
                .getBytes(StandardCharsets.US_ASCII));
        body.add(Files.readAllBytes(file));
        body.add("\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    private static double number(Pattern pattern, String text) throws IOException {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new IOException("No figure in " + text);
        }
        return Double.parseDouble(matcher.group(1));
    }
}
