package dev.osprey.fingerspelling;

import dev.osprey.config.OspreyConfig;
import dev.osprey.socket.Readdressed;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Leads WebSocket handshakes to the coach: those at the path of the settings, and on a port of its own those at every path. An
 * endpoint's path is fixed when it is compiled, so they are told of another one. A plain request on that port has come to the
 * wrong place.
 */
public class CoachAddress extends HttpFilter {

    private static final int UPGRADE_REQUIRED = 426;

    private final transient Provider<Fingerspelling> fingerspelling;

    @Inject
    CoachAddress(Provider<Fingerspelling> fingerspelling) {
        this.fingerspelling = fingerspelling;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        OspreyConfig.Fingerspelling settings = fingerspelling.get().settings();
        boolean ownPort = settings.port() != 0 && request.getLocalPort() == settings.port();
        if ("websocket".equalsIgnoreCase(request.getHeader("Upgrade"))) {
            boolean ownPath = request.getRequestURI().equals(request.getContextPath() + settings.path());
            chain.doFilter(ownPort || ownPath ? new Readdressed(request, "/") : request, response);
        } else if (ownPort) {
            byte[] text = "This port speaks WebSocket only\n".getBytes(StandardCharsets.UTF_8);
            response.setStatus(UPGRADE_REQUIRED);
            response.setHeader("Upgrade", "websocket");
            response.setContentType("text/plain; charset=UTF-8");
            response.setContentLength(text.length);
            response.getOutputStream().write(text);
        } else {
            chain.doFilter(request, response);
        }
    }
}
