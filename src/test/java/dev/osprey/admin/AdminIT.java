package dev.osprey.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.ModelFolder;
import dev.osprey.RawSocketIo;
import dev.osprey.RealServer;
import dev.osprey.SharesServer;
import dev.osprey.StreamClient;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.lang.reflect.Method;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an operator does over HTTP to a server that has clients and jobs. */
@SharesServer
class AdminIT extends RealServer {

    private static final java.nio.file.Path SAMPLE =
            java.nio.file.Path.of("src", "main", "webapp", "samples", "grace-hopper.jpg");
    /** The model of the mode in which a connection begins. */
    private static final String MODEL = "balanced";

    @SuppressWarnings("NullAway.Init")
    private ModelFolder folder;

    /** While the server runs, as an operator does; the network is the same. */
    @BeforeEach
    void addAVersion() throws IOException {
        folder = new ModelFolder(MODEL);
        folder.add(folder.network());
    }

    @AfterEach
    void goBack() throws Exception {
        folder.close();
        serve(MODEL, folder.version());
    }

    private static HttpResponse<String> unload(String model) throws Exception {
        return operate("DELETE", "/api/models/" + model, "");
    }

    /** What a list of models says of it, but for versions that are still draining. */
    private static JsonObject model(HttpResponse<String> answer) {
        assertEquals(200, answer.statusCode(), answer::body);
        try (JsonReader reader = Json.createReader(new StringReader(answer.body()))) {
            return reader.readArray().getValuesAs(JsonObject.class).stream()
                    .filter(model -> model.getString("name").equals(MODEL))
                    .filter(model -> !model.getString("state").equals("draining"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static void assertProblem(int status, String title, HttpResponse<String> answer) {
        assertEquals(status, answer.statusCode(), answer::body);
        assertEquals(
                "application/problem+json",
                answer.headers().firstValue("Content-Type").orElse(""));
        JsonObject problem = StreamClient.json(answer.body());
        assertEquals("about:blank", problem.getString("type"));
        assertEquals(title, problem.getString("title"));
        assertEquals(status, problem.getInt("status"));
        assertFalse(problem.getString("detail").isEmpty());
    }

    @Test
    void listsWhatIsServedAndWhatCouldBe() throws Exception {
        serve(MODEL, folder.nextVersion());
        JsonObject model = model(operate("GET", "/api/models", ""));
        assertEquals(MODEL, model.getString("name"));
        assertEquals(folder.nextVersion(), model.getInt("version"));
        assertEquals("ready", model.getString("state"));
        assertEquals(
                "[%d,%d]".formatted(folder.version(), folder.nextVersion()),
                model.getJsonArray("versions").toString());
        assertTrue(model.getInt("memory_mib") > 0);
    }

    private static final String CLIENTS = "osprey.signs.max-clients";

    private static JsonObject setting(String key) throws Exception {
        HttpResponse<String> answer = operate("GET", "/api/admin/settings", "");
        assertEquals(200, answer.statusCode(), answer::body);
        try (JsonReader reader = Json.createReader(new StringReader(answer.body()))) {
            return reader.readArray().getValuesAs(JsonObject.class).stream()
                    .filter(row -> row.getString("key").equals(key))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static HttpResponse<String> set(String key, String value) throws Exception {
        return operate(
                "PUT",
                "/api/admin/settings/" + key,
                "{\"value\": %s}".formatted(value),
                "Content-Type",
                "application/json");
    }

    @Test
    void changesASettingUntilItIsForgotten() throws Exception {
        JsonObject before = setting(CLIENTS);
        assertEquals("default", before.getString("source"));
        assertEquals(before.getString("default"), before.getString("value"));
        assertTrue(before.getBoolean("live"));
        try {
            HttpResponse<String> changed = set(CLIENTS, "321");
            assertEquals(200, changed.statusCode(), changed::body);
            assertEquals(setting(CLIENTS), StreamClient.json(changed.body()));
            assertEquals("321", setting(CLIENTS).getString("value"));
            assertEquals("console", setting(CLIENTS).getString("source"));
            assertEquals(before.getString("default"), setting(CLIENTS).getString("default"));

            for (String bad : List.of("\"many\"", "\"\"", "-1", "1.5", "true", "null", "[1]")) {
                assertProblem(400, "SETTING_INVALID", set(CLIENTS, bad));
            }
            assertEquals("321", setting(CLIENTS).getString("value"));
        } finally {
            HttpResponse<String> forgotten = operate("DELETE", "/api/admin/settings/" + CLIENTS, "");
            assertEquals(200, forgotten.statusCode(), forgotten::body);
        }
        assertEquals(before, setting(CLIENTS));
        assertProblem(404, "SETTING_UNKNOWN", set("osprey.none-such", "1"));
        assertProblem(404, "SETTING_UNKNOWN", operate("DELETE", "/api/admin/settings/osprey.none-such", ""));
        assertProblem(409, "SETTING_FIXED", set("osprey.server.port", "9090"));
    }

    @Test
    void answersFramesWithErrorsWhileTheModelIsUnloaded() throws Exception {
        byte[] frame = Files.readAllBytes(SAMPLE);
        try (StreamClient client = StreamClient.greeted(webSocket("/ws"))) {
            client.segment(frame);
            assertEquals("unloaded", model(unload(MODEL)).getString("state"));
            assertEquals(503, get("/health/ready").statusCode());
            for (int i = 0; i < 3; i++) {
                client.sendFrame(frame, i);
                String message = client.nextError("INFERENCE_FAILED").getString("message");
                assertTrue(message.contains("not loaded"), message);
            }
            try (StreamClient newcomer = StreamClient.connect(webSocket("/ws"))) {
                assertEquals(MODEL, newcomer.next("connected").getString("model"));
            }
            assertEquals("ready", model(serve(MODEL, "{}")).getString("state"));
            assertEquals(200, get("/health/ready").statusCode());
            client.segment(frame);
        }
    }

    @Test
    void loadsAModelForAChangeOfMode() throws Exception {
        try (StreamClient client = StreamClient.greeted(webSocket("/ws"))) {
            assertEquals(200, unload(MODEL).statusCode());
            client.changeMode("fast");
            client.next("mode_changed");
            client.changeMode("balanced");
            client.sendFrame(Files.readAllBytes(SAMPLE), 1);
            assertEquals("balanced", client.next("mode_changed").getString("model_mode"));
            client.next("segmentation");
        }
    }

    @Test
    void swapsWithoutLosingAFrame() throws Exception {
        byte[] frame = Files.readAllBytes(SAMPLE);
        AtomicBoolean over = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        Future<Integer> one = threads.submit(() -> streamUntil(over, frame));
        Future<Integer> other = threads.submit(() -> streamUntil(over, frame));
        for (int version : new int[] {folder.nextVersion(), folder.version(), folder.nextVersion()}) {
            assertEquals(
                    version,
                    model(serve(MODEL, "{\"version\":" + version + "}")).getInt("version"));
        }
        over.set(true);
        assertEquals(folder.nextVersion(), one.get(1, TimeUnit.MINUTES));
        assertEquals(folder.nextVersion(), other.get(1, TimeUnit.MINUTES));
        threads.shutdown();
        await(
                "The old versions are closed",
                () -> operate("GET", "/api/models", "").body().indexOf("draining") < 0);
    }

    /** Streams with two frames in flight, all of which must be answered; the version that answered the last one. */
    private static int streamUntil(AtomicBoolean over, byte[] image) throws Exception {
        try (StreamClient client = StreamClient.greeted(webSocket("/ws?features=receipt,binary"))) {
            client.sendBinaryFrame(image, 0);
            int answered = 0;
            for (int sent = 1; !over.get(); sent++) {
                client.sendBinaryFrame(image, sent);
                assertEquals(answered++, client.next("segmentation").getInt("timestamp"));
            }
            client.sendBinaryFrame(image, answered + 1);
            assertEquals(answered, client.next("segmentation").getInt("timestamp"));
            JsonObject last = client.next("segmentation");
            assertEquals(answered + 1, last.getInt("timestamp"));
            return last.getJsonObject("metadata").getJsonObject("receipt").getInt("model_version");
        }
    }

    @Test
    void obeysNobodyWhoHasNotSignedIn() throws Exception {
        HttpResponse<String> refusal =
                send("DELETE", "/api/models/" + MODEL, "", "Origin", "https://elsewhere.example");
        assertTrue(Set.of(401, 403).contains(refusal.statusCode()), refusal::body);
        assertEquals("ready", model(operate("GET", "/api/models", "")).getString("state"));
    }

    @Test
    void readsVersionsToTheDigit() throws Exception {
        assertProblem(400, "SETTING_INVALID", serve(MODEL, "{\"version\":1.5}"));
        assertProblem(400, "SETTING_INVALID", serve(MODEL, "{\"version\":4294967297}"));
        assertProblem(400, "SETTING_INVALID", serve(MODEL, "{\"version\":1" + " ".repeat(5_000) + "}"));
    }

    @Test
    void refusesWhatIsNotInTheRepository() throws Exception {
        assertProblem(404, "MODEL_UNKNOWN", serve(MODEL, "{\"version\":99}"));
        assertProblem(404, "MODEL_UNKNOWN", serve("unicorn", "{\"version\":1}"));
        assertProblem(404, "MODEL_UNKNOWN", serve("unicorn", "{}"));
        assertProblem(404, "MODEL_UNKNOWN", unload("unicorn"));
        assertProblem(400, "SETTING_INVALID", serve(MODEL, "{\"version\":0}"));
        assertProblem(400, "SETTING_INVALID", serve(MODEL, "{\"version\":\"2\"}"));
        assertEquals("ready", model(operate("GET", "/api/models", "")).getString("state"));
    }

    @Test
    void refusesAVersionThatIsNotWhatItsManifestSays() throws Exception {
        Files.writeString(folder.file(folder.nextVersion()), "This is no network");
        assertProblem(500, "MODEL_INVALID", serve(MODEL, "{\"version\":" + folder.nextVersion() + "}"));
        assertEquals(folder.version(), model(operate("GET", "/api/models", "")).getInt("version"));
    }

    @Test
    void takesOnlyJson() throws Exception {
        assertEquals(
                415,
                operate("PUT", "/api/models/" + MODEL, "{\"version\":2}", "Content-Type", "text/plain")
                        .statusCode());
        for (String body : new String[] {"{\"version\":", "", "[2]", "2"}) {
            assertProblem(400, "SETTING_INVALID", serve(MODEL, body));
        }
    }

    private static HttpResponse<String> read(String path) throws Exception {
        return operate("GET", path, "");
    }

    private static JsonObject object(HttpResponse<String> answer, int status) {
        assertEquals(status, answer.statusCode(), answer::body);
        return StreamClient.json(answer.body());
    }

    private static JsonObject object(String path) throws Exception {
        return object(read(path), 200);
    }

    private static List<JsonObject> list(String path) throws Exception {
        HttpResponse<String> answer = read(path);
        assertEquals(200, answer.statusCode(), answer::body);
        try (JsonReader reader = Json.createReader(new StringReader(answer.body()))) {
            return reader.readArray().getValuesAs(JsonObject.class);
        }
    }

    private static Optional<JsonObject> stream(String capability) throws Exception {
        return list("/api/admin/streams").stream()
                .filter(stream -> stream.getString("capability").equals(capability))
                .findFirst();
    }

    private static JsonObject row(String name) throws Exception {
        return list("/api/admin/models").stream()
                .filter(model -> model.getString("name").equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void showsAStreamInEveryList() throws Exception {
        long before = object("/api/admin/overview")
                .getJsonObject("totals")
                .getJsonNumber("frames_answered")
                .longValue();
        try (StreamClient client = StreamClient.greeted(webSocket("/ws"))) {
            for (int i = 0; i < 5; i++) {
                client.segment(Files.readAllBytes(SAMPLE));
            }
            // Counted once it has been sent, which its client may learn of first.
            await(
                    "Every answer is counted",
                    () -> stream("segmentation").orElseThrow().getInt("answered") == 5);
            JsonObject stream = stream("segmentation").orElseThrow();
            assertEquals(MODEL, stream.getString("mode"));
            assertEquals("127.0.0.1", stream.getString("client"));
            assertEquals(0, stream.getInt("replaced"));
            assertTrue(stream.getJsonNumber("age_ms").doubleValue() > 0);
            assertFalse(Instant.parse(stream.getString("since")).isAfter(Instant.now()));

            JsonObject totals = object("/api/admin/overview").getJsonObject("totals");
            assertEquals(before + 5, totals.getJsonNumber("frames_answered").longValue());
            assertTrue(totals.getInt("connections") >= 1);
            await(
                    "The history has its frames",
                    () ->
                            object("/api/admin/history?minutes=1")
                                    .getJsonArray("points")
                                    .getValuesAs(JsonObject.class)
                                    .stream()
                                    .anyMatch(point -> point.get("age_ms") instanceof JsonObject ages
                                            && ages.getJsonNumber("p50").doubleValue() > 0
                                            && point.getJsonNumber("frames_per_second")
                                                            .doubleValue()
                                                    > 0
                                            && point.getInt("connections") >= 1));
            client.sendFrame(new byte[] {1, 2, 3}, 9);
            client.nextError("INFERENCE_FAILED");
        }
        await("The stream is gone", () -> stream("segmentation").isEmpty());
        assertTrue(object("/api/admin/problems").getJsonArray("errors").getValuesAs(JsonObject.class).stream()
                .anyMatch(error -> error.getString("capability").equals("segmentation")
                        && error.getString("code").equals("INFERENCE_FAILED")
                        && error.getInt("count") >= 1
                        && error.getString("detail").startsWith("Failed to decode frame: ")));
    }

    @Test
    void tellsHowTheServerIs() throws Exception {
        JsonObject overview = object("/api/admin/overview");
        assertEquals("ready", overview.getString("state"));
        assertEquals("CPU", overview.getString("provider"));
        assertTrue(overview.getInt("uptime_seconds") >= 0);
        JsonObject memory = overview.getJsonObject("memory");
        assertTrue(memory.getInt("heap_used_mib") <= memory.getInt("heap_max_mib"));
        assertTrue(memory.getInt("models_mib") > 0);
        assertTrue(memory.getInt("models_mib") <= memory.getInt("models_budget_mib"));
        assertProblem(400, "SETTING_INVALID", read("/api/admin/history?minutes=16"));
    }

    @Test
    void closesAStream() throws Exception {
        try (StreamClient client = StreamClient.greeted(webSocket("/ws"))) {
            String id = stream("segmentation").orElseThrow().getString("id");
            assertEquals(204, operate("DELETE", "/api/admin/streams/" + id, "").statusCode());
            assertEquals(new StreamClient.Arrival.Closed(1_008, "closed by the operator"), client.end());
        }
        assertProblem(404, "STREAM_UNKNOWN", operate("DELETE", "/api/admin/streams/none", ""));
    }

    @Test
    void listsAndClosesClientsOfAllWires() throws Exception {
        try (RawSocketIo signs = RawSocketIo.joined(webSocket("/socket.io/?EIO=4&transport=websocket"));
                StreamClient coach = StreamClient.connect(webSocket("/fingerspelling"));
                StreamClient referee = StreamClient.connect(webSocket("/stream"))) {
            await(
                    "All are listed",
                    () -> stream("studio").isPresent()
                            && stream("fingerspelling").isPresent()
                            && stream("referee").isPresent());
            signs.send(RawSocketIo.event("frame", RawSocketIo.image(Files.readAllBytes(SAMPLE))));
            signs.nextEvent("prediction");
            JsonObject io = stream("signs").orElseThrow();
            assertTrue(stream("studio").isEmpty());
            assertEquals(1, io.getInt("answered"));
            assertEquals(0, object("/api/admin/sessions").getInt("active_sessions"));
            for (String capability : List.of("signs", "fingerspelling", "referee")) {
                String id = stream(capability).orElseThrow().getString("id");
                assertEquals(
                        204, operate("DELETE", "/api/admin/streams/" + id, "").statusCode());
            }
            await("All are gone", () -> list("/api/admin/streams").isEmpty());
            assertEquals(new StreamClient.Arrival.Closed(1_008, "closed by the operator"), coach.end());
            assertEquals(new StreamClient.Arrival.Closed(1_008, "closed by the operator"), referee.end());
        }
    }

    @Test
    void loadsAndUnloadsAModelThatItSaysEverythingAbout() throws Exception {
        JsonObject row = row(MODEL);
        assertEquals("segmentation", row.getString("kind"));
        assertTrue(row.getBoolean("takes_picture"));
        assertFalse(row("letters").getBoolean("takes_picture"));
        assertEquals("ready", row.getString("state"));
        assertEquals(folder.version(), row.getInt("version"));
        assertFalse(row.getString("licence").isEmpty());
        assertTrue(row.isNull("reason"));
        JsonObject absent = object(operate("DELETE", "/api/admin/models/" + MODEL, ""), 200);
        assertEquals("absent", absent.getString("state"));
        assertTrue(absent.isNull("version"));
        Files.writeString(folder.file(folder.nextVersion()), "This is no network");
        assertProblem(500, "MODEL_INVALID", swap("{\"version\":" + folder.nextVersion() + "}"));
        JsonObject failed = row(MODEL);
        assertEquals("failed", failed.getString("state"));
        assertTrue(failed.getString("reason").length() > 20, failed::toString);
        assertEquals("ready", object(swap("{}"), 200).getString("state"));
        assertTrue(row(MODEL).isNull("reason"));
    }

    private static HttpResponse<String> swap(String body) throws Exception {
        return operate("PUT", "/api/admin/models/" + MODEL, body, "Content-Type", "application/json");
    }

    @Test
    void warmsAModelAgain() throws Exception {
        JsonObject warmed = object(operate("POST", "/api/admin/models/" + MODEL + "/warm", ""), 200);
        assertTrue(warmed.getInt("runs") > 0);
        assertEquals(warmed.getInt("runs"), warmed.getJsonArray("milliseconds").size());
        assertProblem(404, "MODEL_UNKNOWN", operate("POST", "/api/admin/models/unicorn/warm", ""));
    }

    private static HttpResponse<String> attempt(String model, byte[] picture) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(http("/api/admin/models/" + model + "/try"))
                .header("Content-Type", "image/jpeg")
                .header("Authorization", "Bearer " + operatorKey())
                .POST(HttpRequest.BodyPublishers.ofByteArray(picture))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void triesModelsWithAPicture() throws Exception {
        byte[] picture = Files.readAllBytes(SAMPLE.resolveSibling("world.jpg"));
        JsonObject segmented = object(attempt(MODEL, picture), 200);
        JsonObject output = segmented.getJsonArray("outputs").getJsonObject(0);
        long classes = output.getJsonArray("top").getValuesAs(JsonObject.class).stream()
                .filter(part -> part.getJsonNumber("share").doubleValue() > 0.01)
                .count();
        assertTrue(classes >= 2, output::toString);
        BufferedImage coloured = shown(segmented);
        assertEquals(segmented.getInt("width"), coloured.getWidth());
        assertEquals(segmented.getInt("height"), coloured.getHeight());
        assertTrue(segmented.getJsonObject("milliseconds").getJsonNumber("run").doubleValue() > 0);

        BufferedImage near = shown(object(attempt("depth", picture), 200));
        int[] greys = near.getRGB(0, 0, near.getWidth(), near.getHeight(), null, 0, near.getWidth());
        assertTrue(Arrays.stream(greys).anyMatch(rgb -> (rgb & 0xffffff) == 0xffffff), "Something is nearest");
        assertTrue(Arrays.stream(greys).anyMatch(rgb -> (rgb & 0xffffff) == 0), "Something is farthest");

        JsonObject hands = object(attempt("palm-detection", picture), 200);
        assertTrue(hands.isNull("picture"));
        assertEquals("float32", hands.getJsonArray("outputs").getJsonObject(0).getString("type"));

        assertProblem(400, "SETTING_INVALID", attempt("letters", picture));
        assertProblem(422, "IMAGE_UNREADABLE", attempt(MODEL, new byte[] {1, 2, 3}));
        assertProblem(404, "MODEL_UNKNOWN", attempt("unicorn", picture));
    }

    private static BufferedImage shown(JsonObject trial) throws IOException {
        String url = trial.getString("picture");
        String prefix = "data:image/png;base64,";
        assertTrue(url.startsWith(prefix));
        return ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(url.substring(prefix.length()))));
    }

    private static String submit() throws Exception {
        String body = Json.createObjectBuilder()
                .add("prompt", "a red ball")
                .add("steps", 150)
                .add("width", 512)
                .add("height", 512)
                .build()
                .toString();
        return object(operate("POST", "/api/text-to-image", body, "Content-Type", "application/json"), 200)
                .getString("job_id");
    }

    private static String state(String job) throws Exception {
        return object("/api/jobs/" + job).getString("state");
    }

    @Test
    void cancelsRetriesAndForgetsJobs() throws Exception {
        String job = submit();
        await("The job is being done", () -> state(job).equals("running"));
        assertProblem(409, "JOB_UNFINISHED", operate("POST", "/api/admin/jobs/" + job + "/retry", ""));
        assertProblem(409, "JOB_UNFINISHED", operate("DELETE", "/api/admin/jobs/" + job, ""));
        JsonObject listed = object("/api/admin/jobs?state=running&kind=text-to-image")
                .getJsonArray("jobs")
                .getJsonObject(0);
        assertEquals(job, listed.getString("id"));
        assertTrue(listed.containsKey("owner"));
        object(operate("POST", "/api/admin/jobs/" + job + "/cancel", ""), 200);
        await("The job is cancelled", () -> state(job).equals("cancelled"));

        JsonObject retried = object(operate("POST", "/api/admin/jobs/" + job + "/retry", ""), 201);
        String again = retried.getString("id");
        assertEquals(object("/api/jobs/" + job).getJsonObject("parameters"), retried.getJsonObject("parameters"));
        object(operate("POST", "/api/admin/jobs/" + again + "/cancel", ""), 200);
        await("The retried job is cancelled", () -> state(again).equals("cancelled"));
        for (String each : List.of(job, again)) {
            assertEquals(204, operate("DELETE", "/api/admin/jobs/" + each, "").statusCode());
            assertEquals(404, get("/api/jobs/" + each).statusCode());
        }
        assertProblem(400, "SETTING_INVALID", read("/api/admin/jobs?state=asleep"));
        assertProblem(404, "JOB_UNKNOWN", operate("POST", "/api/admin/jobs/none/retry", ""));
    }

    @Test
    void tellsWhoFollows() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(http("/api/admin/events"))
                .header("Authorization", "Bearer " + operatorKey())
                .build();
        HttpResponse<Stream<String>> answer = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .build()
                .send(request, HttpResponse.BodyHandlers.ofLines());
        assertEquals(200, answer.statusCode());
        assertEquals(
                "text/event-stream", answer.headers().firstValue("Content-Type").orElse(""));
        Set<String> missing = new TreeSet<>(Set.of("overview", "point", "streams", "jobs", "models", "problems"));
        try (Stream<String> lines = answer.body();
                StreamClient client = StreamClient.greeted(webSocket("/ws"))) {
            client.segment(Files.readAllBytes(SAMPLE));
            String event = "";
            boolean streamSeen = false;
            Iterator<String> each = lines.iterator();
            while (!missing.isEmpty() || !streamSeen) {
                String line = each.next();
                if (line.startsWith("event: ")) {
                    event = line.substring("event: ".length());
                } else if (line.startsWith("data: ")) {
                    String data = line.substring("data: ".length());
                    assertTrue(data.startsWith(event.equals("streams") || event.equals("models") ? "[" : "{"), data);
                    missing.remove(event);
                    streamSeen |= event.equals("streams") && data.contains("\"capability\":\"segmentation\"");
                }
            }
        }
    }

    /** The description has all that the resources have. */
    @Test
    void describesEveryOperation() throws Exception {
        JsonObject document = object("/openapi?format=JSON");
        assertEquals("Osprey", document.getJsonObject("info").getString("title"));
        assertEquals(
                "bearer",
                document.getJsonObject("components")
                        .getJsonObject("securitySchemes")
                        .getJsonObject("credential")
                        .getString("scheme"));
        JsonObject paths = document.getJsonObject("paths");
        for (Class<?> resource : List.of(
                OverviewResource.class,
                ModelOperationsResource.class,
                StreamsResource.class,
                JobOperationsResource.class,
                KeysResource.class,
                SettingsResource.class,
                AuditResource.class)) {
            String root = "/api/" + resource.getAnnotation(Path.class).value();
            for (Method method : resource.getDeclaredMethods()) {
                Optional<String> verb = Stream.of(method.getAnnotations())
                        .map(annotation -> annotation.annotationType().getAnnotation(HttpMethod.class))
                        .filter(Objects::nonNull)
                        .map(HttpMethod::value)
                        .findFirst();
                if (verb.isPresent()) {
                    Path below = method.getAnnotation(Path.class);
                    String path = below == null ? root : root + "/" + below.value();
                    JsonObject operation = paths.containsKey(path)
                            ? paths.getJsonObject(path).getJsonObject(verb.get().toLowerCase(Locale.ROOT))
                            : null;
                    assertNotNull(operation, verb.get() + " " + path + " is not described");
                    assertFalse(operation.getString("summary").isEmpty());
                }
            }
        }
    }
}
