package dev.osprey.referee;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {

    private static final SessionStart START =
            new SessionStart(Optional.empty(), "../../x", 29.97, 640, 480, OptionalLong.of(3));

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path parent;

    private Path folder = Path.of("");

    @BeforeEach
    void name() {
        folder = parent.resolve("spools").resolve("one");
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }

    private static List<String> contents(Spool spool) throws IOException {
        return spool.entries().stream()
                .map(entry -> {
                    try {
                        return entry.number() + " " + entry.encoding() + " " + UTF_8.decode(spool.read(entry));
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                })
                .toList();
    }

    private void fill() throws IOException {
        try (Spool spool = Spool.create(folder, START)) {
            spool.add(0, Encoding.JPEG, bytes("first"));
            spool.add(5, Encoding.RAW, bytes(""));
            spool.add(2, Encoding.PNG, bytes("third"));
        }
    }

    @Test
    void givesBackWhatItTook() throws IOException {
        fill();
        try (Spool spool = Spool.open(folder)) {
            assertEquals(List.of("0 JPEG first", "5 RAW ", "2 PNG third"), contents(spool));
            assertEquals(10, spool.bytes());
        }
        assertEquals(Optional.of(START), Spool.start(folder));
    }

    @Test
    void goesOnWhereAnotherStopped() throws IOException {
        fill();
        try (Spool spool = Spool.open(folder)) {
            spool.add(9, Encoding.JPEG, bytes("fourth"));
        }
        try (Spool spool = Spool.open(folder)) {
            assertEquals(List.of("0 JPEG first", "5 RAW ", "2 PNG third", "9 JPEG fourth"), contents(spool));
        }
    }

    @Test
    void cutsOffBytesWhoseRecordWasNotWritten() throws IOException {
        fill();
        Files.writeString(folder.resolve("frames.bin"), "half", StandardOpenOption.APPEND);
        try (Spool spool = Spool.open(folder)) {
            spool.add(9, Encoding.JPEG, bytes("fourth"));
            assertEquals(List.of("0 JPEG first", "5 RAW ", "2 PNG third", "9 JPEG fourth"), contents(spool));
        }
    }

    @Test
    void cutsOffARecordThatIsNotWhole() throws IOException {
        fill();
        Path index = folder.resolve("frames.index");
        byte[] whole = Files.readAllBytes(index);
        Files.write(index, java.util.Arrays.copyOf(whole, whole.length - 7));
        try (Spool spool = Spool.open(folder)) {
            assertEquals(List.of("0 JPEG first", "5 RAW "), contents(spool));
            assertEquals(5, spool.bytes());
        }
    }

    @Test
    void doesNotTrustARecordOfBytesThatAreNotThere() throws IOException {
        fill();
        Path frames = folder.resolve("frames.bin");
        Files.write(frames, "firs".getBytes(UTF_8));
        try (Spool spool = Spool.open(folder)) {
            assertEquals(List.of(), contents(spool));
        }
    }

    @Test
    void isNoSessionWithoutItsStart() throws IOException {
        Files.createDirectories(folder);
        assertEquals(Optional.empty(), Spool.start(folder));
        Files.writeString(folder.resolve("session.json"), "{\"session_id\":");
        assertEquals(Optional.empty(), Spool.start(folder));
    }

    @Test
    void leavesNothingWhenItIsDeleted() throws IOException {
        fill();
        Spool.delete(folder);
        assertFalse(Files.exists(folder));
        Spool.delete(folder);
    }
}
