package dev.osprey.start;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A log that is read, and one that is not. */
@Timeout(60)
class PatientStreamTest {

    private static final int PIECE = 1 << 16;

    private final ByteArrayOutputStream read = new ByteArrayOutputStream();

    @Test
    void isOutWhenItIsFlushed() throws IOException {
        try (PatientStream stream = new PatientStream(read, "test", Duration.ofMinutes(1))) {
            for (int i = 0; i < 1_000; i++) {
                stream.write(("line " + i + "\n").getBytes(StandardCharsets.UTF_8));
                stream.flush();
                assertTrue(read.toString(StandardCharsets.UTF_8).endsWith("line " + i + "\n"), read::toString);
            }
        }
    }

    /** A pipe that is full until somebody reads it. */
    private final class FullPipe extends OutputStream {

        final CountDownLatch reader = new CountDownLatch(1);
        final CompletableFuture<String> note = new CompletableFuture<>();
        volatile CompletableFuture<Boolean> again = new CompletableFuture<>();

        @Override
        public void write(int one) {
            throw new UnsupportedOperationException("Pieces come whole");
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                reader.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            if (length == PIECE) {
                read.write(bytes, offset, length);
                again.complete(note.isDone());
            } else {
                note.complete(new String(bytes, offset, length, StandardCharsets.UTF_8));
            }
        }
    }

    @Test
    void holdsNobodyWhereItIsNotRead() throws Exception {
        FullPipe pipe = new FullPipe();
        int fitting = PatientStream.MOST_BYTES / PIECE;
        try (PatientStream stream = new PatientStream(pipe, "test", Duration.ofMillis(1))) {
            for (int i = 0; i < fitting + 7; i++) {
                stream.write(new byte[PIECE]);
                stream.flush();
            }
            assertEquals(0, read.size());
            pipe.reader.countDown();
            assertEquals(
                    (7 * PIECE) + " bytes are left out here: nobody has read them",
                    pipe.note.get(30, TimeUnit.SECONDS).strip());
            assertEquals(fitting * PIECE, read.size());
            pipe.again = new CompletableFuture<>();
            stream.write(new byte[PIECE]);
            assertTrue(pipe.again.get(30, TimeUnit.SECONDS), "It is read again");
        }
    }
}
