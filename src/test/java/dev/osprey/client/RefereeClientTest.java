package dev.osprey.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.osprey.imaging.ImageLimits;
import dev.osprey.imaging.Picture;
import dev.osprey.imaging.VideoWriter;
import jakarta.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command, from its arguments to its exit code. */
class RefereeClientTest {

    private static final String SIGNAL = " 0.000s | Phrase recording started\n";
    private static final int FRAMES = 20;

    private final Path folder;
    private final Path signal;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    RefereeClientTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
        signal = Files.writeString(folder.resolve("bout.txt"), SIGNAL);
    }

    private int run(Object... arguments) {
        out.reset();
        err.reset();
        return RefereeClient.run(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                List.of(),
                Arrays.stream(arguments).map(Object::toString).toArray(String[]::new));
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private void isWrong(String sentence, Object... arguments) {
        assertEquals(ExitCode.USAGE.number(), run(arguments), this::err);
        assertTrue(err().contains(sentence), this::err);
        assertEquals("", out());
    }

    /** Picture n is grey of the level 10 n + 20. */
    private Path video(int width, int height) {
        Path file = folder.resolve("bout.mp4");
        try (VideoWriter video = new VideoWriter(file, new VideoWriter.Settings(width, height, 25, 1))) {
            for (int i = 0; i < FRAMES; i++) {
                byte[] rgb = new byte[3 * width * height];
                Arrays.fill(rgb, (byte) (10 * i + 20));
                try (Picture picture = Picture.ofRgb(width, height, rgb)) {
                    video.write(picture);
                }
            }
            video.finish();
        }
        return file;
    }

    @Test
    void sendsAVideoAndPrintsTheDecision() throws Exception {
        Path result = folder.resolve("result.json");
        List<String> ids = new ArrayList<>();
        try (ScriptedServer server = new ScriptedServer(client -> {
            JsonObject start = client.expect("session_start");
            ids.add(start.getString("session_id"));
            assertEquals(25, start.getJsonNumber("fps").doubleValue(), 1e-6);
            assertEquals(64, start.getInt("width"));
            assertEquals(48, start.getInt("height"));
            client.send("{'type':'session_started','session_id':'s'}");
            for (int i = 0; i < FRAMES; i++) {
                ByteBuffer jpeg = ByteBuffer.wrap(client.expectFrame(i));
                try (Picture picture = Picture.decode(jpeg, new ImageLimits(1 << 20, 64, 48))) {
                    assertEquals(10 * i + 20, picture.rgb()[0] & 0xFF, 4);
                }
                client.ack(i);
            }
            client.decide(FRAMES, SIGNAL);
        })) {
            int exitCode = run("--server", server.address(), "--output", result, "--progress", video(64, 48), signal);
            server.finish();
            assertEquals(0, exitCode, this::err);
        }
        assertTrue(ids.get(0).matches("\\d{8}_\\d{6}_bout"), ids::toString);
        assertEquals(
                List.of(
                        "Winner: left",
                        "Reason: Left has right-of-way",
                        "Confidence: 0.88",
                        "Rule: tempo",
                        "Time: 1.3 s from the signal to the result"),
                out().lines().toList());
        assertTrue(err().contains("20/20 frames"), this::err);
        assertTrue(Files.readString(result).contains("\"wall_time_seconds\""));
    }

    @Test
    void asksForWhatTheOptionsSay() throws Exception {
        try (ScriptedServer server = new ScriptedServer(client -> {
            JsonObject start = client.expect("session_start");
            assertEquals("mine", start.getString("session_id"));
            assertEquals(12.5, start.getJsonNumber("fps").doubleValue());
            client.send("{'type':'session_started','session_id':'mine'}");
            JsonObject header = client.expect("frame");
            assertEquals("png", header.getString("encoding"));
            assertEquals((byte) 0x89, client.expectBinary()[0]);
            client.ack(0);
            client.takeFrames(1, FRAMES / 2);
            client.decide(FRAMES / 2, SIGNAL);
        })) {
            int exitCode = run(
                    "--server=" + server.address(),
                    "--session=mine",
                    "--encoding=PNG",
                    "--fps=12.5",
                    "--no-progress",
                    video(64, 48),
                    signal);
            server.finish();
            assertEquals(0, exitCode, this::err);
        }
        assertEquals("", err());
    }

    @Test
    void exitsWithWhatHappened() throws Exception {
        Path video = video(64, 48);
        try (ScriptedServer server = new ScriptedServer(client -> {
            client.expect("session_start");
            client.fail("STREAMING_DISABLED", "Real-time streaming is disabled.", false);
        })) {
            assertEquals(1, run("--server", server.address(), video, signal));
            assertTrue(err().contains("Real-time streaming is disabled."), this::err);
            server.finish();
        }
        ScriptedServer gone = new ScriptedServer();
        gone.close();
        assertEquals(3, run("--server", gone.address(), video, signal));
        assertTrue(err().startsWith("Cannot connect to"), this::err);
    }

    @Test
    void namesTheFileThatIsMissingOrNoVideo() throws IOException {
        Path missing = folder.resolve("missing");
        isWrong("The signal file " + missing + " is missing", video(64, 48), missing);
        isWrong("Cannot open video " + missing + ": no file", missing, signal);
        isWrong("Cannot open video " + signal + ": ", signal, signal);
        isWrong("The result cannot be written to", "--output", missing.resolve("x"), video(64, 48), signal);
        Path empty = Files.writeString(folder.resolve("empty.txt"), "");
        isWrong("The signal file " + empty + " is empty", video(64, 48), empty);
    }

    @Test
    void namesTheOptionThatIsWrong() {
        isWrong("A video and a signal file are needed", signal);
        isWrong("--quality is 101, allowed are 1 to 100", "--quality=101", "v", "s");
        isWrong("--fps is 0.0", "--fps=0", "v", "s");
        isWrong("--encoding", "--encoding=gif", "v", "s");
        isWrong("--timeout", "--timeout=soon", "v", "s");
        isWrong("--seconds needs --camera", "--seconds=3", "v", "s");
        isWrong("--resume needs --session", "--resume", "v", "s");
        isWrong("--session has 0 characters", "--session=", "v", "s");
        isWrong("With --camera only a signal file is needed", "--camera=0", "v", "s");
        isWrong("--size is big", "--camera=0", "--size=big", "s");
        isWrong("is no address of a server", "--server=ftp://x", "v", "s");
        isWrong("Unknown option", "--colour", "v", "s");
    }

    /** A number that no machine has a camera of. */
    @Test
    void saysThatThereIsNoSuchCamera() {
        isWrong("Cannot open camera 97: there is none", "--camera=97", signal);
    }

    @Test
    void helps() {
        assertEquals(0, run("--help"));
        assertTrue(out().contains("java -jar osprey-referee.jar [OPTIONS] VIDEO SIGNAL"));
        assertTrue(out().contains("Exit codes:"));
        assertEquals("", err());
    }

    @Test
    void namesASessionAfterDateAndVideo() {
        assertTrue(RefereeClient.sessionId("phrase 04.tar.mp4").matches("\\d{8}_\\d{6}_phrase_04_tar"));
        assertTrue(RefereeClient.sessionId("x".repeat(300)).length() <= 128);
    }
}
