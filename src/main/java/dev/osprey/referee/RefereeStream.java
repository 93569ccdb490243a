package dev.osprey.referee;

import dev.osprey.fault.OspreyException;
import dev.osprey.fault.RationedLog;
import dev.osprey.jobs.Job;
import dev.osprey.jobs.JobEvent;
import dev.osprey.referee.Messages.Code;
import dev.osprey.socket.StreamEndpoint;
import dev.osprey.stream.CloseCode;
import dev.osprey.stream.Connection;
import dev.osprey.stream.Outbox.Place;
import dev.osprey.stream.Reply;
import jakarta.json.Json;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One client of {@code /stream}: a state machine of what it has announced and what may come next.
 *
 * <p>A session is open from {@code session_start} to its signal; then it is a job, which goes on whether the client stays or not,
 * and until it has ended the connection takes nothing but pings. A message of frame or signal is followed by one binary message,
 * which is swallowed where the first was faulty.
 *
 * <p>Frames are written to disk on the thread that brings them: a client that sends faster than the disk takes is slowed down by
 * TCP rather than kept in memory.
 */
final class RefereeStream implements StreamEndpoint.Receiver {

    private static final Logger LOG = System.getLogger(RefereeStream.class.getName());

    private static final RationedLog RATIONED = new RationedLog(LOG);

    private final Referee shared;
    private final Connection connection;
    private @Nullable Session session;

    /** What the next message is, if it is a binary one; null where none is due. */
    private @Nullable Body due;

    /** The session whose job is waited for, by its name; null where none is. */
    private @Nullable String awaited;

    private @Nullable AutoCloseable following;

    /** Nothing more is taken: the connection ends once the client has been told why. */
    private boolean finished;

    /** A binary message that has been announced. */
    private sealed interface Body {

        record OfFrame(Request.Frame header) implements Body {}

        record OfSignal(Request.Signal header) implements Body {}

        /** Of something that has been refused already. */
        record Refused() implements Body {}
    }

    RefereeStream(Referee shared, Connection connection) {
        this.shared = shared;
        this.connection = connection;
        if (!shared.settings().streamingEnabled()) {
            fail(
                    Code.STREAMING_DISABLED,
                    "Real-time streaming is disabled. Please upload a complete video via /analyze.",
                    CloseCode.POLICY_VIOLATED);
        }
    }

    @Override
    public Connection connection() {
        return connection;
    }

    @Override
    public synchronized void text(String message) {
        if (finished) {
            return;
        }
        touch();
        Body missed = due;
        due = null;
        if (missed instanceof Body.OfFrame frame) {
            report(
                    Code.FRAME_PROCESSING_FAILED,
                    "Expected the binary message of frame %d"
                            .formatted(frame.header().number()));
        } else if (missed instanceof Body.OfSignal) {
            report(Code.PROCESSING_FAILED, "Expected the binary message of the signal");
        }
        handled(() -> take(Request.read(message)));
    }

    @Override
    public synchronized void binary(ByteBuffer message) {
        if (finished) {
            return;
        }
        touch();
        Body body = due;
        due = null;
        handled(() -> {
            if (body instanceof Body.OfFrame frame) {
                frame(frame.header(), message);
            } else if (body instanceof Body.OfSignal signal) {
                signal(signal.header(), message);
            } else if (body == null) {
                fail(Code.PROTOCOL_ERROR, "Expected text message with metadata", CloseCode.CANNOT_ACCEPT);
            }
        });
    }

    private void touch() {
        if (session != null) {
            session.touch();
        }
    }

    private void handled(Runnable step) {
        try {
            step.run();
        } catch (OspreyException e) {
            RATIONED.log(Level.WARNING, "A message of a referee session could not be handled", stream(), e);
            fail(Code.INTERNAL_ERROR, e.detail(), CloseCode.INTERNAL_ERROR);
        } catch (RuntimeException e) {
            RATIONED.log(Level.WARNING, "A message of a referee session could not be handled", stream(), e);
            fail(Code.INTERNAL_ERROR, "The message could not be handled", CloseCode.INTERNAL_ERROR);
        }
    }

    private String stream() {
        return "stream " + connection.activity().id();
    }

    private void take(Request request) {
        if (request instanceof Request.Ping) {
            send(Messages.pong());
        } else if (request instanceof Request.Start start) {
            start(start);
        } else if (request instanceof Request.Frame frame) {
            announced(frame);
        } else if (request instanceof Request.End) {
            end(session);
        } else if (request instanceof Request.Signal signal) {
            announced(signal);
        } else if (request instanceof Request.Abort) {
            abort();
        } else if (request instanceof Request.Malformed malformed) {
            malformed(malformed);
        } else if (request instanceof Request.NotTaken notTaken) {
            report(Code.UNKNOWN_MESSAGE_TYPE, "Unknown message type: " + notTaken.type());
        } else if (request instanceof Request.Unknown unknown) {
            fail(Code.INVALID_MESSAGE, "Invalid message format: " + unknown.sentence(), CloseCode.POLICY_VIOLATED);
        } else if (request instanceof Request.NotAnObject) {
            fail(Code.INTERNAL_ERROR, "The message is not a JSON object", CloseCode.INTERNAL_ERROR);
        }
    }

    private void malformed(Request.Malformed message) {
        switch (message.type()) {
            case SESSION_START -> fail(Code.SESSION_START_FAILED, message.sentence(), CloseCode.POLICY_VIOLATED);
            case SESSION_END -> fail(Code.SESSION_END_FAILED, message.sentence(), CloseCode.POLICY_VIOLATED);
            case FRAME -> {
                due = new Body.Refused();
                report(Code.FRAME_PROCESSING_FAILED, message.sentence());
            }
            case SIGNAL -> {
                due = new Body.Refused();
                report(Code.PROCESSING_FAILED, message.sentence());
            }
        }
    }

    private void start(Request.Start request) {
        String id = request.session().id();
        if (session != null) {
            report(Code.SESSION_START_FAILED, "Session %s is active on this connection".formatted(session.id()));
            return;
        } else if (awaited != null) {
            report(Code.SESSION_START_FAILED, "Session %s is being processed".formatted(awaited));
            return;
        }
        if (request.resume()) {
            // Whoever goes on has to wait for what he is to go on with.
            shared.lookUp(id, connection.caller().owner(), (job, failure) -> found(request, job, failure));
        } else {
            begin(request);
        }
    }

    private synchronized void found(Request.Start request, Optional<Job> job, @Nullable OspreyException failure) {
        if (finished || session != null || awaited != null) {
            return;
        }
        String id = request.session().id();
        if (failure != null) {
            failAbout(id, Code.SESSION_START_FAILED, failure.detail(), CloseCode.TRY_AGAIN_LATER);
        } else if (job.isPresent()) {
            send(Messages.sessionBeingProcessed(id, job.get().id()));
            await(id, job.get().id());
        } else {
            handled(() -> begin(request));
        }
    }

    private void begin(Request.Start request) {
        String id = request.session().id();
        try {
            Session started = shared.start(
                    request.session().ownedBy(connection.caller().owner()), request.resume(), this::timedOut);
            session = started;
            send(request.resume() ? Messages.sessionResumed(id, started.nextFrame()) : Messages.sessionStarted(id));
        } catch (Sessions.Refused e) {
            fail(
                    Code.SESSION_START_FAILED,
                    e.sentence(),
                    e.isAtLimit() ? CloseCode.TRY_AGAIN_LATER : CloseCode.POLICY_VIOLATED);
        }
    }

    private void announced(Request.Frame frame) {
        if (session != null) {
            due = new Body.OfFrame(frame);
        } else if (awaited != null) {
            due = new Body.Refused();
            report(Code.FRAME_PROCESSING_FAILED, "Session %s is being processed".formatted(awaited));
        } else {
            noSession("No active session, send SESSION_START first");
        }
    }

    private void noSession(String sentence) {
        fail(Code.NO_ACTIVE_SESSION, sentence, CloseCode.POLICY_VIOLATED);
    }

    private void frame(Request.Frame header, ByteBuffer picture) {
        Session current = session;
        if (current == null) {
            return;
        }
        long cameNanos = shared.nanoTime();
        int number = header.number();
        if (current.has(number)) {
            send(Messages.frameAck(current.id(), number, "duplicate"));
            return;
        }
        try {
            shared.check(header.encoding(), picture);
        } catch (OspreyException e) {
            report(
                    Code.FRAME_PROCESSING_FAILED,
                    header.encoding() == Encoding.RAW
                            ? e.detail()
                            : "Failed to decode frame %d: %s".formatted(number, e.detail()));
            return;
        }
        Optional<String> limit = shared.tryAdd(current, number, header.encoding(), picture);
        if (limit.isPresent()) {
            fail(Code.FRAME_PROCESSING_FAILED, limit.get(), CloseCode.TRY_AGAIN_LATER);
        } else {
            connection.activity().answered();
            send(Messages.frameAck(current.id(), number, "received"));
            shared.meters().kept("referee", Duration.ofNanos(shared.nanoTime() - cameNanos));
        }
    }

    private void end(@Nullable Session current) {
        if (current == null && awaited != null) {
            report(Code.SESSION_END_FAILED, "Session %s is being processed".formatted(awaited));
        } else if (current == null) {
            noSession("No active session");
        } else {
            send(Messages.sessionEnded(current.id(), current.validation()));
        }
    }

    private void abort() {
        Session current = session;
        if (current == null) {
            report(Code.NO_ACTIVE_SESSION, "No active session");
            return;
        }
        current.abort();
        session = null;
        shared.drop(current);
        send(Messages.sessionEnded(current.id(), current.validation()));
    }

    private void announced(Request.Signal signal) {
        if (session != null) {
            due = new Body.OfSignal(signal);
        } else if (awaited != null) {
            due = new Body.Refused();
            report(Code.PROCESSING_FAILED, "Session %s is being processed".formatted(awaited));
        } else {
            noSession("No active session");
        }
    }

    private void signal(Request.Signal header, ByteBuffer text) {
        Session current = session;
        if (current == null) {
            return;
        }
        int limit = shared.settings().maxSignalBytes();
        if (text.remaining() > limit) {
            report(
                    Code.PROCESSING_FAILED,
                    "The signal file has %d bytes, the limit is %d".formatted(text.remaining(), limit));
            return;
        } else if (current.frames() == 0) {
            fail(Code.PROCESSING_FAILED, "No frames received", CloseCode.POLICY_VIOLATED);
            return;
        }
        byte[] signal = new byte[text.remaining()];
        text.get(signal);
        session = null;
        awaited = current.id();
        shared.submit(current, header.filename(), signal, this::submitted);
    }

    /** The job is in the store; or it could not be put there, and the client may come back and send its signal again. */
    private synchronized void submitted(
            Session submitted, @Nullable Job job, int before, @Nullable OspreyException failure) {
        if (finished) {
            return;
        }
        if (job != null) {
            send(Messages.signalAck(submitted.id()));
            send(Messages.processStart(submitted.id()));
            if (before > 0) {
                String waiting = before == 1 ? "1 analysis comes first" : before + " analyses come first";
                send(Messages.processProgress(submitted.id(), "queue", 0, waiting));
            }
            await(submitted.id(), job.id());
        } else if (failure != null) {
            failAbout(submitted.id(), Code.PROCESSING_FAILED, failure.detail(), CloseCode.TRY_AGAIN_LATER);
        }
    }

    /** Tells the client of everything that happens to a job until it has ended. */
    private void await(String id, String job) {
        awaited = id;
        if (!connection.hasEnded()) {
            try {
                following = shared.follow(
                        job, connection.caller().account(connection.address()), event -> happened(id, event));
            } catch (OspreyException e) {
                // The job goes on; who comes back for it with resume is told of it.
                failAbout(id, Code.PROCESSING_FAILED, e.detail(), CloseCode.TRY_AGAIN_LATER);
            }
            if (awaited == null) {
                // It had ended, and has been told of already.
                stopFollowing();
            }
        }
    }

    private void happened(String id, JobEvent event) {
        synchronized (this) {
            if (!id.equals(awaited) || finished) {
                return;
            }
            switch (event.type()) {
                case PROGRESS -> {
                    double progress = Stage.named(event.stage())
                            .map(stage -> stage.within(event.progress()))
                            .orElse(event.progress());
                    send(Messages.processProgress(id, event.stage(), progress, event.message()));
                }
                case STATE -> {
                    if (event.state().isFinished()) {
                        // First of all: where the store does not answer, the event comes again.
                        Optional<Job> job = shared.job(event.jobId());
                        stopFollowing();
                        ended(id, job);
                    }
                }
                case ARTIFACT -> {}
            }
        }
    }

    private void ended(String id, Optional<Job> job) {
        awaited = null;
        Optional<String> result = job.flatMap(Job::result);
        if (result.isPresent()) {
            try (JsonReader reader = Json.createReader(new StringReader(result.get()))) {
                send(Messages.processComplete(id, reader.readValue()));
            }
            return;
        }
        Optional<Job.Failure> failure = job.flatMap(Job::failure);
        boolean clients = failure.isPresent() && failure.get().code().httpStatus() < 500;
        failAbout(
                id,
                Code.PROCESSING_FAILED,
                failure.map(Job.Failure::detail).orElse("The analysis was cancelled"),
                clients ? CloseCode.POLICY_VIOLATED : CloseCode.INTERNAL_ERROR);
    }

    private void stopFollowing() {
        AutoCloseable followed = following;
        following = null;
        if (followed != null) {
            try {
                followed.close();
            } catch (Exception e) {
                LOG.log(Level.DEBUG, "A job could not be let go", e);
            }
        }
    }

    /** Nothing has come for longer than a session is kept. */
    private synchronized void timedOut(Session late) {
        if (session == late) {
            session = null;
            shared.drop(late);
            failAbout(late.id(), Code.SESSION_TIMEOUT, Validation.timeout(late.idleSeconds()), CloseCode.GOING_AWAY);
        }
    }

    /** Something went wrong and the connection goes on. */
    private void report(Code code, String sentence) {
        shared.meters().failed("referee", code.label(), sentence);
        send(Messages.error(id(), code, sentence, true));
    }

    private void fail(Code code, String sentence, CloseCode close) {
        failAbout(id(), code, sentence, close);
    }

    /** Says what went wrong, and ends the connection once that has been sent. A session that is open is left for its client. */
    private void failAbout(@Nullable String id, Code code, String sentence, CloseCode close) {
        if (finished) {
            return;
        }
        shared.meters().failed("referee", code.label(), sentence);
        send(Messages.error(id, code, sentence, false));
        finished = true;
        letGo();
        connection.outbox().whenEmpty(() -> connection.close(close, sentence));
    }

    private @Nullable String id() {
        return session == null ? awaited : session.id();
    }

    private void send(String message) {
        Optional<Place> place = connection.outbox().tryReserve();
        if (place.isPresent()) {
            place.get().fill(() -> new Reply.Text(message));
        } else {
            connection.closeFlooded();
        }
    }

    @Override
    public synchronized void end() {
        finished = true;
        connection.end();
        letGo();
    }

    private void letGo() {
        stopFollowing();
        Session current = session;
        session = null;
        if (current != null) {
            shared.leave(current);
        }
    }
}
