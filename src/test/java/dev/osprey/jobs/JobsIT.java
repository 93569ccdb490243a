package dev.osprey.jobs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.RealServer;
import dev.osprey.StartedServer;
import dev.osprey.config.TestConfig;
import dev.osprey.metrics.Meters;
import dev.osprey.trace.Tracing;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.StringReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code /api/jobs} of a real server, which finds jobs that this process has done into its folder before. */
class JobsIT {

    /** As an {@code EventSource} without TLS speaks it; over HTTP/2 it takes longer to notice that a client has left. */
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static final byte[] VIDEO = new byte[3_000_000];

    private static @Nullable StartedServer server;
    private static String done = "";
    /** Of a kind that the server does not know: they wait until they are cancelled. */
    private static String waiting = "";

    private static String cancelled = "";
    private static String followed = "";

    @BeforeAll
    static void start(@TempDir Path home) throws Exception {
        new Random(7).nextBytes(VIDEO);
        ExecutorService threads = Executors.newCachedThreadPool();
        Path data = home.resolve("data");
        try (Jobs jobs = new Jobs(
                TestConfig.with("jobs.folder", data.toString())::jobs,
                threads,
                InstantSource.system(),
                Meters.NONE,
                Tracing.OFF)) {
            jobs.start(() -> List.of(new Kind("film", 1, run -> {
                run.progress("drawing", 0.5, "frame 5 of 10");
                Files.write(run.folder().resolve("0.mp4"), VIDEO);
                run.artifact("bout 1.mp4", "video/mp4", Path.of("0.mp4"));
                return "{\"winner\":\"left\"}";
            })));
            Job job = jobs.submit(new NewJob("film", Optional.empty(), Optional.of("session 1"), "{\"fps\":30}"));
            done = Bench.finished(jobs, job).id();
            cancelled = jobs.submit(NewJob.of("unknown", "{}")).id();
            waiting = jobs.submit(NewJob.of("unknown", "{}")).id();
            followed = jobs.submit(NewJob.of("unknown", "{}")).id();
        } finally {
            threads.shutdownNow();
        }
        server = new StartedServer(home, StartedServer.freePort(), Map.of("OSPREY_JOBS_MAX_FOLLOWERS", "1"));
    }

    @AfterAll
    static void stop() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(Objects.requireNonNull(server).http("/api/jobs" + path));
    }

    private static HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = request(path);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    private static HttpResponse<byte[]> film(String method, String query, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                request("/" + done + "/artifacts/bout%201.mp4" + query).method(method, BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), BodyHandlers.ofByteArray());
    }

    private static JsonObject json(HttpResponse<String> answer) {
        try (JsonReader reader = Json.createReader(new StringReader(answer.body()))) {
            return reader.readObject();
        }
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    @Test
    void listsAndShowsJobs() throws Exception {
        JsonObject listed =
                json(get("?kind=film&limit=10")).getJsonArray("jobs").getJsonObject(0);
        assertEquals(done, listed.getString("id"));
        assertFalse(listed.containsKey("result"));
        JsonObject job = json(get("/" + done));
        assertEquals("succeeded", job.getString("state"));
        assertEquals("left", job.getJsonObject("result").getString("winner"));
        assertEquals(30, job.getJsonObject("parameters").getInt("fps"));
        assertEquals("session 1", job.getString("reference"));
        JsonObject artifact = job.getJsonArray("artifacts").getJsonObject(0);
        assertEquals("/api/jobs/" + done + "/artifacts/bout%201.mp4", artifact.getString("url"));
        assertEquals(VIDEO.length, artifact.getInt("bytes"));
        assertFalse(job.toString().contains("0.mp4"), "The name on disk is nobody's business");
    }

    @Test
    void refusesWithAProblem() throws Exception {
        HttpResponse<String> unknown = get("/00000000-0000-0000-0000-000000000000");
        assertEquals(404, unknown.statusCode());
        assertEquals("application/problem+json", header(unknown, "Content-Type"));
        assertEquals("JOB_UNKNOWN", json(unknown).getString("title"));
        assertEquals(404, get("/" + done + "/artifacts/0.mp4").statusCode());
        HttpResponse<String> limit = get("?limit=0");
        assertEquals(400, limit.statusCode());
        assertEquals(
                "limit is \"0\", expected a whole number from 1 to 200",
                json(limit).getString("detail"));
        HttpResponse<String> unfinished =
                HTTP.send(request("/" + waiting).DELETE().build(), BodyHandlers.ofString());
        assertEquals(409, unfinished.statusCode());
        assertEquals("JOB_UNFINISHED", json(unfinished).getString("title"));
    }

    @Test
    void sendsAFileWholeOrARangeOfIt() throws Exception {
        HttpResponse<byte[]> whole = film("GET", "");
        assertEquals(200, whole.statusCode());
        assertArrayEquals(VIDEO, whole.body());
        assertEquals("video/mp4", header(whole, "Content-Type"));
        assertEquals("bytes", header(whole, "Accept-Ranges"));
        assertEquals("nosniff", header(whole, "X-Content-Type-Options"));
        assertEquals("inline; filename*=UTF-8''bout%201.mp4", header(whole, "Content-Disposition"));
        assertEquals(Integer.toString(VIDEO.length), header(whole, "Content-Length"));
        assertTrue(header(film("GET", "?download"), "Content-Disposition").startsWith("attachment;"));

        HttpResponse<byte[]> part = film("GET", "", "Range", "bytes=1000000-1999999");
        assertEquals(206, part.statusCode());
        assertArrayEquals(Arrays.copyOfRange(VIDEO, 1_000_000, 2_000_000), part.body());
        assertEquals("bytes 1000000-1999999/3000000", header(part, "Content-Range"));

        HttpResponse<byte[]> beyond = film("GET", "", "Range", "bytes=3000000-");
        assertEquals(416, beyond.statusCode());
        assertEquals("bytes */3000000", header(beyond, "Content-Range"));

        HttpResponse<byte[]> head = film("HEAD", "");
        assertEquals(200, head.statusCode());
        assertEquals(Integer.toString(VIDEO.length), header(head, "Content-Length"));

        String tag = header(whole, "ETag");
        assertEquals(304, film("GET", "", "If-None-Match", tag).statusCode());
        assertEquals(206, film("GET", "", "Range", "bytes=0-0", "If-Range", tag).statusCode());
        assertEquals(
                200,
                film("GET", "", "Range", "bytes=0-0", "If-Range", "\"other\"").statusCode());
    }

    @Test
    void resumesEventsAfterTheLastOneThatTheClientHad() throws Exception {
        assertEquals(List.of("1", "2", "3", "4", "5"), ids(follow(done, BodyHandlers.ofString())));
        HttpResponse<String> rest = follow(done, BodyHandlers.ofString(), "Last-Event-ID", "3");
        assertEquals(List.of("4", "5"), ids(rest));
        assertTrue(rest.body().contains("event: artifact"), rest.body());
        assertTrue(header(rest, "Content-Type").startsWith("text/event-stream"));
        assertEquals(
                204, follow(done, BodyHandlers.ofString(), "Last-Event-ID", "5").statusCode());
        JsonObject polled = json(get("/" + done + "/events?after=2", "Accept", "application/json"));
        assertEquals(3, polled.getJsonArray("events").size());
        assertEquals(
                "frame 5 of 10", polled.getJsonArray("events").getJsonObject(0).getString("message"));
    }

    private static List<String> ids(HttpResponse<String> stream) {
        return stream.body()
                .lines()
                .filter(line -> line.startsWith("id: "))
                .map(line -> line.substring("id: ".length()))
                .toList();
    }

    @Test
    void tellsWhatHappensWhileItHappensAndEndsWithTheJob() throws Exception {
        String id = cancelled;
        HttpResponse<InputStream> stream = follow(id, BodyHandlers.ofInputStream());
        List<String> lines = new ArrayList<>();
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
            String line = reader.readLine();
            while (line != null && !line.startsWith("data: ")) {
                lines.add(line);
                line = reader.readLine();
            }
            assertTrue(lines.contains("id: 1"), lines::toString);
            assertEquals("cancelled", json(cancel(id)).getString("state"));
            while (line != null) {
                lines.add(line);
                line = reader.readLine();
            }
        }
        assertTrue(lines.contains("id: 2"), lines::toString);
        assertEquals(
                204,
                HTTP.send(request("/" + id).DELETE().build(), BodyHandlers.discarding())
                        .statusCode());
        assertEquals(404, get("/" + id).statusCode());
    }

    @Test
    void followsForOneClientInPlaceOfAnotherThatHasLeft() throws Exception {
        try (InputStream first = follow(followed, BodyHandlers.ofInputStream()).body()) {
            assertEquals('e', first.read(), "event: state");
            HttpResponse<String> refused = get("/" + followed + "/events", "Accept", "text/event-stream");
            assertEquals(503, refused.statusCode());
            assertEquals("CAPACITY_EXHAUSTED", json(refused).getString("title"));
        }
        HttpResponse<InputStream> next = follow(followed, BodyHandlers.ofInputStream());
        assertEquals(200, next.statusCode());
        // With the job the stream ends, and its place is another's without a wait.
        assertEquals("cancelled", json(cancel(followed)).getString("state"));
        try (InputStream events = next.body()) {
            events.readAllBytes();
        }
    }

    private static HttpResponse<String> cancel(String id) throws IOException, InterruptedException {
        return HTTP.send(
                request("/" + id + "/cancel").POST(BodyPublishers.noBody()).build(), BodyHandlers.ofString());
    }

    /** Waits for the place of whoever was here before: that a client has left is found out when it is next sent something. */
    private static <T> HttpResponse<T> follow(String id, BodyHandler<T> body, String... headers) throws Exception {
        HttpRequest.Builder request = request("/" + id + "/events").header("Accept", "text/event-stream");
        if (headers.length > 0) {
            request.headers(headers);
        }
        AtomicReference<HttpResponse<T>> answer = new AtomicReference<>();
        RealServer.await("There is a place for a follower", () -> {
            HttpResponse<T> response = HTTP.send(request.build(), body);
            answer.set(response);
            return response.statusCode() != 503;
        });
        return Objects.requireNonNull(answer.get());
    }
}
