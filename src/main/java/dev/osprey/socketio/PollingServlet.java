package dev.osprey.socketio;

import dev.osprey.access.Caller;
import dev.osprey.socket.JsonAnswer;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code /socket.io/}: Engine.IO's polling. What the library does not check is checked here. */
@WebServlet(urlPatterns = "/socket.io/*", asyncSupported = true)
public class PollingServlet extends HttpServlet {

    private static final Logger LOG = System.getLogger(PollingServlet.class.getName());

    /** Of one request; each becomes many times what it is here. Clients send a few. */
    private static final int MOST_PACKETS = 1_000;

    private static final Pattern SID = Pattern.compile("\"sid\"\\s*:\\s*\"([^\"]+)\"");

    private static final int PART_BYTES = 8_192;

    /** Requests that are read at the same time: they keep the container's threads, of which there are some more. */
    private static final int READERS = 64;

    private final transient SocketIo socketIo;
    private final transient Semaphore readers = new Semaphore(READERS);

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
        HttpServletRequest poll = new PollRequest(request, socketIo.errands());
        if (sid(request).isPresent()) {
            Optional<Session> session = sid(request).flatMap(socketIo::ofLibrary);
            Optional<String> leftOver = session.flatMap(Session::nextOfBacklog);
            if (leftOver.isPresent()) {
                text(response, leftOver.get());
            } else {
                HttpServletResponse answer = session.<HttpServletResponse>map(
                                known -> new PollResponse(response, known::keepRest))
                        .orElse(response);
                socketIo.<IOException>bring(
                        request.getRemoteAddr(),
                        Caller.of(request),
                        null,
                        engine -> engine.handleRequest(poll, answer));
            }
            return;
        }
        // The library answers before it knows the session itself: a quick client's next request would not find it.
        HeldResponse held = new HeldResponse(response);
        socketIo.<IOException>bring(
                request.getRemoteAddr(), Caller.of(request), null, engine -> engine.handleRequest(poll, held));
        held.release(open -> withMaxPayload(withSecret(open)));
    }

    /** The client is told an id that nobody else can guess. */
    private String withSecret(String open) {
        Matcher sid = SID.matcher(open);
        return sid.find()
                ? socketIo.ofLibrary(sid.group(1))
                        .map(session ->
                                open.substring(0, sid.start(1)) + session.knownAs() + open.substring(sid.end(1)))
                        .orElse(open)
                : open;
    }

    /** Without it clients put all that has gathered into one request, which may then be too large. */
    private String withMaxPayload(String open) {
        int end = open.indexOf('}');
        return end < 0
                ? open
                : "%s, \"maxPayload\": %d%s"
                        .formatted(
                                open.substring(0, end),
                                socketIo.config().socketio().maxMessageBytes(),
                                open.substring(end));
    }

    private void post(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Optional<Session> session = sid(request).flatMap(socketIo::ofLibrary);
        if (session.isEmpty()) {
            refuse(response, "A session begins with GET");
            return;
        }
        int limit = socketIo.config().socketio().maxMessageBytes();
        byte[] body;
        if (!readers.tryAcquire()) {
            socketIo.meters().refused("socketio-readers");
            response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            JsonAnswer.write(
                    response,
                    Json.createValue("%d requests are being read, the limit is %d".formatted(READERS, READERS)));
            return;
        }
        try {
            body = body(request, limit);
        } catch (IOException e) {
            // There is nobody left who would read why.
            LOG.log(Level.DEBUG, "A request ended early", e);
            response.setStatus(HttpServletResponse.SC_BAD_REQUEST);
            return;
        } finally {
            readers.release();
        }
        if (body.length > limit) {
            tooLarge(response, Math.max(body.length, request.getContentLengthLong()));
            return;
        }
        Optional<String> objection = objection(new String(body, StandardCharsets.UTF_8), session.get());
        if (objection.isPresent()) {
            session.get().close();
            refuse(response, objection.get());
            return;
        }
        HeldResponse held = new HeldResponse(response);
        socketIo.<IOException>bring(
                request.getRemoteAddr(),
                Caller.of(request),
                null,
                engine -> engine.handleRequest(new ReadRequest(request, body), held));
        if (held.getStatus() == HttpServletResponse.SC_OK) {
            text(response, "OK");
        } else {
            held.release();
        }
    }

    /**
     * The body; where it is larger than the limit, more than that of it, and as much again is passed over.
     *
     * @throws IOException where the client leaves, or takes longer than for a ping
     */
    private byte[] body(HttpServletRequest request, int limit) throws IOException {
        long begin = System.nanoTime();
        long longest = socketIo.config().socketio().pingTimeout().toNanos();
        InputStream stream = request.getInputStream();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        byte[] part = new byte[PART_BYTES];
        int passedOver = 0;
        for (int more = stream.read(part); more >= 0 && passedOver < limit; more = stream.read(part)) {
            if (body.size() <= limit) {
                body.write(part, 0, more);
            } else {
                // With less of it unread the answer reaches the client before the connection is cut.
                passedOver += more;
            }
            if (System.nanoTime() - begin > longest) {
                throw new IOException("The request took too long");
            }
        }
        return body.toByteArray();
    }

    private static void text(HttpServletResponse response, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        response.setContentType("text/plain; charset=UTF-8");
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }

    private static Optional<String> objection(String payload, Session session) {
        if (payload.chars().filter(each -> each == Backlog.SEPARATOR.charAt(0)).count() >= MOST_PACKETS) {
            return Optional.of("the request has more than %d packets".formatted(MOST_PACKETS));
        }
        Optional<String> objection = Optional.empty();
        for (String packet : payload.split(Backlog.SEPARATOR, -1)) {
            if (objection.isEmpty()) {
                boolean binary = packet.startsWith("b");
                objection = binary ? session.limits().objection(decodedBytes(packet)) : session.objection(packet);
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
