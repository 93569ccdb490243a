package dev.osprey.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RefereeSessionTest {

    private static final String SIGNAL = " 0.000s | Phrase recording started\n";
    private static final String STARTED = "{'type':'session_started','session_id':'s'}";

    /** Three times at once, as the tests of lost connections need it. */
    private static final List<Duration> RETRIES = List.of(Duration.ZERO, Duration.ZERO, Duration.ZERO);

    private final Path signal;
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private final Display display =
            new Display(new PrintStream(shown, true, StandardCharsets.UTF_8), false, true, System::nanoTime);

    private int opened;

    RefereeSessionTest(@TempDir Path folder) throws IOException {
        signal = Files.writeString(folder.resolve("phrase.txt"), SIGNAL);
    }

    private RefereeSession session(ScriptedServer server, int frames, boolean live, boolean resume) {
        RefereeSession.Plan plan = new RefereeSession.Plan(
                StreamAddress.of(server.address()),
                "s",
                30,
                Bout.WIDTH,
                Bout.HEIGHT,
                Encoding.RAW,
                85,
                live,
                frames / 30.0,
                resume,
                Duration.ofSeconds(20),
                RETRIES);
        Feed.Settings settings = new Feed.Settings(30, Encoding.RAW, 85, false, 4);
        return new RefereeSession(
                plan,
                first -> {
                    opened++;
                    return new Feed(Bout.of(frames, 30), settings, first);
                },
                new SignalFile(signal, Duration.ZERO),
                display);
    }

    private String shown() {
        return shown.toString(StandardCharsets.UTF_8);
    }

    private static void start(ScriptedServer.Client client) throws IOException {
        JsonObject start = client.expect("session_start");
        assertFalse(start.containsKey("resume"));
        client.send(STARTED);
    }

    private static void resume(ScriptedServer.Client client, String answer) throws IOException {
        assertTrue(client.expect("session_start").getBoolean("resume"));
        client.send(answer);
    }

    private static String continueFrom(long frame) {
        return "{'type':'session_started','session_id':'s','next_frame':" + frame + "}";
    }

    private void isDecided(RefereeSession session, ScriptedServer server)
            throws InterruptedException, ExecutionException, TimeoutException {
        JsonObject result = session.run();
        server.finish();
        assertEquals("left", result.getJsonObject("decision").getString("winner"));
    }

    private ClientFailure fails(RefereeSession session, ExitCode exitCode) {
        ClientFailure failure = assertThrows(ClientFailure.class, session::run);
        assertEquals(exitCode, failure.exitCode(), failure::sentence);
        return failure;
    }

    @Test
    void sendsFramesThenTheSignalAndGetsTheDecision() throws Exception {
        try (ScriptedServer server = new ScriptedServer(client -> {
            assertEquals("GET /stream HTTP/1.1", client.requestLine());
            JsonObject start = client.expect("session_start");
            assertEquals(30, start.getInt("fps"));
            assertEquals(Bout.WIDTH, start.getInt("width"));
            assertEquals(Bout.HEIGHT, start.getInt("height"));
            client.send(STARTED);
            for (int i = 0; i < 40; i++) {
                assertEquals(i, Bout.pictureOf(client.expectFrame(i)));
                client.ack(i);
            }
            client.decide(40, SIGNAL);
        })) {
            isDecided(session(server, 40, false, false), server);
            assertTrue(shown().contains("yolo: half"), this::shown);
        }
    }

    /** The server takes all that comes without an answer: 32 frames, and the next only after the first acknowledgement. */
    @Test
    void keepsAWindowOfFramesWithoutAnAnswer() throws Exception {
        try (ScriptedServer server = new ScriptedServer(client -> {
            start(client);
            for (int i = 0; i < 32; i++) {
                client.expectFrame(i);
            }
            client.expectNothingButPong();
            client.ack(0);
            client.expectFrame(32);
            for (int i = 1; i < 33; i++) {
                client.ack(i);
            }
            client.takeFrames(33, 40);
            client.decide(40, SIGNAL);
        })) {
            isDecided(session(server, 40, false, false), server);
        }
    }

    @Test
    void takesDuplicateForReceived() throws Exception {
        try (ScriptedServer server = new ScriptedServer(client -> {
            start(client);
            for (int i = 0; i < 40; i++) {
                client.expectFrame(i);
                client.send("{'type':'frame_ack','session_id':'s','frame_number':" + i + ",'status':'duplicate'}");
            }
            client.decide(40, SIGNAL);
        })) {
            isDecided(session(server, 40, false, false), server);
            assertTrue(shown().contains("40 the server had already"), this::shown);
        }
    }

    @Test
    void goesOnAfterAFrameThatTheServerCannotUse() throws Exception {
        try (ScriptedServer server = new ScriptedServer(client -> {
            start(client);
            for (int i = 0; i < 64; i++) {
                client.expectFrame(i);
                if (i % 2 == 0) {
                    client.ack(i);
                } else {
                    client.fail("FRAME_PROCESSING_FAILED", "Failed to decode frame " + i, true);
                }
            }
            client.decide(64, SIGNAL);
        })) {
            isDecided(session(server, 64, false, false), server);
            assertTrue(shown().contains("The server reports: Failed to decode frame 63"), this::shown);
            assertTrue(shown().contains("Frames that the server could not use: 32"), this::shown);
        }
    }

    @Test
    void tellsWhyTheServerRefuses() throws Exception {
        try (ScriptedServer server = new ScriptedServer(client -> {
            client.expect("session_start");
            client.fail("SESSION_START_FAILED", "Maximum concurrent sessions reached (10)", false);
            client.close(1013);
        })) {
            ClientFailure failure = fails(session(server, 5, false, false), ExitCode.REFUSED);
            assertTrue(failure.sentence().contains("Maximum concurrent sessions reached (10)"), failure::sentence);
            server.finish();
        }
    }

    @Test
    void endsWhenTheServerCannotProcessTheSession() throws Exception {
        try (ScriptedServer server = new ScriptedServer(client -> {
            start(client);
            client.takeFrames(0, 5);
            client.expect("session_end");
            client.send("{'type':'session_ended','session_id':'s','validation':"
                    + "{'valid':false,'issues':['Too few frames: 5 (minimum 10)']}}");
            client.takeSignal(SIGNAL);
            client.fail("PROCESSING_FAILED", "Could not find start time in phrase.txt", false);
            client.close(1008);
        })) {
            ClientFailure failure = fails(session(server, 5, false, false), ExitCode.REFUSED);
            assertTrue(failure.sentence().contains("Could not find start time in phrase.txt"), failure::sentence);
            assertTrue(shown().contains("The server notes: Too few frames: 5 (minimum 10)"), this::shown);
            server.finish();
        }
    }

    /** Frames are on their way then, and the connection takes them no more. */
    @Test
    void tellsWhyTheServerEndsTheConnectionInTheMiddle() throws Exception {
        try (ScriptedServer server = new ScriptedServer(client -> {
            start(client);
            client.takeFrames(0, 5);
            client.fail("FRAME_PROCESSING_FAILED", "Maximum memory limit reached (2100.3 MB)", false);
            client.close(1013);
            client.expectEnd();
        })) {
            ClientFailure failure = fails(session(server, 2000, false, false), ExitCode.REFUSED);
            assertTrue(failure.sentence().contains("Maximum memory limit reached (2100.3 MB)"), failure::sentence);
            server.finish();
        }
    }

    /** As while a server starts: it listens, and does not know the stream yet. */
    @Test
    void triesAgainWhileTheServerStarts() throws Exception {
        try (ScriptedServer server = new ScriptedServer(
                client -> {
                    start(client);
                    client.takeFrames(0, 10);
                    client.vanish();
                },
                ScriptedServer.NOT_FOUND,
                client -> {
                    resume(client, continueFrom(10));
                    client.takeFrames(10, 20);
                    client.decide(20, SIGNAL);
                })) {
            isDecided(session(server, 20, false, false), server);
        }
    }

    @Test
    void saysThatThereIsNoStream() throws Exception {
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.NOT_FOUND)) {
            ClientFailure failure = fails(session(server, 5, false, false), ExitCode.REFUSED);
            assertTrue(failure.sentence().contains("is no referee stream: it answers 404"), failure::sentence);
            server.finish();
        }
    }

    @Test
    void takesAClosingCodeOfAFaultForARefusal() throws Exception {
        try (ScriptedServer server = new ScriptedServer(client -> {
            client.expect("session_start");
            client.close(1009);
        })) {
            assertTrue(fails(session(server, 5, false, false), ExitCode.REFUSED)
                    .sentence()
                    .contains("1009"));
            server.finish();
        }
    }

    @Test
    void goesOnFromTheWindowAfterALostConnection() throws Exception {
        try (ScriptedServer server = new ScriptedServer(
                client -> {
                    start(client);
                    client.takeFrames(0, 10);
                    for (int i = 10; i < 20; i++) {
                        client.expectFrame(i);
                    }
                    client.vanish();
                },
                client -> {
                    resume(client, continueFrom(14));
                    client.takeFrames(14, 50);
                    client.decide(50, SIGNAL);
                })) {
            isDecided(session(server, 50, false, false), server);
            assertEquals(1, opened);
            assertTrue(shown().contains("Connection lost"), this::shown);
            assertTrue(shown().contains("Session s goes on with frame 14"), this::shown);
        }
    }

    /** As after a crash of the server's machine, which loses what was acknowledged a moment ago. */
    @Test
    void readsTheVideoAgainWhereTheWindowDoesNotReach() throws Exception {
        try (ScriptedServer server = new ScriptedServer(
                client -> {
                    start(client);
                    client.takeFrames(0, 40);
                    client.vanish();
                },
                client -> {
                    resume(client, continueFrom(3));
                    for (int i = 3; i < 50; i++) {
                        assertEquals(i, Bout.pictureOf(client.expectFrame(i)));
                        client.ack(i);
                    }
                    client.decide(50, SIGNAL);
                })) {
            isDecided(session(server, 50, false, false), server);
            assertEquals(2, opened);
        }
    }

    @Test
    void startsOverWhereTheServerCannotGoOn() throws Exception {
        try (ScriptedServer server = new ScriptedServer(
                client -> {
                    start(client);
                    client.takeFrames(0, 40);
                    client.vanish();
                },
                client -> {
                    resume(client, STARTED);
                    client.takeFrames(0, 50);
                    client.decide(50, SIGNAL);
                })) {
            isDecided(session(server, 50, false, false), server);
            assertTrue(shown().contains("starting over"), this::shown);
        }
    }

    @Test
    void aCamerasBoutCannotBeSentAgain() throws Exception {
        try (ScriptedServer server = new ScriptedServer(
                client -> {
                    start(client);
                    client.takeFrames(0, 10);
                    client.vanish();
                },
                client -> {
                    resume(client, STARTED);
                    client.expectEnd();
                })) {
            fails(session(server, 50, true, false), ExitCode.NO_CONNECTION);
            server.finish();
        }
    }

    @Test
    void waitsForAServerThatHasNotNoticedTheLoss() throws Exception {
        try (ScriptedServer server = new ScriptedServer(
                client -> {
                    start(client);
                    client.takeFrames(0, 10);
                    client.vanish();
                },
                client -> {
                    client.expect("session_start");
                    client.fail("SESSION_START_FAILED", "Session s already exists", false);
                    client.close(1008);
                },
                client -> {
                    resume(client, continueFrom(10));
                    client.takeFrames(10, 20);
                    client.decide(20, SIGNAL);
                })) {
            isDecided(session(server, 20, false, false), server);
        }
    }

    @Test
    void aNewSessionWithATakenNameIsRefused() throws Exception {
        try (ScriptedServer server = new ScriptedServer(client -> {
            client.expect("session_start");
            client.fail("SESSION_START_FAILED", "Session s already exists", false);
        })) {
            fails(session(server, 20, false, false), ExitCode.REFUSED);
            server.finish();
        }
    }

    @Test
    void comesBackForTheDecision() throws Exception {
        try (ScriptedServer server = new ScriptedServer(
                client -> {
                    start(client);
                    client.takeFrames(0, 20);
                    client.expect("session_end");
                    client.send("{'type':'session_ended','session_id':'s','validation':{'valid':true,'issues':[]}}");
                    client.takeSignal(SIGNAL);
                    client.vanish();
                },
                client -> {
                    resume(client, "{'type':'session_started','session_id':'s','signal_received':true,'job_id':'j'}");
                    client.close(1001);
                },
                client -> {
                    resume(client, "{'type':'session_started','session_id':'s','signal_received':true,'job_id':'j'}");
                    client.complete();
                })) {
            isDecided(session(server, 20, false, false), server);
        }
    }

    @Test
    void sendsTheSignalAgainThatWasNotAcknowledged() throws Exception {
        try (ScriptedServer server = new ScriptedServer(
                client -> {
                    start(client);
                    client.takeFrames(0, 20);
                    client.expect("session_end");
                    client.vanish();
                },
                client -> {
                    resume(client, continueFrom(20));
                    client.decide(20, SIGNAL);
                })) {
            isDecided(session(server, 20, false, false), server);
        }
    }

    @Test
    void goesOnWithASessionOfAnEarlierRun() throws Exception {
        try (ScriptedServer server = new ScriptedServer(client -> {
            resume(client, continueFrom(15));
            for (int i = 15; i < 20; i++) {
                assertEquals(i, Bout.pictureOf(client.expectFrame(i)));
                client.ack(i);
            }
            client.decide(20, SIGNAL);
        })) {
            isDecided(session(server, 20, false, true), server);
        }
    }

    @Test
    void givesUpWhenTheSessionIsLostAgainAndAgain() throws Exception {
        ScriptedServer.Script loses = client -> {
            client.expect("session_start");
            client.vanish();
        };
        try (ScriptedServer server = new ScriptedServer(
                client -> {
                    start(client);
                    client.takeFrames(0, 5);
                    client.vanish();
                },
                loses,
                loses,
                loses)) {
            ClientFailure failure = fails(session(server, 20, false, false), ExitCode.NO_CONNECTION);
            assertTrue(failure.sentence().contains("--session s --resume"), failure::sentence);
            server.finish();
        }
    }

    @Test
    void saysThatNobodyListens() throws Exception {
        ScriptedServer server = new ScriptedServer();
        server.close();
        ClientFailure failure = fails(session(server, 5, false, false), ExitCode.NO_CONNECTION);
        assertTrue(failure.sentence().startsWith("Cannot connect to ws://127.0.0.1:"), failure::sentence);
    }

    @Test
    void doesNotWaitForEverForAServerThatSaysNothing() throws Exception {
        try (ScriptedServer server = new ScriptedServer(client -> {
            client.expect("session_start");
            client.expectEnd();
        })) {
            RefereeSession.Plan plan = new RefereeSession.Plan(
                    StreamAddress.of(server.address()),
                    "s",
                    30,
                    Bout.WIDTH,
                    Bout.HEIGHT,
                    Encoding.RAW,
                    85,
                    false,
                    1,
                    false,
                    Duration.ofMillis(50),
                    RETRIES);
            RefereeSession session = new RefereeSession(
                    plan,
                    first -> {
                        throw new IllegalStateException("no frame before the session");
                    },
                    new SignalFile(signal, Duration.ZERO),
                    display);
            fails(session, ExitCode.NO_CONNECTION);
            server.finish();
        }
    }

    @Test
    void retriesForAboutTwoMinutes() {
        List<Duration> retries = RefereeClient.retries();
        Duration total = retries.stream().reduce(Duration.ZERO, Duration::plus);
        assertTrue(total.compareTo(Duration.ofSeconds(120)) >= 0 && total.compareTo(Duration.ofSeconds(135)) <= 0);
        assertTrue(retries.get(0).compareTo(Duration.ofSeconds(1)) < 0);
        assertTrue(retries.stream().allMatch(pause -> pause.compareTo(Duration.ofSeconds(15)) <= 0));
    }
}
