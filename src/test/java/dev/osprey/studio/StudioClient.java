package dev.osprey.studio;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.osprey.RealServer;
import dev.osprey.StreamClient;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import javax.imageio.ImageIO;

/** A client of the studio over HTTP. */
final class StudioClient {

    static final String BOUNDARY = "the-end-of-a-part";

    private static final Set<String> FINAL = Set.of("completed", "failed");
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final URI server;

    StudioClient(URI server) {
        this.server = server;
    }

    /** A PNG of a ball before a wall, another one for every seed. */
    static byte[] picture(int seed, int width, int height) {
        BufferedImage pixels = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = pixels.createGraphics();
        graphics.setPaint(new GradientPaint(0, 0, Color.LIGHT_GRAY, 0, height, new Color(60 + seed % 100, 80, 90)));
        graphics.fillRect(0, 0, width, height);
        graphics.setPaint(new GradientPaint(width / 3f, 0, Color.ORANGE, width / 2f, height, Color.DARK_GRAY));
        int side = height / 3 + seed * 7 % (height / 3);
        graphics.fillOval(width / 4 + seed % (width / 4), height / 4, side, side);
        graphics.dispose();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(pixels, "png", bytes);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return bytes.toByteArray();
    }

    static byte[] picture(int seed) {
        return picture(seed, 192, 160);
    }

    /** A body of one part with a file; to be sent as {@code multipart/form-data} with {@link #BOUNDARY}. */
    static byte[] part(String field, String name, byte[] data) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.write(partHead(field, name));
        body.write(data);
        body.write(("\r\n--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.US_ASCII));
        return body.toByteArray();
    }

    static byte[] partHead(String field, String name) {
        return "--%s\r\nContent-Disposition: form-data; name=\"%s\"; filename=\"%s\"\r\n\r\n"
                .formatted(BOUNDARY, field, name)
                .getBytes(StandardCharsets.UTF_8);
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return HTTP.send(request(path).build(), BodyHandlers.ofString());
    }

    CompletableFuture<HttpResponse<byte[]>> download(String path) {
        return HTTP.sendAsync(request(path).build(), BodyHandlers.ofByteArray());
    }

    HttpResponse<String> send(String method, String path, BodyPublisher body, String contentType)
            throws IOException, InterruptedException {
        HttpRequest request = request(path)
                .method(method, body)
                .header("Content-Type", contentType)
                .build();
        return HTTP.send(request, BodyHandlers.ofString());
    }

    HttpResponse<String> post(String path, JsonObject body) throws IOException, InterruptedException {
        return send("POST", path, BodyPublishers.ofString(body.toString()), "application/json");
    }

    HttpResponse<String> tryUpload(String name, byte[] picture) throws IOException, InterruptedException {
        return send(
                "POST",
                "/api/upload-image",
                BodyPublishers.ofByteArray(part("image", name, picture)),
                "multipart/form-data; boundary=" + BOUNDARY);
    }

    /** The id of its job. */
    String upload(byte[] picture) throws IOException, InterruptedException {
        return json(tryUpload("picture.png", picture)).getString("job_id");
    }

    HttpResponse<String> tryGenerate(String job, String format, int quality) throws IOException, InterruptedException {
        JsonObjectBuilder body = Json.createObjectBuilder()
                .add("job_id", job)
                .add("format", format)
                .add("quality", quality);
        return post("/api/generate-3d", body.build());
    }

    void generate(String job, String format, int quality) throws IOException, InterruptedException {
        json(tryGenerate(job, format, quality));
    }

    HttpResponse<String> tryTextToImage(String prompt, int steps) throws IOException, InterruptedException {
        return post(
                "/api/text-to-image",
                Json.createObjectBuilder()
                        .add("prompt", prompt)
                        .add("steps", steps)
                        .add("width", 512)
                        .add("height", 512)
                        .build());
    }

    /** The id of its job. */
    String textToImage(String prompt, int steps) throws IOException, InterruptedException {
        return json(tryTextToImage(prompt, steps)).getString("job_id");
    }

    JsonObject status(String job) throws IOException, InterruptedException {
        return json(get("/api/job-status/" + job));
    }

    /** Waits until a job has ended; its last state. */
    JsonObject ended(String job) throws Exception {
        RealServer.await(
                "The job has ended: " + job, () -> FINAL.contains(status(job).getString("status")));
        return status(job);
    }

    /** Waits until a job has ended well; its result. */
    byte[] completed(String job) throws Exception {
        JsonObject last = ended(job);
        assertEquals("completed", last.getString("status"), last::toString);
        String path = last.containsKey("download_url") ? last.getString("download_url") : last.getString("preview_url");
        HttpResponse<byte[]> result = download(path).join();
        assertEquals(200, result.statusCode(), path);
        return result.body();
    }

    /** The jobs of a kind that the server knows, newest first. */
    JsonArray stored(String kind) throws IOException, InterruptedException {
        return json(get("/api/jobs?limit=200&kind=" + kind)).getJsonArray("jobs");
    }

    /** The body of an answer that must be a success. */
    static JsonObject json(HttpResponse<String> answer) {
        assertEquals(200, answer.statusCode(), answer::body);
        return StreamClient.json(answer.body());
    }

    static void assertRefused(int status, String error, HttpResponse<String> answer) {
        assertEquals(status, answer.statusCode(), answer::body);
        assertEquals(error, StreamClient.json(answer.body()).getString("error"), answer::body);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(server.resolve(path)).timeout(PATIENCE);
    }
}
