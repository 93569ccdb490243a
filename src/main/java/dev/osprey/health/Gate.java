package dev.osprey.health;

import static java.util.Objects.requireNonNull;

import dev.osprey.access.AccessControl;
import dev.osprey.access.Operators;
import dev.osprey.config.Settings;
import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.fingerspelling.Fingerspelling;
import dev.osprey.operation.Condition;
import dev.osprey.referee.Referee;
import dev.osprey.segmentation.Segmentation;
import dev.osprey.signs.Signs;
import dev.osprey.socket.JsonAnswer;
import dev.osprey.studio.Studio;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import jakarta.json.Json;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Stands before everything that answers: where the start failed, every request is told so and the log says why, and when the server stops nothing new is begun. Refusing to be deployed instead would
 * bury the reason in the container's stack traces and answer 404. By its place in {@code web.xml}.
 */
public class Gate extends HttpFilter {

    private static final Logger LOG = System.getLogger(Gate.class.getName());

    /** Methods that begin nothing. */
    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

    private final transient Provider<AccessControl> access;
    private final transient Provider<Operators> operators;
    private final transient Provider<Segmentation> segmentation;
    private final transient Provider<Fingerspelling> fingerspelling;
    private final transient Provider<Signs> signs;
    private final transient Provider<Referee> referee;
    private final transient Provider<Studio> studio;
    private final transient Provider<Condition> condition;
    private final transient Provider<Settings> settings;
    private @Nullable OspreyException obstacle;

    @Resource
    private transient @Nullable ManagedExecutorService threads;

    @Inject
    Gate(
            Provider<AccessControl> access,
            Provider<Operators> operators,
            Provider<Segmentation> segmentation,
            Provider<Fingerspelling> fingerspelling,
            Provider<Signs> signs,
            Provider<Referee> referee,
            Provider<Studio> studio,
            Provider<Condition> condition,
            Provider<Settings> settings) {
        this.access = access;
        this.operators = operators;
        this.segmentation = segmentation;
        this.fingerspelling = fingerspelling;
        this.signs = signs;
        this.referee = referee;
        this.studio = studio;
        this.condition = condition;
        this.settings = settings;
    }

    /** Puts together what serves clients; with it comes what it needs, settings and models. */
    @Override
    public void init() {
        try {
            access.get();
            segmentation.get();
            fingerspelling.get();
            signs.get();
            referee.get();
            studio.get();
            // Where this cannot be done, the log says so; streams need no operator.
            requireNonNull(threads).execute(operators.get()::welcome);
        } catch (OspreyException e) {
            obstacle = e;
            LOG.log(Level.ERROR, "Osprey did not start: {0}", e.reason());
        }
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (obstacle == null && !(condition.get().isDraining() && begins(request))) {
            chain.doFilter(request, response);
            return;
        }
        if (obstacle == null) {
            stopping(response);
            return;
        }
        refuse(response, obstacle.code(), "Osprey did not start; its log says why");
    }

    /** Whether a request asks for something new: whoever looks, or goes on with what there is, is served to the end. */
    private static boolean begins(HttpServletRequest request) {
        String path = request.getRequestURI().substring(request.getContextPath().length());
        return !SAFE.contains(request.getMethod())
                && !path.startsWith("/socket.io/")
                && !path.startsWith("/api/admin/");
    }

    private void stopping(HttpServletResponse response) throws IOException {
        // By then there is another server, or this one again.
        response.setHeader(
                "Retry-After",
                Long.toString(settings.get().current().server().drainTimeout().toSeconds() + 1));
        refuse(response, ErrorCode.SERVER_STOPPING, "The server is stopping");
    }

    private static void refuse(HttpServletResponse response, ErrorCode code, String detail) throws IOException {
        int status = HttpServletResponse.SC_SERVICE_UNAVAILABLE;
        response.setStatus(status);
        JsonAnswer.write(
                response,
                "application/problem+json",
                Json.createObjectBuilder()
                        .add("type", "about:blank")
                        .add("title", code.name())
                        .add("status", status)
                        .add("detail", detail)
                        .add("error", detail)
                        .build());
    }
}
