package dev.osprey.socketio;

import dev.osprey.socket.JsonAnswer;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** {@code /socket.io/}: Engine.IO's polling. What the library does not check is checked here. */
@WebServlet(urlPatterns = "/socket.io/*", asyncSupported = true)
public class PollingServlet extends HttpServlet {

    private static final Logger LOG = System.getLogger(PollingServlet.class.getName());

    /** Separates the packets of one request. */
    private static final String SEPARATOR = "\u001E";

    private final transient SocketIo socketIo;

    @Inject
    PollingServlet(SocketIo socketIo) {
        this.socketIo = socketIo;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        try {
            switch (request.getMethod()) {
                case "GET" -> poll(request, response);
                case "POST" -> post(request, response);
                default -> {
                    response.setHeader("Allow", "GET, POST");
                    response.setStatus(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
                }
            }
        } catch (RuntimeException e) {
            // What is no packet, and a second poll beside the first, the library answers by throwing.
            LOG.log(Level.DEBUG, "A request could not be understood", e);
            refuse(response, "Bad request");
        }
    }

    private void poll(HttpServletRequest request, HttpServletResponse response) throws IOException {
        HttpServletRequest poll = new PollRequest(request, socketIo.timers());
        if (sid(request).isPresent()) {
            socketIo.<IOException>bring(request.getRemoteAddr(), null, engine -> engine.handleRequest(poll, response));
            return;
        }
        // The library answers before it knows the session itself: a quick client's next request would not find it.
        HeldResponse held = new HeldResponse(response);
        socketIo.<IOException>bring(request.getRemoteAddr(), null, engine -> engine.handleRequest(poll, held));
        held.release();
    }

    private void post(HttpServletRequest request, HttpServletResponse response) throws IOException {
        int limit = socketIo.config().socketio().maxMessageBytes();
        if (request.getContentLengthLong() > limit) {
            tooLarge(response, request.getContentLengthLong());
            return;
        }
        byte[] body = request.getInputStream().readNBytes(limit + 1);
        if (body.length > limit) {
            tooLarge(response, body.length);
            return;
        }
        Optional<Session> session = sid(request).flatMap(socketIo::session);
        if (session.isEmpty()) {
            refuse(response, "A session begins with GET");
            return;
        }
        Optional<String> objection = objection(
                new String(body, StandardCharsets.UTF_8), session.get().limits());
        if (objection.isPresent()) {
            session.get().close();
            refuse(response, objection.get());
            return;
        }
        HeldResponse held = new HeldResponse(response);
        socketIo.<IOException>bring(
                request.getRemoteAddr(), null, engine -> engine.handleRequest(new ReadRequest(request, body), held));
        if (held.getStatus() == HttpServletResponse.SC_OK) {
            byte[] ok = "OK".getBytes(StandardCharsets.UTF_8);
            response.setContentType("text/plain; charset=UTF-8");
            response.setContentLength(ok.length);
            response.getOutputStream().write(ok);
        } else {
            held.release();
        }
    }

    private static Optional<String> objection(String payload, PacketLimits limits) {
        Optional<String> objection = Optional.empty();
        for (String packet : payload.split(SEPARATOR, -1)) {
            if (objection.isEmpty()) {
                boolean binary = packet.startsWith("b");
                objection = binary ? limits.objection(decodedBytes(packet)) : limits.objection(packet);
            }
        }
        return objection;
    }

    /** Of the base64 behind the first character. */
    private static int decodedBytes(String packet) {
        return (packet.length() - 1) / 4 * 3;
    }

    private void tooLarge(HttpServletResponse response, long bytes) throws IOException {
        socketIo.meters().refused("max-message-bytes");
        refuse(
                response,
                "the message has %d bytes, the limit is %d"
                        .formatted(bytes, socketIo.config().socketio().maxMessageBytes()));
    }

    private static void refuse(HttpServletResponse response, String sentence) throws IOException {
        if (!response.isCommitted()) {
            response.setStatus(HttpServletResponse.SC_BAD_REQUEST);
            JsonAnswer.write(response, Json.createValue(sentence));
        }
    }

    private static Optional<String> sid(HttpServletRequest request) {
        // Not a parameter: looking for those would read a form's body.
        return Optional.ofNullable((String) request.getAttribute(SocketIoAdmission.SESSION));
    }
}
