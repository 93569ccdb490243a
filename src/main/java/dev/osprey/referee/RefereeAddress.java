package dev.osprey.referee;

import dev.osprey.socket.Readdressed;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;

/**
 * The protocol's addresses: its resources lie beside {@code /api}, where resources are, and clients put {@code /stream} behind a
 * base address that may end with a slash.
 */
public class RefereeAddress extends HttpFilter {

    private static final Map<String, String> RESOURCES =
            Map.of("/analyze", "/api/referee/analyze", "/streaming/stats", "/api/referee/stats");

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String path = request.getRequestURI().substring(request.getContextPath().length());
        String resource = RESOURCES.get(path);
        if (resource != null) {
            request.getRequestDispatcher(resource).forward(request, response);
        } else {
            chain.doFilter(path.equals("//stream") ? new Readdressed(request, "/stream") : request, response);
        }
    }
}
