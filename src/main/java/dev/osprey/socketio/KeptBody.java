package dev.osprey.socketio;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.ByteArrayOutputStream;

/** The body of an answer that is kept back. One thread at a time. */
class KeptBody extends ServletOutputStream {

    private final ByteArrayOutputStream bytes;

    /** @param bytes that the body is kept in */
    KeptBody(ByteArrayOutputStream bytes) {
        this.bytes = bytes;
    }

    @Override
    public boolean isReady() {
        return true;
    }

    @Override
    public void setWriteListener(WriteListener listener) {
        throw new IllegalStateException("Nobody has to wait before writing");
    }

    @Override
    public void write(int value) {
        bytes.write(value);
    }

    @Override
    public void write(byte[] written, int offset, int length) {
        bytes.write(written, offset, length);
    }
}
