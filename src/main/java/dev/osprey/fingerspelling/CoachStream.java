package dev.osprey.fingerspelling;

import dev.osprey.fault.ErrorCode;
import dev.osprey.fault.OspreyException;
import dev.osprey.fault.RationedLog;
import dev.osprey.hands.Hand;
import dev.osprey.inference.LatestTicket;
import dev.osprey.runtime.Cancellation;
import dev.osprey.socket.StreamEndpoint;
import dev.osprey.stream.Connection;
import dev.osprey.stream.Mailbox;
import dev.osprey.stream.Outbox.Departure;
import dev.osprey.stream.Outbox.Place;
import dev.osprey.stream.Reply;
import dev.osprey.trace.Trace;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One learner's session: the threads around {@link Coach}.
 *
 * <p>At most one frame is with a worker and one waits; a newer one takes the place of the one that waits. A reset does not wait
 * for the worker: it cancels the frame's run, and whatever that run still brings about is nobody's any more. The next frame is
 * submitted when the run has really ended, since what follows the hands is one thread's at a time.
 *
 * <p>Messages come one at a time. The stream's monitor guards its fields and is never held while a model runs or a message is
 * sent; a reply's place in the outbox is taken under it, so that replies leave in the order in which they were decided.
 */
final class CoachStream implements StreamEndpoint.Receiver {

    private static final Logger LOG = System.getLogger(CoachStream.class.getName());

    private static final RationedLog RATIONED = new RationedLog(LOG);

    private final Fingerspelling shared;
    private final Connection connection;
    private final Set<Feature> features;
    private final String model;
    private final Recognizer recognizer;
    private final Coach coach;
    private final Mailbox<Request.Frame> mailbox = new Mailbox<>(1);

    /** When the frame in the mailbox came. */
    private long arrivedNanos;

    /** Frames that have come. */
    private long frames;

    /** A frame waits for its turn or has it. */
    private boolean busy;

    private final LatestTicket ticket = new LatestTicket();

    /** Ends the run of the frame that is with a worker; null where none is. */
    private @Nullable Cancellation running;

    /** A reply and the place from which it leaves. */
    private record Outgoing(Place place, Supplier<Reply> reply) {}

    /** @param model that names the letters */
    CoachStream(Fingerspelling shared, Connection connection, Set<Feature> features, String model) {
        this.shared = shared;
        this.connection = connection;
        this.features = features;
        this.model = model;
        this.recognizer = shared.recognition().recognizer(model);
        this.coach = new Coach(
                shared.settings(),
                features.contains(Feature.MILESTONES) || shared.settings().sendMilestones());
        connection.outbox().whenRoomIsMade(this::dispatch);
    }

    @Override
    public Connection connection() {
        return connection;
    }

    @Override
    public void text(String message) {
        receive(RequestReader.read(message));
    }

    @Override
    public void binary(ByteBuffer message) {
        receive(RequestReader.read(message));
    }

    /** The connection has ended: what waits is forgotten, what runs is not sent. */
    @Override
    public void end() {
        connection.end();
        synchronized (this) {
            mailbox.clear();
        }
        ticket.cancel();
    }

    /** Takes one request; never waits. */
    void receive(Request request) {
        try {
            if (request instanceof Request.Message message) {
                if (message.target() != null) {
                    reset(message.target());
                }
                if (message.frame() != null) {
                    frame(message.frame());
                }
            } else if (request instanceof Request.Malformed malformed) {
                error("INVALID_MESSAGE", malformed.message());
            }
        } catch (RuntimeException e) {
            RATIONED.log(Level.WARNING, "A message could not be handled", stream(), e);
            error("INTERNAL_ERROR", "internal error");
        }
    }

    private void reset(Target target) {
        Optional<Place> place;
        Result result;
        synchronized (this) {
            if (running != null) {
                running.request();
            }
            mailbox.take().ifPresent(frame -> shared.statistics().dropped());
            result = coach.reset(target, shared.nanoTime());
            place = connection.outbox().tryReserve();
        }
        if (place.isPresent()) {
            place.get().fill(() -> Messages.result(result));
        } else {
            connection.closeFlooded();
        }
    }

    private void frame(Request.Frame frame) {
        Optional<String> obstacle = shared.recognition().obstacle(model);
        if (obstacle.isPresent()) {
            error(ErrorCode.MODEL_NOT_READY.name(), obstacle.get());
            return;
        }
        synchronized (this) {
            long cameNanos = arrivedNanos;
            arrivedNanos = shared.nanoTime();
            frames++;
            mailbox.offer(frame).ifPresent(replaced -> {
                shared.replaced(connection.activity().id(), cameNanos);
                connection.activity().replaced();
            });
        }
        dispatch();
    }

    /** Counts an error, and tells of it where the client has not heard of another one too lately. */
    private void error(String code, String sentence) {
        shared.failed(code, sentence);
        Optional<Place> place = Optional.empty();
        synchronized (this) {
            if (shared.settings().answerErrors() && coach.tryReport(shared.nanoTime())) {
                place = connection.outbox().tryReserve();
            }
        }
        place.ifPresent(reserved -> reserved.fill(() -> Messages.error(sentence)));
    }

    /** Submits the frame that waits, where no other one is in work and the client reads. */
    private void dispatch() {
        synchronized (this) {
            if (busy
                    || mailbox.isEmpty()
                    || connection.hasEnded()
                    || connection.outbox().isCongested()) {
                return;
            }
            busy = true;
        }
        ticket.submit(() -> shared.submit(this));
    }

    private void free() {
        synchronized (this) {
            running = null;
            busy = false;
        }
        dispatch();
    }

    /** Looks at the frame whose turn has come; at none where it is not wanted any more. On a worker. */
    void turn(Cancellation cancellation) {
        Optional<Request.Frame> frame;
        long cameNanos;
        long number;
        synchronized (this) {
            frame = mailbox.take();
            cameNanos = arrivedNanos;
            number = frames;
            running = cancellation;
        }
        try {
            if (frame.isPresent() && !connection.hasEnded()) {
                look(frame.get(), number, cameNanos, cancellation);
            }
        } finally {
            free();
        }
    }

    /** No turn will come for the frame. */
    void refused(OspreyException why) {
        LOG.log(Level.DEBUG, "A frame was not looked at", why);
        synchronized (this) {
            mailbox.take().ifPresent(frame -> shared.statistics().dropped());
        }
        free();
    }

    private void look(Request.Frame frame, long number, long cameNanos, Cancellation cancellation) {
        long startNanos = shared.nanoTime();
        Trace trace = shared.trace(connection.activity().id(), cameNanos);
        if (trace.isRecording()) {
            trace.set("osprey.frame.number", number);
            trace.step("queue", cameNanos, startNanos);
        }
        try {
            if (tryLook(frame, trace, startNanos, cancellation)) {
                long now = shared.nanoTime();
                Duration age = Duration.ofNanos(now - cameNanos);
                shared.answered(model, Duration.ofNanos(now - startNanos), age);
                connection.activity().answered(age);
            }
        } catch (OspreyException e) {
            if (!isUnwanted(cancellation)) {
                failed(e);
                trace.fail(e.code().name(), e.detail());
                trace.end();
            }
        } catch (RuntimeException | Error e) {
            RATIONED.log(Level.WARNING, "A frame could not be looked at", stream(), e);
            error("INTERNAL_ERROR", "internal error");
            trace.fail("INTERNAL_ERROR", "The frame could not be looked at; the server's log says why");
            trace.end();
        }
    }

    private String stream() {
        return "stream " + connection.activity().id();
    }

    private void failed(OspreyException why) {
        if (why.code() == ErrorCode.MODEL_FAILED) {
            RATIONED.log(Level.WARNING, "A frame could not be looked at", stream(), why);
        }
        LOG.log(Level.DEBUG, "A frame failed", why);
        if (why.code() == ErrorCode.MODEL_NOT_READY) {
            error(why.code().name(), why.detail());
        } else {
            // No picture, or a model that failed on this one: the next frame may do better, and clients show every
            // error.
            shared.failed(why.code().name(), why.detail());
        }
    }

    private boolean isUnwanted(Cancellation cancellation) {
        return cancellation.isRequested() || connection.hasEnded();
    }

    /** Whether the frame was wanted to its end. */
    private boolean tryLook(Request.Frame frame, Trace trace, long startNanos, Cancellation cancellation) {
        LettersModel letters = recognizer.model();
        List<Hand> hands = recognizer.hands(frame.image(), cancellation);
        long handsNanos = shared.nanoTime();
        Optional<float[]> landmarks = letters.landmarks(hands);
        Optional<float[]> clip;
        synchronized (this) {
            if (isUnwanted(cancellation)) {
                return false;
            }
            clip = landmarks.flatMap(points -> coach.add(letters, points));
        }
        double[] distribution = clip.isEmpty() ? null : probabilities(clip.get(), cancellation);
        List<Outgoing> outgoing = new ArrayList<>(2);
        synchronized (this) {
            if (isUnwanted(cancellation)) {
                return false;
            }
            Optional<Result> result =
                    distribution == null ? Optional.empty() : coach.add(distribution, shared.nanoTime());
            if (features.contains(Feature.HANDS)) {
                Seen seen = new Seen(
                        hands,
                        frame.timestamp(),
                        coach.clipFrames(),
                        letters.clipLength(),
                        coach.distributions(),
                        shared.settings().smoothing(),
                        model);
                reserve(outgoing, () -> Messages.hands(seen));
            }
            result.ifPresent(news -> reserve(outgoing, () -> Messages.result(news)));
        }
        long readyNanos = shared.nanoTime();
        trace.step("hands", startNanos, handsNanos);
        trace.step("run", handsNanos, readyNanos);
        if (outgoing.isEmpty()) {
            trace.end(readyNanos);
        }
        int last = outgoing.size() - 1;
        for (int i = 0; i <= last; i++) {
            Outgoing each = outgoing.get(i);
            each.place()
                    .fill(List.of(each.reply()), i == last ? taken -> trace.sent(readyNanos, taken) : Departure.UNTOLD);
        }
        return true;
    }

    private double[] probabilities(float[] clip, Cancellation cancellation) {
        float[] probabilities = recognizer.probabilities(clip, cancellation);
        shared.statistics().inferred();
        double[] distribution = new double[probabilities.length];
        for (int i = 0; i < distribution.length; i++) {
            distribution[i] = probabilities[i];
        }
        return distribution;
    }

    private void reserve(List<Outgoing> outgoing, Supplier<Reply> reply) {
        connection.outbox().tryReserve().ifPresent(place -> outgoing.add(new Outgoing(place, reply)));
    }
}
