package dev.osprey.studio;

import jakarta.json.Json;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;

/**
 * A file as base64 in a JSON object ({@code protocols/studio.md}, 4.5), encoded while it is sent: whatever its size, {@value
 * #PIECE_BYTES} bytes of it and what they become are in memory.
 *
 * @param name as the client knows it
 * @param size in bytes; a file that has become shorter fails, of a longer one the rest is left out
 */
record EncodedFile(Path path, String name, long size) implements StreamingOutput {

    /** A multiple of three: only the last piece is padded. */
    static final int PIECE_BYTES = 24_576;

    private static final String END = "\"}";

    /** Of the base64 alone. */
    private long encodedSize() {
        return (size + 2) / 3 * 4;
    }

    /** Everything before the base64. */
    private byte[] head() {
        String empty = Json.createObjectBuilder()
                .add("status", "success")
                .add("filename", name)
                .add("original_size", size)
                .add("encoded_size", encodedSize())
                .add("data", "")
                .build()
                .toString();
        return empty.substring(0, empty.length() - END.length()).getBytes(StandardCharsets.UTF_8);
    }

    /** Bytes of the whole object. */
    long contentLength() {
        return head().length + encodedSize() + END.length();
    }

    @Override
    public void write(OutputStream out) throws IOException {
        out.write(head());
        byte[] piece = new byte[PIECE_BYTES];
        byte[] encoded = new byte[PIECE_BYTES / 3 * 4];
        try (InputStream in = Files.newInputStream(path)) {
            for (long left = size; left > 0; left -= PIECE_BYTES) {
                int wanted = (int) Math.min(left, PIECE_BYTES);
                if (in.readNBytes(piece, 0, wanted) < wanted) {
                    throw new IOException("The file has become shorter");
                }
                byte[] bytes = wanted == PIECE_BYTES ? piece : Arrays.copyOf(piece, wanted);
                out.write(encoded, 0, Base64.getEncoder().encode(bytes, encoded));
            }
        }
        out.write(END.getBytes(StandardCharsets.UTF_8));
    }
}
