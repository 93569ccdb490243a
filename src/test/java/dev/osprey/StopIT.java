package dev.osprey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.opentelemetry.proto.trace.v1.Span;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server as operators start it, told to stop as systems do (SIGTERM). */
class StopIT {

    /** Of a process that a signal has ended: 128 and the signal's number. */
    private static final int ENDED_BY_SIGTERM = 143;

    private static final int FRAMES = 12;

    /** Pictures that are asked for, one after the other: more than are made until the server has stopped. */
    private static final int PICTURES = 8;

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /**
     * Streams under load, jobs, and clients that only listen; then the jobs go on at the next start. The first server is traced;
     * the next, with tracing as it is by default, tells nothing.
     */
    @Test
    void answersWhatItHasTakenSaysGoodbyeAndHandsTheJobBack(@TempDir Path home) throws Exception {
        try (TraceReceiver traces = new TraceReceiver()) {
            stopUnderLoad(home, traces);
            assertFramesTraced(traces);
            String job = assertJobsTraced(traces);
            int frames = traces.roots("frame").size();
            int runs = traces.roots("job").size();
            Map<String, String> environment = Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", traces.address());
            try (StartedServer server = new StartedServer(home, StartedServer.freePort(), environment)) {
                RealServer.await("The job runs again", () -> state(server, job).matches("running|succeeded"));
                // Its first run was ended by no fault of its own.
                assertEquals(1, job(server, job).getInt("attempt"));
                server.process().destroy();
                assertTrue(server.process().waitFor(40, TimeUnit.SECONDS));
            }
            // Also at its start it was its own client.
            assertEquals(frames, traces.roots("frame").size());
            assertEquals(runs, traces.roots("job").size());
        }
    }

    private static void stopUnderLoad(Path home, TraceReceiver traces) throws Exception {
        byte[] frame = frame();
        Map<String, String> environment = Map.of(
                "OSPREY_SERVER_DRAIN_DELAY",
                "PT4S",
                "OSPREY_SERVER_DRAIN_TIMEOUT",
                "PT30S",
                "OTEL_SDK_DISABLED",
                "false",
                // Longer than the server still lives: what it has not sent by then it has to send before it ends.
                "OTEL_BSP_SCHEDULE_DELAY",
                "600000",
                // A system property, as the lines of osprey.properties are.
                "JAVA_TOOL_OPTIONS",
                "-Dotel.traces.sampler.arg=1",
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                traces.address());
        try (StartedServer server = new StartedServer(home, StartedServer.freePort(), environment)) {
            assertEquals(200, get(server, "/health/started").statusCode());
            assertEquals(200, get(server, "/health/ready").statusCode());
            for (int i = 0; i < PICTURES; i++) {
                HttpResponse<String> accepted = draw(server);
                assertEquals(200, accepted.statusCode(), accepted::body);
            }
            try (RawWebSocket learner = new RawWebSocket(server.webSocket("/"), 0);
                    RawWebSocket signer = new RawWebSocket(server.webSocket("/signs"), 0);
                    RawWebSocket caller =
                            new RawWebSocket(server.webSocket("/socket.io/?EIO=4&transport=websocket"), 0);
                    RawWebSocket viewer = new RawWebSocket(server.webSocket("/ws"), 0);
                    RawWebSocket burst = new RawWebSocket(server.webSocket("/ws"), 0);
                    RawWebSocket load = new RawWebSocket(server.webSocket("/ws"), 0)) {
                for (RawWebSocket greeted : new RawWebSocket[] {viewer, signer, caller, burst, load}) {
                    assertEquals(RawWebSocket.TEXT, greeted.nextData().opcode());
                }
                CompletableFuture<Integer> underLoad =
                        CompletableFuture.supplyAsync(() -> answersUntilGoodbye(load, frame));
                for (int i = 0; i < FRAMES; i++) {
                    burst.send(frame);
                }
                server.process().destroy();
                RealServer.await("It says that it is not ready", () -> {
                    HttpResponse<String> ready = get(server, "/health/ready");
                    return ready.statusCode() == 503 && ready.body().contains("The server is stopping");
                });
                assertEquals(200, get(server, "/").statusCode());
                assertEquals(200, get(server, "/health/live").statusCode());
                HttpResponse<String> late = draw(server);
                assertEquals(503, late.statusCode());
                assertEquals("SERVER_STOPPING", StreamClient.json(late.body()).getString("title"));
                assertEquals("31", late.headers().firstValue("Retry-After").orElseThrow());
                for (int i = 0; i < FRAMES; i++) {
                    String answer = burst.nextData().text();
                    assertTrue(isAnswer(answer), answer);
                }
                for (RawWebSocket client : new RawWebSocket[] {learner, signer, caller, viewer, burst}) {
                    assertGoodbye(client.nextData());
                }
                assertTrue(underLoad.get(60, TimeUnit.SECONDS) > 0);
            }
            assertTrue(server.process().waitFor(40, TimeUnit.SECONDS));
            assertEquals(ENDED_BY_SIGTERM, server.process().exitValue());
        }
    }

    private static void assertFramesTraced(TraceReceiver traces) {
        assertEquals(1, traces.resources().size());
        assertEquals("osprey", traces.resources().get(0).get("service.name"));
        assertTrue(traces.resources().get(0).getOrDefault("service.version", "").matches("\\d.*"));
        Map<String, List<Span>> streams = traces.roots("frame").stream()
                .filter(frame -> attribute(frame, "osprey.frame.replaced").isEmpty())
                .collect(Collectors.groupingBy(frame -> attribute(frame, "osprey.stream.id")));
        // The server's own at its start, and both clients that sent frames.
        assertTrue(streams.size() >= 3, streams::toString);
        for (Span frame : streams.values().stream().flatMap(List::stream).toList()) {
            List<Span> steps = traces.below(frame);
            assertEquals(
                    List.of("queue", "decode", "run", "render", "send"),
                    steps.stream().map(Span::getName).toList(),
                    frame::toString);
            long before = frame.getStartTimeUnixNano();
            for (Span step : steps) {
                assertTrue(step.getStartTimeUnixNano() >= before, () -> frame + " " + steps);
                assertTrue(step.getEndTimeUnixNano() >= step.getStartTimeUnixNano(), () -> frame + " " + steps);
                before = step.getEndTimeUnixNano();
            }
            assertEquals(before, frame.getEndTimeUnixNano());
            assertTrue(steps.get(2).getEndTimeUnixNano() > steps.get(2).getStartTimeUnixNano(), steps::toString);
            double ageMillis = Double.parseDouble(attribute(frame, "osprey.frame.age_ms"));
            assertEquals((steps.get(4).getStartTimeUnixNano() - frame.getStartTimeUnixNano()) / 1e6, ageMillis, 1e-6);
            assertEquals("segmentation", attribute(frame, "osprey.capability"));
            assertEquals("1", attribute(frame, "osprey.model.version"));
        }
        // Of the wall clock, not of some other one.
        long now = System.currentTimeMillis();
        assertTrue(
                traces.roots("frame").stream()
                        .mapToLong(frame -> now - frame.getStartTimeUnixNano() / 1_000_000)
                        .allMatch(millis -> millis > 0 && millis < 600_000),
                "A frame's time is not now");
    }

    /** The job that was handed back: the one that ran when the server stopped. */
    private static String assertJobsTraced(TraceReceiver traces) {
        List<String> handedBack = new ArrayList<>();
        for (Span run : traces.roots("job")) {
            assertEquals("text-to-image", attribute(run, "osprey.job.kind"));
            assertEquals(
                    List.of("text-to-image"),
                    traces.below(run).stream().map(Span::getName).toList());
            String outcome = attribute(run, "osprey.job.outcome");
            if (outcome.equals("handed-back")) {
                handedBack.add(attribute(run, "osprey.job.id"));
            } else {
                assertEquals("succeeded", outcome);
            }
        }
        assertEquals(1, handedBack.size(), () -> traces.roots("job").toString());
        return handedBack.get(0);
    }

    private static String attribute(Span span, String key) {
        return TraceReceiver.attributes(span.getAttributesList()).getOrDefault(key, "");
    }

    private static byte[] frame() throws IOException {
        byte[] jpeg = Files.readAllBytes(Path.of("src/main/webapp/samples/grace-hopper.jpg"));
        return RawWebSocket.text(
                "{\"type\":\"frame\",\"data\":\"" + Base64.getEncoder().encodeToString(jpeg) + "\"}");
    }

    /** Sends frame after frame, each when the one before is answered; how many were. */
    private static int answersUntilGoodbye(RawWebSocket client, byte[] frame) {
        try {
            int answers = 0;
            client.send(frame);
            RawWebSocket.Frame next = client.nextData();
            while (next.opcode() == RawWebSocket.TEXT) {
                assertTrue(isAnswer(next.text()), next::text);
                answers++;
                client.send(frame);
                next = client.nextData();
            }
            assertGoodbye(next);
            return answers;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isAnswer(String message) {
        return message.contains("\"type\":\"segmentation\"");
    }

    private static void assertGoodbye(RawWebSocket.Frame last) {
        assertEquals(RawWebSocket.CLOSE, last.opcode());
        assertEquals(1001, last.closeCode());
    }

    /** Asks for a picture whose making takes seconds. */
    private static HttpResponse<String> draw(StartedServer server) throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(server.http("/api/text-to-image"))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(
                                "{\"prompt\":\"a red ball\",\"steps\":150,\"width\":512,\"height\":512}"))
                        .build(),
                BodyHandlers.ofString());
    }

    private static String state(StartedServer server, String job) throws IOException, InterruptedException {
        return job(server, job).getString("state");
    }

    private static JsonObject job(StartedServer server, String id) throws IOException, InterruptedException {
        return StreamClient.json(get(server, "/api/jobs/" + id).body());
    }

    private static HttpResponse<String> get(StartedServer server, String path)
            throws IOException, InterruptedException {
        return HTTP.send(HttpRequest.newBuilder(server.http(path)).build(), BodyHandlers.ofString());
    }
}
