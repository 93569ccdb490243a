package dev.osprey.health;

import static java.util.Objects.requireNonNull;

import dev.osprey.access.AccessControl;
import dev.osprey.access.Operators;
import dev.osprey.fault.OspreyException;
import dev.osprey.fingerspelling.Fingerspelling;
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
import org.jspecify.annotations.Nullable;

/**
 * Stands before everything else: where the start failed, every request is told so and the log says why. Refusing to be deployed instead would
 * bury the reason in the container's stack traces and answer 404. First of all filters by its place in {@code web.xml}.
 */
public class Gate extends HttpFilter {

    private static final Logger LOG = System.getLogger(Gate.class.getName());

    private final transient Provider<AccessControl> access;
    private final transient Provider<Operators> operators;
    private final transient Provider<Segmentation> segmentation;
    private final transient Provider<Fingerspelling> fingerspelling;
    private final transient Provider<Signs> signs;
    private final transient Provider<Referee> referee;
    private final transient Provider<Studio> studio;
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
            Provider<Studio> studio) {
        this.access = access;
        this.operators = operators;
        this.segmentation = segmentation;
        this.fingerspelling = fingerspelling;
        this.signs = signs;
        this.referee = referee;
        this.studio = studio;
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
        if (obstacle == null) {
            chain.doFilter(request, response);
            return;
        }
        int status = HttpServletResponse.SC_SERVICE_UNAVAILABLE;
        response.setStatus(status);
        JsonAnswer.write(
                response,
                "application/problem+json",
                Json.createObjectBuilder()
                        .add("type", "about:blank")
                        .add("title", obstacle.code().name())
                        .add("status", status)
                        .add("detail", "Osprey did not start; its log says why")
                        .build());
    }
}
