package dev.osprey.signs;

import dev.osprey.socket.Readdressed;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Leads WebSocket handshakes on the sign words' own port to their plain variant, whatever the path: its clients have {@code
 * /ws} in their source, which is the segmentation stream's elsewhere. Socket.IO is the same there as everywhere.
 */
public class SignsAddress extends HttpFilter {

    private final transient Provider<Signs> signs;

    @Inject
    SignsAddress(Provider<Signs> signs) {
        this.signs = signs;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        int port = signs.get().settings().port();
        boolean plain = port != 0
                && request.getLocalPort() == port
                && "websocket".equalsIgnoreCase(request.getHeader("Upgrade"))
                && !request.getRequestURI().startsWith(request.getContextPath() + "/socket.io/");
        chain.doFilter(plain ? new Readdressed(request, SignsEndpoint.PATH) : request, response);
    }
}
