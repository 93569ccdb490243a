package dev.osprey.access;

import dev.osprey.config.OspreyConfig;
import dev.osprey.config.Settings;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets pages of other origins read the answers, as far as the configured list goes (CORS, Fetch standard).
 *
 * <p>Pages that send cookies may read them only at the addresses that {@code web.xml} names, where a protocol asks for it and nothing
 * depends on a cookie: {@code credentials} are whole paths, {@code echoed-credentials} the beginnings of paths whose answers never
 * say "*"; nor do those of paths that begin as {@code echoed} says, without cookies.
 */
public class CrossOrigin extends HttpFilter {

    private final transient Provider<Settings> settings;

    /** Methods that change nothing. */
    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

    private List<String> credentials = List.of();
    private List<String> echoedCredentials = List.of();
    private List<String> echoed = List.of();

    @Inject
    CrossOrigin(Provider<Settings> settings) {
        this.settings = settings;
    }

    @Override
    public void init() {
        credentials = words("credentials");
        echoedCredentials = words("echoed-credentials");
        echoed = words("echoed");
    }

    private List<String> words(String parameter) {
        String value = getInitParameter(parameter);
        return value == null ? List.of() : List.of(value.strip().split("\\s+", -1));
    }

    /** Whether pages of an origin may speak to Osprey; who is no browser sends none, and may. */
    public static boolean allows(OspreyConfig.Access access, @Nullable String origin) {
        return origin == null
                || origin.isEmpty()
                || isOpen(access)
                || access.allowedOrigins().contains(origin);
    }

    /** Whether the origin is the server's own, as its client knows it. */
    static boolean isOwn(HttpServletRequest request, String origin) {
        return origin.endsWith("://" + request.getHeader("Host"));
    }

    private static boolean isOpen(OspreyConfig.Access access) {
        return access.allowedOrigins().contains("*");
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        OspreyConfig.Access access = settings.get().current().access();
        String origin = request.getHeader("Origin");
        if (origin == null || !allows(access, origin)) {
            if (origin != null && !SAFE.contains(request.getMethod()) && !isOwn(request, origin)) {
                // A form or an upload is sent without asking first, and does its work whether its answer can be read or
                // not.
                response.sendError(HttpServletResponse.SC_FORBIDDEN, "Not for pages of this origin");
                return;
            }
            if (origin == null && isOpen(access)) {
                // Some clients look for it before they are asked who they are.
                response.setHeader("Access-Control-Allow-Origin", "*");
            }
            chain.doFilter(request, response);
            return;
        }
        response.addHeader("Vary", "Origin");
        response.setHeader("Access-Control-Expose-Headers", "Content-Disposition");
        String path = request.getRequestURI().substring(request.getContextPath().length());
        boolean echoedWithCredentials = echoedCredentials.stream().anyMatch(path::startsWith);
        boolean withCredentials = echoedWithCredentials || credentials.contains(path);
        if (withCredentials) {
            response.setHeader("Access-Control-Allow-Credentials", "true");
        }
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
        // Whoever sends a cookie is not content with "*".
        boolean any = isOpen(access)
                && !echoedWithCredentials
                && echoed.stream().noneMatch(path::startsWith)
                && !(withCredentials && request.getHeader("Cookie") != null);
        response.setHeader("Access-Control-Allow-Origin", any ? "*" : origin);
        chain.doFilter(request, response);
    }
}
