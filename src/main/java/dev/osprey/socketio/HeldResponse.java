package dev.osprey.socketio;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

/** An answer that is kept back until it is released. One thread at a time. */
final class HeldResponse extends HttpServletResponseWrapper {

    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final PrintWriter writer = new PrintWriter(body, false, StandardCharsets.UTF_8);

    HeldResponse(HttpServletResponse response) {
        super(response);
    }

    /** Sends what was written so far. */
    void release() throws IOException {
        release(text -> text);
    }

    /** Sends what was written so far, changed. */
    void release(UnaryOperator<String> change) throws IOException {
        writer.flush();
        byte[] changed = change.apply(body.toString(StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
        getResponse().setContentLength(changed.length);
        getResponse().getOutputStream().write(changed);
    }

    /** Not before it is known. */
    @Override
    public void setContentLength(int length) {}

    @Override
    public PrintWriter getWriter() {
        return writer;
    }

    @Override
    public ServletOutputStream getOutputStream() {
        return new KeptBody(body);
    }
}
