package dev.osprey.access;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.regex.Pattern;

/** What browsers are told not to do with any answer; pages and files may be stricter. */
public class SecurityHeaders extends HttpFilter {

    /**
     * Everything from this server; pictures, models and clips also from what a page has made itself. {@code blob:} scripts and inline
     * ones are not among it. What is added to it is part of {@code connect-src}.
     */
    private static final String CONTENT_POLICY = String.join(
            "; ",
            "default-src 'self'",
            "img-src 'self' data: blob:",
            "media-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "connect-src 'self' blob:");

    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.:\\[\\]-]+");

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("X-Frame-Options", "DENY");
        response.setHeader("X-XSS-Protection", "1; mode=block");
        response.setHeader("Referrer-Policy", "strict-origin-when-cross-origin");
        response.setHeader("Content-Security-Policy", CONTENT_POLICY + ownSockets(request));
        response.setHeader("Permissions-Policy", "camera=(self), microphone=(), geolocation=(), payment=()");
        // The container would name itself and its version.
        response.setHeader("Server", "Osprey");
        chain.doFilter(request, response);
    }

    /** Not every browser counts them among what is {@code 'self'}. */
    private static String ownSockets(HttpServletRequest request) {
        String host = request.getHeader("Host");
        return host != null && HOST.matcher(host).matches() ? " ws://" + host + " wss://" + host : "";
    }
}
