package dev.osprey.mesh;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;

/** Writes a file of any size through one direct buffer. */
final class Sink {

    private static final int CAPACITY = 1 << 20;

    private final WritableByteChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(CAPACITY).order(ByteOrder.LITTLE_ENDIAN);

    Sink(WritableByteChannel channel) {
        this.channel = channel;
    }

    /** The buffer, little-endian, with place for {@code bytes} more; they are at most 1 MiB. */
    ByteBuffer room(int bytes) throws IOException {
        if (buffer.remaining() < bytes) {
            flush();
        }
        return buffer;
    }

    /** As many records of {@code bytes} as now fit, at least one. */
    int roomFor(int bytes) throws IOException {
        return room(bytes).remaining() / bytes;
    }

    void text(String text) throws IOException {
        bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    void bytes(byte[] bytes) throws IOException {
        for (int from = 0; from < bytes.length; ) {
            int count = Math.min(bytes.length - from, room(1).remaining());
            buffer.put(bytes, from, count);
            from += count;
        }
    }

    void floats(float[] values) throws IOException {
        for (float value : values) {
            room(Float.BYTES).putFloat(value);
        }
    }

    void ints(int[] values) throws IOException {
        for (int value : values) {
            room(Integer.BYTES).putInt(value);
        }
    }

    void flush() throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        buffer.clear();
    }
}
