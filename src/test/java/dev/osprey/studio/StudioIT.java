package dev.osprey.studio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.RealServer;
import dev.osprey.SharesServer;
import dev.osprey.StreamClient;
import dev.osprey.mesh.Mesh;
import dev.osprey.mesh.MeshAnalysis;
import dev.osprey.mesh.Stl;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The protocol's checklist where it takes more than a client's library, by its numbers in brackets: what goes over the wire as it
 * is, and how the server gets on with it. StudioClientsIT has the rest.
 */
@SharesServer
class StudioIT extends RealServer {

    private static final int MIB = 1 << 20;
    private static final int MAX_UPLOAD_MIB = 50;
    /** More than the server has threads for requests. */
    private static final int WAITING = 40;

    private static final Pattern FRAMEWORK =
            Pattern.compile("payara|glassfish|grizzly|jersey|servlet|java", Pattern.CASE_INSENSITIVE);
    private static final Map<String, String> SECURITY = Map.of(
            "X-Content-Type-Options", "nosniff",
            "X-Frame-Options", "DENY",
            "X-XSS-Protection", "1; mode=block",
            "Referrer-Policy", "strict-origin-when-cross-origin");

    private final StudioClient studio = new StudioClient(http("/"));
    private int loggedBefore;

    @BeforeEach
    void lookBefore() {
        loggedBefore = logged().size();
    }

    @AfterEach
    void lookAfter() {
        assertEquals(List.of(), ospreysWarnings(loggedBefore));
    }

    private static Socket open() throws IOException {
        URI server = http("/");
        Socket socket = new Socket(server.getHost(), server.getPort());
        socket.setSoTimeout((int) TimeUnit.MINUTES.toMillis(1));
        return socket;
    }

    /** The answer to a request that is sent byte for byte. */
    private static String exchange(String request) throws IOException {
        try (Socket socket = open()) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String statusLine(Socket socket) throws IOException {
        String line =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)).readLine();
        return line == null ? "" : line;
    }

    private static String uploadHead(String length) {
        return "POST /api/upload-image HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary="
                + StudioClient.BOUNDARY + "\r\n" + length + "\r\n\r\n";
    }

    /** A PNG that ends after its header. */
    private static byte[] header(int width, int height) throws IOException {
        ByteArrayOutputStream chunk = new ByteArrayOutputStream();
        DataOutputStream data = new DataOutputStream(chunk);
        data.writeBytes("IHDR");
        data.writeInt(width);
        data.writeInt(height);
        data.write(new byte[] {8, 2, 0, 0, 0});
        CRC32 crc = new CRC32();
        crc.update(chunk.toByteArray());
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(png);
        out.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
        out.writeInt(chunk.size() - "IHDR".length());
        chunk.writeTo(out);
        out.writeInt((int) crc.getValue());
        return png.toByteArray();
    }

    /** [6] What is announced as too large is refused before it has come. */
    @Test
    void refusesAHundredMegabytesThatAreAnnounced() throws IOException {
        try (Socket socket = open()) {
            OutputStream out = socket.getOutputStream();
            out.write(uploadHead("Content-Length: " + 100 * MIB).getBytes(StandardCharsets.US_ASCII));
            out.write(StudioClient.partHead("image", "large.png"));
            out.write(StudioClient.picture(1));
            out.flush();
            String status = statusLine(socket);
            assertTrue(status.startsWith("HTTP/1.1 413 ") || status.startsWith("HTTP/1.1 400 "), status);
        }
    }

    /** [6] What is not announced is refused when the limit is passed. */
    @Test
    void refusesAHundredMegabytesThatAreNot() throws IOException {
        byte[] piece = new byte[MIB];
        byte[] chunk = (Integer.toHexString(MIB) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        try (Socket socket = open()) {
            OutputStream out = socket.getOutputStream();
            out.write(uploadHead("Transfer-Encoding: chunked").getBytes(StandardCharsets.US_ASCII));
            byte[] head = StudioClient.partHead("image", "large.png");
            out.write((Integer.toHexString(head.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            out.write(head);
            int sent = 0;
            try {
                while (sent < 2 * MAX_UPLOAD_MIB && socket.getInputStream().available() == 0) {
                    out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
                    out.write(chunk);
                    out.write(piece);
                    sent++;
                }
            } catch (IOException e) {
                // Cut off: then the answer that is asked for below may be lost as well, but not the server.
                assertTrue(sent >= MAX_UPLOAD_MIB, () -> "It was cut off too early: " + e);
                return;
            }
            String status = statusLine(socket);
            assertTrue(status.startsWith("HTTP/1.1 413 ") || status.startsWith("HTTP/1.1 400 "), status);
            int all = sent;
            assertTrue(all >= MAX_UPLOAD_MIB && all < 2 * MAX_UPLOAD_MIB, () -> "It took " + all + " MiB");
        }
    }

    /** [6] There is nothing to decode. */
    @Test
    void refusesByItsHeaderWhatIsTooLarge() throws Exception {
        for (int side : List.of(8_192, 1 << 20, Integer.MAX_VALUE)) {
            StudioClient.assertRefused(
                    400,
                    "Security validation failed: Image too large: %1$dx%1$d (max 4096x4096)".formatted(side),
                    studio.tryUpload("large.png", header(side, side)));
        }
        StudioClient.assertRefused(
                400,
                "Security validation failed: Image too small: 64x31 (min 32x32)",
                studio.tryUpload("small.png", header(64, 31)));
    }

    @Test
    void refusesBodiesThatAreNone() throws Exception {
        String multipart = "multipart/form-data; boundary=" + StudioClient.BOUNDARY;
        byte[] whole = StudioClient.part("image", "picture.png", StudioClient.picture(1));
        for (byte[] body : List.of(new byte[0], "--".getBytes(StandardCharsets.US_ASCII), Arrays.copyOf(whole, 60))) {
            for (String type :
                    List.of(multipart, "multipart/form-data", "multipart/form-data; boundary=", "text/plain")) {
                HttpResponse<String> answer =
                        studio.send("POST", "/api/upload-image", BodyPublishers.ofByteArray(body), type);
                assertEquals(400, answer.statusCode(), () -> type + ": " + answer.body());
                assertFalse(StreamClient.json(answer.body()).getString("error").isBlank(), answer::body);
            }
        }
        for (String body : List.of("[".repeat(100_000), "{\"job_id\":".repeat(10_000), "\0", "\"half", "1e999999999")) {
            for (String path : List.of("/api/generate-3d", "/api/text-to-image", "/api/batch-generate")) {
                HttpResponse<String> answer =
                        studio.send("POST", path, BodyPublishers.ofString(body), "application/json");
                assertEquals(400, answer.statusCode(), answer::body);
                assertFalse(StreamClient.json(answer.body()).getString("error").isBlank(), answer::body);
            }
        }
    }

    /** [8, 19] */
    @Test
    void findsNothingBehindSeparatorsThatAreEncoded() throws Exception {
        String job = studio.upload(StudioClient.picture(2));
        studio.generate(job, "stl", 3);
        studio.completed(job);
        List<String> up = List.of("..", "%2e%2e", "..%2f..", "%2e%2e%2f", "..%5c", "..\\..", "..;", "%c0%ae%c0%ae");
        List<String> paths = new ArrayList<>(List.of(
                "/api/download/" + job + "%2fmodel.stl",
                "/api/download/" + job + "/%2fetc%2fpasswd",
                "/api/download/" + job + "/model.stl%00",
                "/api/download//model.stl",
                "/api/preview/%2fetc%2fpasswd"));
        for (String dots : up) {
            for (String route : List.of("download", "download-base64", "preview-output")) {
                paths.add("/api/" + route + "/" + dots + "/" + job);
                paths.add("/api/" + route + "/" + job + "/" + dots + "/" + job);
                paths.add("/api/" + route + "/" + job + "/" + dots);
            }
            paths.add("/api/job-status/" + dots + "/etc/passwd");
            paths.add("/api/preview/" + dots + "/etc/passwd");
        }
        for (String path : paths) {
            String answer = exchange("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
            // What a literal .. leads to is for the container to say; where that is nothing, it says nothing.
            assertTrue(
                    answer.matches("(?s)HTTP/1\\.1 (400|404) .*") || answer.endsWith("\r\n\r\n"),
                    () -> path + ": " + answer);
            assertFalse(answer.contains("root:") || answer.contains("\tat "), () -> path + ": " + answer);
        }
    }

    /** [17] Many wait at once, and nobody who asks for something else waits with them. */
    @Test
    void aDownloadWaitsForItsJobAndKeepsNobodyWaiting() throws Exception {
        String job = behindOthers();
        List<CompletableFuture<HttpResponse<byte[]>>> waiting = new ArrayList<>();
        for (int i = 0; i < WAITING; i++) {
            waiting.add(studio.download("/api/download/" + job + "/model.stl"));
        }
        assertEquals(200, studio.get("/api/health").statusCode());
        byte[] first = waiting.get(0).join().body();
        for (CompletableFuture<HttpResponse<byte[]>> download : waiting) {
            assertEquals(200, download.join().statusCode());
            assertArrayEquals(first, download.join().body());
        }
        assertArrayEquals(first, studio.completed(job));
    }

    /** The id of a job that is queued behind enough others to be there for a while. */
    private String behindOthers() throws Exception {
        for (int i = 0; i < 3; i++) {
            studio.generate(studio.upload(StudioClient.picture((int) System.nanoTime() & 0xFFFF, 320, 240)), "stl", 10);
        }
        String job = studio.upload(StudioClient.picture((int) System.nanoTime() & 0xFFFF, 320, 240));
        studio.generate(job, "stl", 10);
        return job;
    }

    /** [14] */
    @Test
    void refusesWhatIsUnderWayAndTakesTheRest() throws Exception {
        String job = behindOthers();
        HttpResponse<String> again = studio.tryGenerate(job, "stl", 10);
        StudioClient.assertRefused(409, "Generation already in progress", again);
        JsonObject conflict = StreamClient.json(again.body());
        assertEquals("conflict", conflict.getString("status"));
        assertEquals(job, conflict.getString("job_id"));
        assertEquals(
                "This job is currently being processed. Wait for completion or use a different job_id.",
                conflict.getString("message"));
        studio.generate(job, "ply", 10);
        assertEquals("ply", studio.ended(job).getString("format"));
        for (String format : List.of("stl", "ply")) {
            assertEquals(
                    200,
                    studio.download("/api/download/" + job + "/model." + format)
                            .join()
                            .statusCode());
        }
        studio.generate(job, "stl", 10);
        studio.completed(job);
    }

    /** [21] */
    @Test
    void makesThatWhichItHasMadeNoMore() throws Exception {
        byte[] picture = StudioClient.picture((int) System.nanoTime() & 0xFFFF);
        List<byte[]> results = new ArrayList<>();
        for (boolean cached : List.of(false, true)) {
            String job = studio.upload(picture);
            studio.generate(job, "glb", 6);
            results.add(studio.completed(job));
            assertEquals(cached, studio.status(job).getBoolean("cached", false));
        }
        assertArrayEquals(results.get(0), results.get(1));
    }

    /** What section 8 wants of every answer: its headers, and nothing of what the server is made of. */
    static void assertSaysNoMoreThanIsNeeded(HttpResponse<String> answer) {
        String where = answer.statusCode() + " " + answer.request().method() + " " + answer.uri();
        SECURITY.forEach((name, value) ->
                assertEquals(value, answer.headers().firstValue(name).orElse(""), where + ": " + name));
        for (String name : List.of("Content-Security-Policy", "Permissions-Policy", "Access-Control-Allow-Origin")) {
            assertTrue(answer.headers().firstValue(name).isPresent(), where + ": " + name);
        }
        for (String name : List.of("Server", "X-Powered-By")) {
            String value = answer.headers().firstValue(name).orElse("");
            assertFalse(FRAMEWORK.matcher(value).find(), where + ": " + value);
        }
        assertFalse(FRAMEWORK.matcher(answer.body()).find(), () -> where + ": " + answer.body());
    }

    /** By the models that are shipped: of a cup before its background, the cup alone, and then its shell alone. */
    @Test
    void cutsOutWhatIsInTheForegroundAndHollowsIt() throws Exception {
        byte[] picture = Files.readAllBytes(Path.of("src/main/webapp/samples/studio/cup.jpg"));
        String job = StudioClient.json(studio.tryUpload("cup.jpg", picture)).getString("job_id");
        Mesh relief = made(job, "relief", 0);
        Mesh cup = made(job, "cutout", 0);
        Mesh shell = made(job, "cutout", 2);
        assertTrue(reachesACorner(relief));
        assertFalse(reachesACorner(cup));
        assertFalse(reachesACorner(shell));
        assertEquals(1, MeshAnalysis.of(cup).components());
        assertTrue(MeshAnalysis.of(shell).components() > 1);
        assertTrue(MeshAnalysis.of(shell).volume() < 0.9 * MeshAnalysis.of(cup).volume());
    }

    private Mesh made(String job, String mode, double hollowMillimetres) throws Exception {
        JsonObject request = Json.createObjectBuilder()
                .add("job_id", job)
                .add("quality", 3)
                .add("dimensions", Json.createObjectBuilder(Map.of("width", 60, "height", 50, "depth", 30)))
                .add("mode", mode)
                .add("hollow_mm", hollowMillimetres)
                .build();
        JsonObject unused = StudioClient.json(studio.post("/api/generate-3d", request));
        Mesh mesh = Stl.read(ByteBuffer.wrap(studio.completed(job)), 1_000_000);
        MeshAnalysis analysis = MeshAnalysis.of(mesh);
        assertTrue(analysis.solid(), mode + ": " + analysis);
        assertEquals(60, analysis.bounds().width(), 0.6);
        assertEquals(50, analysis.bounds().height(), 0.5);
        assertEquals(30, analysis.bounds().depth(), 0.3);
        assertEquals(mode, studio.status(job).getString("mode"));
        return mesh;
    }

    /** Whether it has something within 2 mm of the lower left corner, as a plate does, and no cup. */
    private static boolean reachesACorner(Mesh mesh) {
        float[] positions = mesh.positions();
        for (int at = 0; at < positions.length; at += 3) {
            if (positions[at] < 2 && positions[at + 1] < 2) {
                return true;
            }
        }
        return false;
    }

    /** [31, 37] Also where it is the container that answers. */
    @Test
    void tellsNobodyMoreThanIsNeeded() throws Exception {
        String json = "application/json";
        List<HttpResponse<String>> answers = List.of(
                studio.get("/api/nowhere"),
                studio.get("/nowhere"),
                studio.get("/api/download/x/model.stl"),
                studio.get("/api/stl/repair"),
                studio.send("PUT", "/api/text-to-image", BodyPublishers.ofString("{}"), json),
                studio.send("DELETE", "/api/health", BodyPublishers.noBody(), json),
                studio.send("POST", "/api/generate-3d", BodyPublishers.ofString("{"), json),
                studio.send("POST", "/api/generate-3d", BodyPublishers.ofString("{}"), "application/xml"),
                studio.send("POST", "/api/upload-image", BodyPublishers.ofString("x"), "text/plain"),
                studio.get("/api/application.wadl"),
                studio.get("/api/application.wadl?detail=true"),
                studio.send("OPTIONS", "/api/nowhere", BodyPublishers.noBody(), json),
                studio.send("OPTIONS", "/api/health", BodyPublishers.noBody(), json),
                studio.send("OPTIONS", "/api/upload-image", BodyPublishers.noBody(), json),
                studio.get("/api/health"));
        for (HttpResponse<String> answer : answers) {
            assertSaysNoMoreThanIsNeeded(answer);
            String where = answer.statusCode() + " " + answer.request().method() + " " + answer.uri();
            if (answer.statusCode() >= 400) {
                assertFalse(answer.body().contains("backend"), where);
            }
            if (answer.statusCode() >= 400 && answer.uri().getPath().startsWith("/api/")) {
                assertFalse(StreamClient.json(answer.body()).getString("error").isBlank(), where);
            }
        }
        assertEquals(404, answers.get(0).statusCode());
        assertEquals(404, answers.get(1).statusCode());
    }

    /** [32] */
    @Test
    void tenUploadsLeaveLittleMemoryBehind() throws Exception {
        studio.upload(StudioClient.picture(1, 3_840, 2_160));
        Memory before = memory();
        for (int i = 0; i < 10; i++) {
            studio.upload(StudioClient.picture(i, 3_840, 2_160));
        }
        Memory after = memory();
        assertTrue(after.heapMib() - before.heapMib() < 100, () -> before + ", " + after);
        assertTrue(after.residentMib() - before.residentMib() < 500, () -> before + ", " + after);
    }

    /** [11, 16] By the events that are kept, of which a client that polls sees only some. */
    @Test
    void keepsOneRecordOfEveryRequest() throws Exception {
        String picture = studio.textToImage("a red ball", 3);
        studio.completed(picture);
        studio.generate(picture, "obj", 2);
        studio.completed(picture);
        for (String kind : List.of("text-to-image", "image-to-3d")) {
            List<JsonObject> mine = studio.stored(kind).getValuesAs(JsonObject.class).stream()
                    .filter(job ->
                            picture.equals(job.getString("id")) || picture.equals(job.getString("reference", "")))
                    .toList();
            assertEquals(1, mine.size(), mine::toString);
            assertEquals("succeeded", mine.get(0).getString("state"));
            JsonObject events =
                    StudioClient.json(studio.get("/api/jobs/" + mine.get(0).getString("id") + "/events"));
            double last = 0;
            for (JsonObject event : events.getJsonArray("events").getValuesAs(JsonObject.class)) {
                double progress = event.getJsonNumber("progress").doubleValue();
                assertTrue(progress >= last, events::toString);
                last = progress;
            }
            assertEquals(1, last);
        }
    }
}
