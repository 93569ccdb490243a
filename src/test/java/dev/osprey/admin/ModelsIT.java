package dev.osprey.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.ModelFolder;
import dev.osprey.RealServer;
import dev.osprey.StreamClient;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Operations on models while clients stream. */
class ModelsIT extends RealServer {

    private static final Path SAMPLE = Path.of("src", "main", "webapp", "samples", "grace-hopper.jpg");
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
        return send("DELETE", "/api/models/" + model, "");
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
        JsonObject model = model(get("/api/models"));
        assertEquals(MODEL, model.getString("name"));
        assertEquals(folder.nextVersion(), model.getInt("version"));
        assertEquals("ready", model.getString("state"));
        assertEquals(
                "[%d,%d]".formatted(folder.version(), folder.nextVersion()),
                model.getJsonArray("versions").toString());
        assertTrue(model.getInt("memory_mib") > 0);
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
        await("The old versions are closed", () -> get("/api/models").body().indexOf("draining") < 0);
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
    void obeysNoPageOfAnotherOrigin() throws Exception {
        HttpResponse<String> refusal =
                send("DELETE", "/api/models/" + MODEL, "", "Origin", "https://elsewhere.example");
        assertProblem(403, "OPERATION_FORBIDDEN", refusal);
        String own = http("/").toString();
        assertEquals(
                200,
                get("/api/models", "Origin", own.substring(0, own.length() - 1)).statusCode());
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
        assertEquals("ready", model(get("/api/models")).getString("state"));
    }

    @Test
    void refusesAVersionThatIsNotWhatItsManifestSays() throws Exception {
        Files.writeString(folder.file(folder.nextVersion()), "This is no network");
        assertProblem(500, "MODEL_INVALID", serve(MODEL, "{\"version\":" + folder.nextVersion() + "}"));
        assertEquals(folder.version(), model(get("/api/models")).getInt("version"));
    }

    @Test
    void takesOnlyJson() throws Exception {
        assertEquals(
                415,
                send("PUT", "/api/models/" + MODEL, "{\"version\":2}", "Content-Type", "text/plain")
                        .statusCode());
        for (String body : new String[] {"{\"version\":", "", "[2]", "2"}) {
            assertProblem(400, "SETTING_INVALID", serve(MODEL, body));
        }
    }
}
