package dev.osprey.socketio;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

/**
 * The answer to a poll, of no more packets than clients take: the library sends all that there are, whereupon python-socketio
 * gives up. One thread at a time.
 */
final class PollResponse extends HttpServletResponseWrapper {

    private final UnaryOperator<String> part;

    /** @param part of what the library sends, what is sent now; keeps the rest */
    PollResponse(HttpServletResponse response, UnaryOperator<String> part) {
        super(response);
        this.part = part;
    }

    /** Not that of the part. */
    @Override
    public void setContentLength(int length) {}

    @Override
    public ServletOutputStream getOutputStream() {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        return new KeptBody(whole) {
            /** The library closes it when it has written everything. */
            @Override
            public void close() throws IOException {
                byte[] sent = part.apply(whole.toString(StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
                getResponse().setContentLength(sent.length);
                getResponse().getOutputStream().write(sent);
            }
        };
    }
}
