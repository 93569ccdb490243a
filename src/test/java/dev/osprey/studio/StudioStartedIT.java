package dev.osprey.studio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.Python;
import dev.osprey.RealServer;
import dev.osprey.StartedServer;
import dev.osprey.StreamClient;
import jakarta.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Limits, missing models, and servers that are killed: as operators start them. Numbers in brackets are the checklist's. */
class StudioStartedIT {

    private static final Path MODELS = Path.of("models");
    private static final Set<String> GENERATING = Set.of("depth", "text-encoder", "denoiser", "image-decoder");
    private static final String PASSWORD = "an-operator-of-this-test";
    private static final int STL_HEADER_BYTES = 84;
    private static final int STL_TRIANGLE_BYTES = 50;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path home;

    /** [34] As kill -9 ends it: in the middle of a picture, with models behind it. */
    @Test
    void losesNoJobWhenItIsKilled() throws Exception {
        int port = StartedServer.freePort();
        String picture;
        List<String> models = new ArrayList<>();
        try (StartedServer server = new StartedServer(home, port, Map.of())) {
            StudioClient studio = new StudioClient(server.http("/"));
            for (int i = 0; i < 6; i++) {
                models.add(studio.upload(StudioClient.picture(i, 640, 480)));
            }
            picture = studio.textToImage("a red ball", 150);
            for (String job : models) {
                studio.generate(job, "stl", 10);
            }
            RealServer.await("The picture is being made", () -> {
                JsonObject state = studio.status(picture);
                assertFalse(
                        state.getString("status").equals("completed"), "It was too quick to be killed in the middle");
                return state.getString("status").equals("processing")
                        && state.getJsonNumber("progress").doubleValue() > 0;
            });
            server.process().destroyForcibly().waitFor();
        }
        try (StartedServer server = new StartedServer(home, port, Map.of())) {
            StudioClient studio = new StudioClient(server.http("/"));
            assertEquals(
                    512,
                    ImageIO.read(new ByteArrayInputStream(studio.completed(picture)))
                            .getWidth());
            for (String job : models) {
                ByteBuffer stl = ByteBuffer.wrap(studio.completed(job)).order(ByteOrder.LITTLE_ENDIAN);
                int triangles = stl.getInt(STL_HEADER_BYTES - Integer.BYTES);
                assertEquals(STL_HEADER_BYTES + STL_TRIANGLE_BYTES * triangles, stl.capacity());
            }
            Map<String, Integer> done = new HashMap<>();
            for (String kind : List.of("text-to-image", "image-to-3d")) {
                for (JsonObject job : studio.stored(kind).getValuesAs(JsonObject.class)) {
                    assertEquals("succeeded", job.getString("state"), job::toString);
                    done.merge(job.getString("reference", job.getString("id")), 1, Integer::sum);
                }
            }
            Map<String, Integer> once = new HashMap<>(Map.of(picture, 1));
            models.forEach(job -> once.put(job, 1));
            assertEquals(once, done);
            // What was uploaded before is still there to be used.
            studio.generate(models.get(0), "ply", 3);
            studio.completed(models.get(0));
        }
    }

    /** [1, 33] Uploads are taken all the same, up to the limit that is set. */
    @Test
    void saysThatItHasNoModels() throws Exception {
        Path models = Files.createDirectories(home.resolve("models"));
        try (Stream<Path> all = Files.list(MODELS)) {
            for (Path model : all.filter(folder -> Files.exists(folder.resolve("model.json")))
                    .filter(folder -> !GENERATING.contains(folder.getFileName().toString()))
                    .toList()) {
                Files.createSymbolicLink(models.resolve(model.getFileName()), model.toAbsolutePath());
            }
        }
        Map<String, String> environment = Map.of(
                "OSPREY_MODEL_REPOSITORY",
                models.toString(),
                "MAX_UPLOAD_MB",
                "1",
                "OSPREY_STUDIO_DOWNLOAD_WAIT",
                "PT0.001S",
                "OSPREY_STUDIO_MAX_BASE64_MIB",
                "1",
                "OSPREY_ACCESS_OPERATOR_PASSWORD",
                PASSWORD);
        try (StartedServer server = new StartedServer(home, StartedServer.freePort(), environment)) {
            StudioClient studio = new StudioClient(server.http("/"));
            JsonObject health = StudioClient.json(studio.get("/api/health"));
            assertEquals("healthy", health.getString("status"));
            assertEquals("not_ready", health.getString("models_status"));
            assertFalse(health.getJsonArray("capabilities").toString().contains("text_to_image"), health::toString);
            String job = studio.upload(StudioClient.picture(1));
            for (HttpResponse<String> answer :
                    List.of(studio.tryGenerate(job, "stl", 7), studio.tryTextToImage("a red ball", 5))) {
                StudioClient.assertRefused(503, "AI models not ready", answer);
                assertEquals(
                        "models_not_ready", StreamClient.json(answer.body()).getString("status"));
            }
            assertEquals("pending", studio.status(job).getString("status"));
            StudioClient.assertRefused(
                    413, "File too large (max 1MB)", studio.tryUpload("large.png", new byte[(1 << 20) + 1]));
            Files.createSymbolicLink(
                    models.resolve("depth"), MODELS.resolve("depth").toAbsolutePath());
            assertSaysThatItLoads(server, studio, job);
            assertWaitsAndSendsNoMoreThanIsSet(studio);
            assertFailsWithoutATrace(studio, job);
        }
    }

    /** [1] To whoever wants something meanwhile; then it is done. */
    private static void assertSaysThatItLoads(StartedServer server, StudioClient studio, String job) throws Exception {
        CompletableFuture<HttpResponse<String>> loaded = served(server, "depth");
        Set<String> words = new HashSet<>();
        HttpResponse<String> last = studio.tryGenerate(job, "stl", 1);
        while (last.statusCode() == 503) {
            JsonObject refusal = StreamClient.json(last.body());
            if (words.add(refusal.getString("status")) && words.contains("models_loading")) {
                assertEquals("AI models still loading, please wait a few seconds...", refusal.getString("error"));
                assertEquals(5, refusal.getInt("retry_after"));
                assertEquals("5", last.headers().firstValue("Retry-After").orElse(""));
            }
            assertTrue(!loaded.isDone() || loaded.join().statusCode() == 200, () -> loaded.join()
                    .body());
            last = studio.tryGenerate(job, "stl", 1);
        }
        assertTrue(words.contains("models_loading"), words::toString);
        assertEquals(200, last.statusCode(), last.body());
        assertEquals(200, loaded.join().statusCode(), loaded.join().body());
        studio.completed(job);
    }

    /** Has a model served, as an operator who signs in. */
    private static CompletableFuture<HttpResponse<String>> served(StartedServer server, String model) throws Exception {
        HttpClient http = HttpClient.newHttpClient();
        HttpResponse<String> signedIn = http.send(
                HttpRequest.newBuilder(server.http("/api/session"))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString("{\"name\":\"operator\",\"password\":\"" + PASSWORD + "\"}"))
                        .build(),
                BodyHandlers.ofString());
        assertEquals(200, signedIn.statusCode(), signedIn::body);
        String cookie = signedIn.headers().firstValue("Set-Cookie").orElseThrow();
        return http.sendAsync(
                HttpRequest.newBuilder(server.http("/api/models/" + model))
                        .header("Content-Type", "application/json")
                        .header("Cookie", cookie.substring(0, cookie.indexOf(';')))
                        .header(
                                "X-CSRF-Token",
                                StreamClient.json(signedIn.body()).getString("csrf"))
                        .PUT(BodyPublishers.ofString("{}"))
                        .build(),
                BodyHandlers.ofString());
    }

    private static void assertWaitsAndSendsNoMoreThanIsSet(StudioClient studio) throws Exception {
        String job = studio.upload(StudioClient.picture(2, 640, 480));
        studio.generate(job, "stl", 10);
        HttpResponse<String> early = studio.get("/api/download/" + job + "/model.stl");
        StudioClient.assertRefused(404, "The file is still being made", early);
        assertEquals("5", early.headers().firstValue("Retry-After").orElse(""));
        int bytes = studio.completed(job).length;
        assertTrue(bytes > 1 << 20, () -> "It has " + bytes + " bytes");
        StudioClient.assertRefused(
                413,
                "The file has %d bytes, the limit for base64 is %d: use /api/download".formatted(bytes, 1 << 20),
                studio.get("/api/download-base64/" + job + "/model.stl"));
    }

    /** [31] Where nothing can be written. */
    private void assertFailsWithoutATrace(StudioClient studio, String job) throws Exception {
        Path artifacts = home.resolve("data").resolve("artifacts");
        Files.move(artifacts, home.resolve("away"));
        Files.createFile(artifacts);
        HttpResponse<String> upload = studio.tryUpload("picture.png", StudioClient.picture(3));
        HttpResponse<String> solid = studio.tryGenerate(job, "obj", 1);
        StudioClient.assertRefused(500, "Upload failed", upload);
        StudioClient.assertRefused(500, "3D generation failed", solid);
        for (HttpResponse<String> failed : List.of(upload, solid)) {
            StudioIT.assertSaysNoMoreThanIsNeeded(failed);
            assertFalse(failed.body().contains(home.toString()), failed::body);
        }
    }

    /** [30] By the variables of the first implementation. */
    @Test
    void limitsWhatComesFromOneAddress() throws Exception {
        Map<String, String> environment = Map.of(
                "ENABLE_RATE_LIMITING", "true", "RATE_LIMIT_PER_MINUTE", "5", "OSPREY_METRICS_STUDIO_ALIASES", "true");
        try (StartedServer server = new StartedServer(home, StartedServer.freePort(), environment)) {
            StudioClient studio = new StudioClient(server.http("/"));
            Set<String> jobs = new HashSet<>();
            while (jobs.size() < 4) {
                jobs.add(studio.upload(StudioClient.picture(jobs.size())));
            }
            String job = jobs.iterator().next();
            studio.generate(job, "stl", 1);
            List<HttpResponse<String>> refused = List.of(
                    studio.tryUpload("picture.png", StudioClient.picture(9)),
                    studio.tryTextToImage("a red ball", 1),
                    studio.tryGenerate(job, "obj", 1));
            for (HttpResponse<String> answer : refused) {
                StudioClient.assertRefused(429, "Rate limit exceeded. Max 5 requests per 60s", answer);
                int seconds = Integer.parseInt(
                        answer.headers().firstValue("Retry-After").orElse("0"));
                assertTrue(seconds > 0 && seconds <= 60, () -> answer.headers().toString());
            }
            for (int i = 0; i < 20; i++) {
                assertEquals(200, studio.get("/api/health").statusCode());
            }
            assertEquals(200, studio.get("/api/job-status/" + job).statusCode());
            studio.completed(job);
            assertToldByFormerNames(studio.get("/metrics").body());
        }
    }

    /** All that was asked for and refused above; nothing but these is told of by a name of the first implementation's. */
    private static void assertToldByFormerNames(String metrics) {
        // The platform sorts the labels and adds one of its own.
        Map<String, String> told = metrics.lines()
                .filter(line -> line.startsWith("orfeas_"))
                .map(line -> line.replaceAll(",?mp_scope=\"application\"", "")
                        .replace("{,", "{")
                        .replace("{}", ""))
                .collect(Collectors.toMap(
                        line -> line.substring(0, line.lastIndexOf(' ')),
                        line -> line.substring(line.lastIndexOf(' ') + 1)));
        String upload = "endpoint=\"/api/upload-image\",method=\"POST\"";
        assertEquals("4.0", told.get("orfeas_requests_total{" + upload + ",status=\"200\"}"), told::toString);
        assertEquals("1.0", told.get("orfeas_requests_total{" + upload + ",status=\"429\"}"), told::toString);
        assertEquals("5.0", told.get("orfeas_request_duration_seconds_count{" + upload + "}"), told::toString);
        assertEquals(
                "5.0",
                told.get(
                        "orfeas_request_duration_seconds_bucket{endpoint=\"/api/upload-image\",le=\"+Inf\",method=\"POST\"}"),
                told::toString);
        assertEquals("0.0", told.get("orfeas_requests_in_progress{endpoint=\"/api/upload-image\"}"), told::toString);
        assertEquals(
                "1.0",
                told.get("orfeas_generations_total{provider=\"osprey\",status=\"success\",type=\"image-to-3d\"}"),
                told::toString);
        assertEquals(
                "1.0",
                told.get("orfeas_generation_duration_seconds_count{provider=\"osprey\",type=\"image-to-3d\"}"),
                told::toString);
        assertEquals("0.0", told.get("orfeas_generations_in_progress{type=\"image-to-3d\"}"), told::toString);
        assertEquals("0.0", told.get("orfeas_job_queue_size"), told::toString);
        assertTrue(Double.parseDouble(told.getOrDefault("orfeas_memory_usage_bytes", "0")) > 0, told::toString);
        assertTrue(
                told.keySet()
                        .containsAll(List.of(
                                "orfeas_cpu_usage_percent",
                                "orfeas_memory_usage_percent",
                                "orfeas_gpu_memory_bytes{gpu_id=\"0\"}")),
                told::toString);
    }

    /** [28] As the first implementation told everything to everybody. */
    @Test
    void tellsEverybodyWhereThatIsSwitchedOn() throws Exception {
        Python python =
                Python.with("socketio, requests, websocket, numpy, trimesh, PIL", "src/test/python/requirements.txt");
        Map<String, String> environment = Map.of("OSPREY_STUDIO_AUDIENCE", "everyone");
        try (StartedServer server = new StartedServer(home, StartedServer.freePort(), environment)) {
            Python.Run run = python.run(
                    List.of("src/test/python/studio_client.py", server.http("").toString(), "--only", "28"));
            assertEquals(0, run.status(), run::output);
            assertTrue(run.output().contains("everything is broadcast"), run::output);
        }
    }
}
