package dev.osprey.socketio;

import dev.osprey.access.CrossOrigin;
import dev.osprey.socket.JsonAnswer;
import io.socket.engineio.server.utils.ParseQS;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import jakarta.json.Json;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Stands before {@code /socket.io/}, for both transports: requests that no session can come of, or that belong to none, are
 * answered here, each with a sentence as JSON.
 */
public class SocketIoAdmission extends HttpFilter {

    /** The request attribute that holds the session's id in the library's words, where the request belongs to one. */
    static final String SESSION = "dev.osprey.socketio.session";

    private final transient Provider<SocketIo> socketIo;

    @Inject
    SocketIoAdmission(Provider<SocketIo> socketIo) {
        this.socketIo = socketIo;
    }

    private record Refusal(int status, String sentence) {}

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Refusal refusal = refusal(request);
        if (refusal == null) {
            chain.doFilter(
                    request.getAttribute(SESSION) instanceof String id ? new InLibrarysWords(request, id) : request,
                    response);
        } else {
            response.setStatus(refusal.status());
            JsonAnswer.write(response, Json.createValue(refusal.sentence()));
        }
    }

    private @Nullable Refusal refusal(HttpServletRequest request) {
        SocketIo io = socketIo.get();
        if (!CrossOrigin.allows(io.config().access(), request.getHeader("Origin"))) {
            return new Refusal(HttpServletResponse.SC_FORBIDDEN, "Not an accepted origin");
        }
        Map<String, String> query;
        try {
            query = request.getQueryString() == null ? Map.of() : ParseQS.decode(request.getQueryString());
        } catch (RuntimeException e) {
            // A name that comes twice, a sign that is no text: the library has no words for it.
            return bad("Malformed query");
        }
        boolean upgrade = "websocket".equalsIgnoreCase(request.getHeader("Upgrade"));
        // Polling by script elements, which ask with "j", is for browsers that are no more.
        if (!(upgrade ? "websocket" : "polling").equals(query.get("transport")) || query.containsKey("j")) {
            return bad("Invalid transport");
        }
        if (!"4".equals(query.get("EIO"))) {
            return bad("The client is using an unsupported version of the Socket.IO or Engine.IO protocols");
        }
        String sid = query.get("sid");
        if (sid != null) {
            Optional<Session> session = io.session(sid);
            if (session.isEmpty()) {
                return bad("Invalid session " + sid);
            }
            request.setAttribute(SESSION, session.get().id());
            return upgrade || session.get().polls() ? null : bad("Invalid transport");
        }
        return io.obstacle(request.getRemoteAddr())
                .map(why -> new Refusal(HttpServletResponse.SC_SERVICE_UNAVAILABLE, why))
                .orElse(null);
    }

    /** A request of a session that the library knows by another id than the client. */
    private static final class InLibrarysWords extends HttpServletRequestWrapper {

        private final String id;

        InLibrarysWords(HttpServletRequest request, String id) {
            super(request);
            this.id = id;
        }

        @Override
        public String getQueryString() {
            Map<String, String> query = ParseQS.decode(super.getQueryString());
            query.put("sid", id);
            return ParseQS.encode(query);
        }
    }

    private static Refusal bad(String sentence) {
        return new Refusal(HttpServletResponse.SC_BAD_REQUEST, sentence);
    }
}
