package dev.osprey.access;

import dev.osprey.config.OspreyConfig;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;

/** Lets pages of other origins read the answers, as far as the configured list goes (CORS, Fetch standard). */
public class CrossOrigin extends HttpFilter {

    private final transient Provider<OspreyConfig> config;

    @Inject
    CrossOrigin(Provider<OspreyConfig> config) {
        this.config = config;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        List<String> allowedOrigins = config.get().access().allowedOrigins();
        String origin = request.getHeader("Origin");
        boolean any = allowedOrigins.contains("*");
        if (origin == null || !(any || allowedOrigins.contains(origin))) {
            chain.doFilter(request, response);
            return;
        }
        response.addHeader("Vary", "Origin");
        String requestedMethod = request.getHeader("Access-Control-Request-Method");
        if ("OPTIONS".equals(request.getMethod()) && requestedMethod != null) {
            response.setHeader("Access-Control-Allow-Origin", origin);
            response.setHeader("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
            String headers = request.getHeader("Access-Control-Request-Headers");
            if (headers != null) {
                response.setHeader("Access-Control-Allow-Headers", headers);
            }
            response.setHeader("Access-Control-Max-Age", "600");
            response.setStatus(HttpServletResponse.SC_OK);
            return;
        }
        response.setHeader("Access-Control-Allow-Origin", any ? "*" : origin);
        chain.doFilter(request, response);
    }
}
