package dev.osprey.access;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a request needs to be let through, by its address: the one place where that stands. */
final class Routes {

    private Routes() {}

    /** What a request asks of its caller. */
    sealed interface Need {

        /** Nothing: what is the same for everybody, and what probes ask. */
        record Nothing() implements Need {}

        /** To know a Socket.IO session by its id, which is looked at there: clients show who they are with its first request only. */
        record Session() implements Need {}

        /** A page: who is nobody is sent to sign in. */
        record Page(boolean operator) implements Need {}

        /** To be somebody; whose jobs they are is looked at where they are found. */
        record Anybody() implements Need {}

        /** One of these scopes. */
        record AnyOf(Set<Scope> scopes) implements Need {}

        /** To be an operator. */
        record Operator() implements Need {}
    }

    private static final String SOCKET_IO = "/socket.io/";
    private static final Need NOTHING = new Need.Nothing();
    private static final Need OPERATOR = new Need.Operator();
    private static final Need STUDIO = new Need.AnyOf(Set.of(Scope.STUDIO));
    private static final Need REFEREE = new Need.AnyOf(Set.of(Scope.REFEREE));

    private static final Map<String, Need> HANDSHAKES = Map.of(
            "/ws",
            new Need.AnyOf(Set.of(Scope.SEGMENTATION)),
            "/signs",
            new Need.AnyOf(Set.of(Scope.SIGNS)),
            "/",
            new Need.AnyOf(Set.of(Scope.FINGERSPELLING)),
            "/stream",
            REFEREE,
            SOCKET_IO,
            new Need.AnyOf(Set.of(Scope.SIGNS, Scope.STUDIO)));

    /** Where these paths begin, the first that fits. */
    private static final List<Map.Entry<String, Need>> RESOURCES = List.of(
            Map.entry("/api/admin/", OPERATOR),
            Map.entry("/api/models/", OPERATOR),
            Map.entry("/api/session/", NOTHING),
            Map.entry("/api/tickets/", new Need.Anybody()),
            Map.entry("/api/health/", NOTHING),
            Map.entry("/api/jobs/", new Need.Anybody()),
            Map.entry("/api/referee/", REFEREE),
            Map.entry("/api/", STUDIO),
            Map.entry("/analyze/", REFEREE),
            Map.entry("/streaming/", REFEREE),
            Map.entry(SOCKET_IO, new Need.AnyOf(Set.of(Scope.SIGNS, Scope.STUDIO))),
            Map.entry("/metrics/", new Need.AnyOf(Set.of(Scope.METRICS))),
            Map.entry("/openapi/", new Need.Anybody()),
            Map.entry("/admin/sign-in.html/", NOTHING),
            Map.entry("/admin/", new Need.Page(true)));

    private static final Set<String> CACHE_CHANGES = Set.of("/api/cache/config", "/api/cache/clear");

    static Need of(HttpServletRequest request) {
        boolean handshake = isHandshake(request);
        String path = path(request, handshake);
        if (path.equals(SOCKET_IO) && AccessControl.parameter(request, "sid").isPresent()) {
            return new Need.Session();
        }
        if (handshake) {
            Need listed = HANDSHAKES.get(path);
            if (listed != null) {
                return listed;
            }
            // Not taken for a handshake, it is a request as any other: whoever sends it needs what that needs, and to
            // be somebody.
            path = path(request, false);
            Need spelledOut = HANDSHAKES.getOrDefault(path, ofResource(request, path));
            return spelledOut instanceof Need.Nothing ? new Need.Anybody() : spelledOut;
        }
        return ofResource(request, path);
    }

    private static Need ofResource(HttpServletRequest request, String path) {
        if (CACHE_CHANGES.contains(path) && !isSafe(request.getMethod())) {
            return OPERATOR;
        }
        String folder = path.endsWith("/") ? path : path + "/";
        Optional<Need> listed = RESOURCES.stream()
                .filter(entry -> folder.startsWith(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst();
        return listed.orElseGet(() -> isPage(request, path) ? new Need.Page(false) : NOTHING);
    }

    static boolean isHandshake(HttpServletRequest request) {
        return "websocket".equalsIgnoreCase(request.getHeader("Upgrade"));
    }

    /** Whether a method changes nothing. */
    static boolean isSafe(String method) {
        return method.equals("GET") || method.equals("HEAD") || method.equals("OPTIONS");
    }

    /**
     * The address as the container itself has understood it, below the application's own. A handshake's is as it was sent, or as a
     * filter has readdressed it.
     */
    static String path(HttpServletRequest request, boolean handshake) {
        String path = handshake
                ? request.getRequestURI().substring(request.getContextPath().length())
                : request.getServletPath() + (request.getPathInfo() == null ? "" : request.getPathInfo());
        String single = path.replaceAll("/{2,}", "/");
        return single.isEmpty() ? "/" : single;
    }

    /** {@code /} is a page for browsers and a description for everything else. */
    private static boolean isPage(HttpServletRequest request, String path) {
        String accept = request.getHeader("Accept");
        return path.endsWith(".html")
                || path.equals("/studio")
                || (path.equals("/") && accept != null && accept.contains("text/html"));
    }
}
