package dev.osprey.socket;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;

/** A handshake for another endpoint than it asks for: an endpoint's path is fixed when it is compiled. */
public final class Readdressed extends HttpServletRequestWrapper {

    private final String path;

    /** @param path below the application's own */
    public Readdressed(HttpServletRequest request, String path) {
        super(request);
        this.path = path;
    }

    @Override
    public String getRequestURI() {
        return getContextPath() + path;
    }
}
