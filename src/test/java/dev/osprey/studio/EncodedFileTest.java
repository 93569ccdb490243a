package dev.osprey.studio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import jakarta.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A result within JSON, whole and in pieces. */
class EncodedFileTest {

    private static final int MIB = 1 << 20;

    /** Of one request, whatever it sends. */
    private static final int MOST_MEMORY = MIB / 2;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private Path file(int bytes) throws IOException {
        byte[] content = new byte[bytes];
        new Random(bytes).nextBytes(content);
        return Files.write(folder.resolve("model.stl"), content);
    }

    /** Takes note of how much came, and keeps nothing. */
    private static final class Counted extends OutputStream {
        private long bytes;
        private int longest;

        @Override
        public void write(int one) {
            bytes++;
        }

        @Override
        public void write(byte[] source, int offset, int length) {
            bytes += length;
            longest = Math.max(longest, length);
        }
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                0,
                1,
                2,
                3,
                4,
                EncodedFile.PIECE_BYTES - 1,
                EncodedFile.PIECE_BYTES,
                EncodedFile.PIECE_BYTES + 1,
                3 * EncodedFile.PIECE_BYTES + 2
            })
    void isTheObjectThatItWouldBeInOnePiece(int bytes) throws IOException {
        Path path = file(bytes);
        EncodedFile encoded = new EncodedFile(path, "model \"ü\".stl", bytes);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        encoded.write(out);

        JsonObject json = Fields.object(out.toString(StandardCharsets.UTF_8)).orElseThrow();
        String data = Base64.getEncoder().encodeToString(Files.readAllBytes(path));
        assertEquals(data, json.getString("data"));
        assertEquals(data.length(), json.getInt("encoded_size"));
        assertEquals(bytes, json.getInt("original_size"));
        assertEquals("model \"ü\".stl", json.getString("filename"));
        assertEquals("success", json.getString("status"));
        assertEquals(out.size(), encoded.contentLength());
        assertArrayEquals(Files.readAllBytes(path), Base64.getDecoder().decode(json.getString("data")));
    }

    @Test
    void takesTheSameMemoryHoweverLargeTheFileIs() throws IOException {
        int bytes = 64 * MOST_MEMORY;
        EncodedFile encoded = new EncodedFile(file(bytes), "model.stl", bytes);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        // Once before: what the classes themselves take is no request's.
        encoded.write(OutputStream.nullOutputStream());
        Counted out = new Counted();
        long before = threads.getCurrentThreadAllocatedBytes();
        encoded.write(out);
        long taken = threads.getCurrentThreadAllocatedBytes() - before;

        assertEquals(encoded.contentLength(), out.bytes);
        assertTrue(taken < MOST_MEMORY, () -> taken + " bytes of memory");
        assertTrue(out.longest <= EncodedFile.PIECE_BYTES / 3 * 4, () -> out.longest + " bytes at once");
    }

    @Test
    void failsWhereTheFileHasBecomeShorter() throws IOException {
        Path path = file(100);
        assertThrows(IOException.class, () -> new EncodedFile(path, "a", 101).write(OutputStream.nullOutputStream()));
    }
}
