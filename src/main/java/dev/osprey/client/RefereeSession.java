package dev.osprey.client;

import dev.osprey.fault.OspreyException;
import jakarta.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * One bout from its first frame to the decision, over as many connections as it takes.
 *
 * <p>A session is in one of two states: frames and the signal are being sent, or the server has everything and is waited for.
 * Frames that the server has not acknowledged are kept, a window of them. When the connection is lost, the client connects
 * again and asks for the session to go on; the server tells which state that is and the first frame that it lacks. Frames from
 * there on come out of the window; where that does not reach back far enough, a file is read again from there.
 *
 * <p>Used by one thread.
 */
final class RefereeSession {

    /** Frames without an answer; so many the server has to take before it is asked to slow down. */
    private static final int WINDOW_FRAMES = 32;

    /** Of large frames fewer. */
    private static final long WINDOW_BYTES = 64L << 20;

    private final Plan plan;
    private final LongFunction<Feed> feeds;
    private final SignalFile signal;
    private final Display display;
    private final ClientMessages messages;
    private final HttpClient client = HttpClient.newHttpClient();

    private @Nullable Feed feed;

    /** Of the frame that the feed gives next. */
    private long nextFromFeed;

    /** Given by the feed, and to be sent before its next ones. */
    private final Deque<EncodedFrame> again = new ArrayDeque<>();

    private final Deque<EncodedFrame> unacknowledged = new ArrayDeque<>();
    private long unacknowledgedBytes;

    private boolean serverHasEverything;
    private boolean everStarted;

    /** Whether the server has done something for this session since it was last lost. */
    private boolean progressed = true;

    private long sentBytes;
    private long refusedFrames;
    private long duplicates;
    private int losses;

    /**
     * What to send where.
     *
     * @param address  of the stream
     * @param id       of the session
     * @param fps      frames a second
     * @param width    of the frames, in pixels
     * @param height   likewise
     * @param live     whether the footage cannot be read again
     * @param seconds  of footage, 0 where that is not known
     * @param resume   whether an earlier run of this client has begun the session
     * @param patience with a server that is alive and does not answer
     * @param retries  times between one try to connect again and the next
     */
    record Plan(
            URI address,
            String id,
            double fps,
            int width,
            int height,
            Encoding encoding,
            int quality,
            boolean live,
            double seconds,
            boolean resume,
            Duration patience,
            List<Duration> retries) {

        private long expectedFrames() {
            return Math.round(seconds * fps);
        }
    }

    /** @param feeds opens the footage so that its first frame has the given number */
    RefereeSession(Plan plan, LongFunction<Feed> feeds, SignalFile signal, Display display) {
        this.plan = plan;
        this.feeds = feeds;
        this.signal = signal;
        this.display = display;
        this.messages = new ClientMessages(plan.id());
    }

    /**
     * Does it all.
     *
     * @return the server's result
     * @throws ClientFailure with the reason why there is none
     * @throws OspreyException when the footage cannot be read to its end
     */
    JsonObject run() throws InterruptedException {
        try {
            boolean resuming = plan.resume();
            Iterator<Duration> retries = Collections.emptyIterator();
            while (true) {
                long begunNanos = System.nanoTime();
                try (StreamConnection connection =
                        StreamConnection.open(client, plan.address(), everStarted || resuming)) {
                    start(connection, resuming);
                    return converse(connection);
                } catch (ConnectionLostException lost) {
                    if (!everStarted && !resuming) {
                        throw new ClientFailure(
                                ExitCode.NO_CONNECTION, "Cannot connect to " + plan.address() + ": " + lost.why());
                    }
                    resuming = true;
                    retries = retriesAfter(lost, retries);
                    // From try to try: one that has taken its time is followed by the next at once.
                    Duration taken = Duration.ofNanos(System.nanoTime() - begunNanos);
                    Thread.sleep(Math.max(0, retries.next().minus(taken).toMillis()));
                }
            }
        } finally {
            if (feed != null) {
                feed.close();
            }
        }
    }

    private Iterator<Duration> retriesAfter(ConnectionLostException lost, Iterator<Duration> running) {
        Iterator<Duration> retries = running;
        if (progressed) {
            progressed = false;
            losses++;
            retries = plan.retries().iterator();
            display.note("Connection lost: " + lost.why() + ". Trying to connect again");
        } else {
            display.detail("Still no session: " + lost.why());
        }
        if (!retries.hasNext()) {
            throw new ClientFailure(
                    ExitCode.NO_CONNECTION,
                    "Connection lost for good: " + lost.why() + ". The server keeps the session for a while:"
                            + " the same command with --session " + plan.id() + " --resume goes on with it");
        }
        return retries;
    }

    private void start(StreamConnection connection, boolean resuming)
            throws ConnectionLostException, InterruptedException {
        connection.send(messages.sessionStart(plan.fps(), plan.width(), plan.height(), resuming));
        ServerMessage started;
        do {
            started = connection.receive(plan.patience());
            if (started.isError()) {
                if (resuming && isHeldByLostConnection(started)) {
                    throw new ConnectionLostException("the server has not noticed yet that the connection is gone");
                }
                throw refusal(started);
            }
        } while (!started.is("session_started"));
        boolean first = !everStarted;
        everStarted = true;
        if (resuming && started.signalReceived()) {
            serverHasEverything = true;
            display.note("Session " + plan.id() + " goes on: the server has everything");
        } else if (resuming) {
            serverHasEverything = false;
            resume(started.nextFrame());
        } else {
            display.detail("Session " + plan.id() + " started at " + plan.address());
            continueFrom(0);
        }
        if (!first) {
            display.detail("Connected again");
        }
    }

    /** In the protocol's words; the server ends the old connection once it has missed a pong. */
    private static boolean isHeldByLostConnection(ServerMessage error) {
        return error.errorCode().equals("SESSION_START_FAILED")
                && error.sentence().contains("already exists");
    }

    private void resume(OptionalLong nextFrame) {
        if (nextFrame.isPresent()) {
            display.note("Session " + plan.id() + " goes on with frame " + nextFrame.getAsLong());
        } else if (plan.live()) {
            throw new ClientFailure(
                    ExitCode.NO_CONNECTION, "Connection lost, and this server cannot go on with a session");
        } else {
            display.note("This server cannot go on with a session: starting over");
        }
        continueFrom(nextFrame.orElse(0));
    }

    /** Puts everything in such an order that the given frame is the next one to be sent. */
    private void continueFrom(long number) {
        Deque<EncodedFrame> kept = new ArrayDeque<>(unacknowledged);
        kept.addAll(again);
        unacknowledged.clear();
        unacknowledgedBytes = 0;
        again.clear();
        long oldest = kept.isEmpty() ? nextFromFeed : kept.getFirst().number();
        boolean reaches = oldest <= number && number <= nextFromFeed;
        if (feed == null || (!reaches && !plan.live())) {
            if (feed != null) {
                feed.close();
            }
            feed = feeds.apply(number);
            nextFromFeed = number;
            return;
        }
        if (number < oldest) {
            display.note("The server lacks frame " + number + ", which the camera no longer has");
        }
        for (EncodedFrame frame : kept) {
            if (frame.number() >= number) {
                again.add(frame);
            }
        }
    }

    private JsonObject converse(StreamConnection connection) throws ConnectionLostException, InterruptedException {
        if (!serverHasEverything) {
            sendFrames(connection);
            endFrames(connection);
            sendSignal(connection);
        }
        return awaitResult(connection);
    }

    private void sendFrames(StreamConnection connection) throws ConnectionLostException, InterruptedException {
        Optional<EncodedFrame> frame = nextFrame();
        while (frame.isPresent()) {
            // Before it is sent: a connection that is lost in the middle of it leaves it to be sent again.
            unacknowledged.add(frame.get());
            unacknowledgedBytes += frame.get().picture().length;
            send(connection, frame.get());
            for (Optional<ServerMessage> answer = connection.poll(); answer.isPresent(); answer = connection.poll()) {
                take(answer.get());
            }
            while (unacknowledged.size() >= WINDOW_FRAMES || unacknowledgedBytes >= WINDOW_BYTES) {
                take(connection.receive(plan.patience()));
            }
            frame = nextFrame();
        }
        while (!unacknowledged.isEmpty()) {
            take(connection.receive(plan.patience()));
        }
    }

    private Optional<EncodedFrame> nextFrame() throws InterruptedException {
        EncodedFrame kept = again.poll();
        if (kept != null || feed == null) {
            return Optional.ofNullable(kept);
        }
        Optional<EncodedFrame> next = feed.next();
        next.ifPresent(frame -> nextFromFeed = frame.number() + 1);
        return next;
    }

    private void send(StreamConnection connection, EncodedFrame frame) throws InterruptedException {
        String header = messages.frame(frame, frame.number() / plan.fps(), plan.encoding(), plan.quality());
        connection.send(header);
        connection.send(frame.picture());
        sentBytes += StreamConnection.bytes(header) + frame.picture().length;
        display.sent(frame.number() + 1, plan.expectedFrames(), sentBytes);
    }

    /** An answer to a frame; they come in the frames' order. */
    private void take(ServerMessage answer) {
        if (answer.isError()) {
            refused(answer);
        } else if (answer.is("frame_ack")) {
            progressed = true;
            if (answer.fields().getString("status", "").equals("duplicate")) {
                duplicates++;
            }
            OptionalLong number = answer.frameNumber();
            acknowledged(number.orElse(-1));
        }
    }

    private void acknowledged(long number) {
        for (Iterator<EncodedFrame> frames = unacknowledged.iterator(); frames.hasNext(); ) {
            EncodedFrame frame = frames.next();
            if (frame.number() == number) {
                frames.remove();
                unacknowledgedBytes -= frame.picture().length;
                return;
            }
        }
    }

    /** An error instead of an acknowledgement: the server does without that frame. */
    private void refused(ServerMessage error) {
        if (!error.isRecoverable()) {
            throw refusal(error);
        }
        display.detail("The server reports: " + error.sentence());
        EncodedFrame oldest = unacknowledged.peek();
        if (error.errorCode().equals("FRAME_PROCESSING_FAILED") && oldest != null) {
            refusedFrames++;
            acknowledged(oldest.number());
        }
    }

    private void endFrames(StreamConnection connection) throws ConnectionLostException, InterruptedException {
        display.endLine();
        connection.send(messages.sessionEnd(nextFromFeed));
        ServerMessage ended = answer(connection, "session_ended");
        ended.issues().forEach(issue -> display.note("The server notes: " + issue));
        if (refusedFrames > 0) {
            display.note("Frames that the server could not use: " + refusedFrames);
        }
        if (feed != null && feed.leftOut() > 0) {
            display.note("Pictures of the camera that the network was too slow for: " + feed.leftOut());
        }
        display.detail(String.format(
                Locale.ROOT,
                "%d frames, %.1f MB sent; %d the server had already; the connection was lost %d times",
                nextFromFeed,
                sentBytes / 1e6,
                duplicates,
                losses));
    }

    private void sendSignal(StreamConnection connection) throws ConnectionLostException, InterruptedException {
        byte[] text = signal.read(display);
        connection.send(messages.signal(signal.name(), text.length));
        connection.send(text);
        answer(connection, "signal_ack");
        progressed = true;
        serverHasEverything = true;
        display.detail("The server has everything");
    }

    /** Waits for a message of the type; errors end the session, whatever they say, for nothing would follow them. */
    private ServerMessage answer(StreamConnection connection, String type)
            throws ConnectionLostException, InterruptedException {
        while (true) {
            ServerMessage message = connection.receive(plan.patience());
            if (message.isError()) {
                throw refusal(message);
            } else if (message.is(type)) {
                return message;
            }
        }
    }

    private JsonObject awaitResult(StreamConnection connection) throws ConnectionLostException, InterruptedException {
        while (true) {
            ServerMessage message = connection.receive(plan.patience());
            if (message.isError() && !message.isRecoverable()) {
                throw refusal(message);
            } else if (message.isError()) {
                display.detail("The server reports: " + message.sentence());
            } else if (message.is("process_progress")) {
                progressed = true;
                display.stage(message.stage(), message.progress(), message.remark());
            } else if (message.is("process_complete")) {
                display.endLine();
                return message.result()
                        .orElseThrow(() -> new ClientFailure(
                                ExitCode.REFUSED, "The server has finished, but sent no result with it"));
            }
        }
    }

    private static ClientFailure refusal(ServerMessage error) {
        return new ClientFailure(
                ExitCode.REFUSED, "The server refused: " + error.sentence() + " (" + error.errorCode() + ")");
    }
}
